// What is around a report: the square in the city, the day, what else came from there, earlier decisions.

import { byId, draw, fill, h } from "../shared/dom.js";
import { boundsOf, polygons } from "../shared/geometry.js";
import { places } from "../shared/city.js";
import { dayInWords, nameOf, say } from "../shared/words.js";
import { messagesPanel } from "./messages.js";
import { alikePanel, nearPanel } from "./near.js";
export { showNear } from "./near.js";
import { showUnanswered } from "./unanswered.js";
import { shortDay } from "./wording.js";

const WIDTH = 264;
const MOST = 200;
const MARGIN = 8;
const METRES_PER_DEGREE = 111_320;
const city = { id: null, shapes: null };

export const cityAreas = () => city.shapes?.areas ?? [];

/** The middle of the city, [longitude, latitude]; null before it is known. */
export function cityCentre() {
  if (!city.shapes) return null;
  const [west, south, east, north] = boundsOf(city.shapes.outline.geometry);
  return [(west + east) / 2, (south + north) / 2];
}

/** A flat picture of the city: from degrees to the picture's own units. */
function frame(outline) {
  const [west, south, east, north] = boundsOf(outline);
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min((WIDTH - 2 * MARGIN) / ((east - west) * squeeze), (MOST - 2 * MARGIN) / (north - south));
  const left = (WIDTH - (east - west) * squeeze * scale) / 2;
  const point = ([lon, lat]) => [left + (lon - west) * squeeze * scale, MARGIN + (north - lat) * scale];
  return { point, height: Math.ceil((north - south) * scale + 2 * MARGIN) };
}

function path(geometry, point) {
  const ring = (points) => `M${points.map((one) => point(one).map((n) => n.toFixed(1)).join(" ")).join("L")}Z`;
  return polygons(geometry).flat().map(ring).join("");
}

function picture({ outline, areas }, report) {
  const { point, height } = frame(outline.geometry);
  const drawn = areas.map(({ code, geometry }) =>
    draw("path", { d: path(geometry, point), class: code === report.area ? "area here" : "area" }),
  );
  const parts = [draw("path", { d: path(outline.geometry, point), class: "outline" }), ...drawn];
  if (report.cell_bounds) {
    const [west, south, east, north] = report.cell_bounds;
    const [x, y] = point([(west + east) / 2, (south + north) / 2]);
    parts.push(draw("circle", { cx: x, cy: y, r: 9, class: "ring" }), draw("circle", { cx: x, cy: y, r: 3, class: "spot" }));
  }
  return draw("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "where", role: "img", "aria-label": say("console.context.map") }, ...parts);
}

/** Read the city's lines once; without them the words are enough. */
export async function loadCity(id) {
  if (city.id === id) return;
  city.id = id;
  city.shapes = await places(id).catch(() => null);
}

function metres([west, south, east, north]) {
  const across = (east - west) * METRES_PER_DEGREE * Math.cos((((south + north) / 2) * Math.PI) / 180);
  return Math.round(across / 10) * 10;
}

function facts(report) {
  const square = report.cell_bounds && say("console.context.square", { metres: metres(report.cell_bounds) });
  const when = report.occurred_on && [dayInWords(report.occurred_on), report.daypart && nameOf("daypart", report.daypart)];
  const near = report.near ? say("console.context.near.count", { count: report.near }) : say("console.context.near.none");
  return [
    ["console.context.where", [report.area_name, square].filter(Boolean).join(", ")],
    ["console.context.when", when && when.filter(Boolean).join(", ")],
    ["console.context.received", dayInWords(report.received_on)],
    ["console.context.due", dayInWords(report.due_on)],
    ["console.context.near", near],
  ].filter(([, value]) => value);
}

function past(row) {
  const who = say("console.context.by", { who: row.by, day: shortDay(row.decided_on) });
  return h(
    "li",
    {},
    h("span", {}, `${nameOf("state", row.became)}: ${nameOf("reason", row.reason)}`),
    row.proposed ? h("span", {}, say("console.context.proposed", { verdict: say(`console.bar.${row.proposed}`) })) : null,
    h("span", { class: "quiet small" }, who),
    row.note ? h("q", {}, row.note) : null,
  );
}

/** Asking to see what is sealed stands here, quietly: it takes two, and a reason. */
function sealedPanel(act) {
  const ask = h("button", { type: "button", class: "button plain", onclick: () => act("openings") }, say("console.openings.ask"), h("kbd", { "aria-hidden": "true" }, "W"));
  return h("section", { class: "sealed" }, h("h3", {}, say("console.openings.sealed")), ask);
}

export function showContext(report, act) {
  const rows = facts(report).map(([key, value]) => h("div", {}, h("dt", {}, say(key)), h("dd", {}, value)));
  const history = report.history.length
    ? h("ol", { class: "history" }, report.history.map(past))
    : h("p", { class: "quiet" }, say("console.context.history.none"));
  fill(
    byId("context"),
    alikePanel(report),
    city.shapes ? picture(city.shapes, report) : null,
    h("dl", { class: "facts" }, rows),
    nearPanel(report),
    h("h3", {}, say("console.context.history")),
    history,
    messagesPanel(report),
    report.state === "quarantined" ? null : sealedPanel(act),
  );
  byId("context").scrollTop = 0;
}

/** With no report held, the column shows whose messages wait. */
export const clearContext = showUnanswered;
