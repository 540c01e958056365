// Where it was: a map that moves under a cross, or a district chosen by name. Sent is only a square, or the district.

import { calm, colour, openMap } from "../shared/basemap.js";
import { areaAt } from "../shared/city.js";
import { fill, h, icon } from "../shared/dom.js";
import { boundsOf } from "../shared/geometry.js";
import { number, say } from "../shared/words.js";
import { stopField } from "./parts.js";
import { coarseMiddle, drawnSquare, fits, pointIn, reach } from "./where.js";

const CLOSE = 15.5;
const STEP = 2; // zoom levels that a tap from afar comes closer
const enough = (draft) => (draft.form === "child" ? 12.9 : 14.4); // from here on a finger can tell squares apart

/** Whether the resident has said where: by an act of their own, and close enough to mean it. */
export function isPlaced(draft) {
  if (draft.place === null || !draft.placed) return false;
  return draft.how === "area" || (draft.view?.zoom ?? 0) >= enough(draft);
}

/** What is left to do, in words. */
export function placeNeed(draft) {
  if (!draft.placed) return say("form.where.need");
  return say(draft.place === null ? "form.where.outside" : "form.where.need_closer");
}

function draw(map, geometry) {
  const data = { type: "Feature", properties: {}, geometry };
  const source = map.getSource("square");
  if (source) return source.setData(data);
  map.addSource("square", { type: "geojson", data });
  map.addLayer({ id: "square", type: "fill", source: "square", paint: { "fill-color": colour("lamp"), "fill-opacity": 0.25 } });
  return map.addLayer({ id: "square-edge", type: "line", source: "square", paint: { "line-color": colour("lamp"), "line-width": 2 } });
}

/** The part of the screen that says in words where the cross stands and what is sent of it. */
class Said {
  constructor() {
    this.here = h("p", { id: "where-here", role: "status", class: "where-here" });
    this.kept = h("p", { class: "small quiet" });
  }

  tell(draft, outside) {
    const here = outside ? say("form.where.outside") : draft.placed && draft.area ? say("form.where.here", { area: draft.area }) : "";
    if (this.here.textContent !== here) this.here.textContent = here;
    this.kept.textContent = keptWords(draft);
  }
}

function keptWords(draft) {
  if (draft.how === "area") return say("form.where.kept_area", { metres: number(draft.reach) });
  if (draft.form === "child" && !draft.closer) return say("child.where.kept");
  return say("form.where.kept");
}

/** Take the middle of the map as the place. */
function settle(map, context, said) {
  const { lng, lat } = map.getCenter();
  const { draft, places, changed } = context;
  draft.view = { center: [lng, lat], zoom: map.getZoom() };
  if (draft.how !== "area") takePoint(draft, places, [lng, lat]);
  if (map.getLayer("land")) draw(map, draft.how === "area" ? places.areas.find(({ code }) => code === draft.area_code).geometry : drawnSquare(draft, [lng, lat]));
  said.tell(draft, draft.place === null);
  changed();
}

function takePoint(draft, { outline, areas }, point) {
  const fitting = fits(draft, point, outline.geometry);
  draft.place = fitting ? point : null;
  draft.area = fitting ? (areaAt(point, areas)?.name ?? "") : null;
  draft.coarse = fitting ? coarseMiddle(point, outline.geometry) : null;
}

function takeArea(draft, { code, name, geometry }) {
  const point = pointIn(geometry);
  Object.assign(draft, { how: "area", placed: true, place: point, area: name, area_code: code, reach: reach(point, geometry) });
}

/** The resident moved the map, tapped it, or asked for their own place. */
function byHand(draft, how = "map") {
  draft.placed = true;
  draft.how = how;
}

function areaChoice(context, stage, said, near) {
  const { draft, places, changed } = context;
  const choose = (event) => {
    const area = places.areas.find(({ code }) => code === event.target.value);
    takeArea(draft, area);
    near.hidden = false;
    said.tell(draft, false);
    if (stage.map) showArea(stage.map, area);
    changed();
  };
  const option = ({ code, name }) => h("option", { value: code, selected: draft.how === "area" && draft.area_code === code }, name);
  const first = h("option", { value: "", disabled: true, selected: draft.how !== "area" }, say("form.where.area_choose"));
  const select = h("select", { class: "input", id: "where-area", onchange: choose }, first, places.areas.map(option));
  stage.letGo = () => { select.value = ""; near.hidden = true; };
  return h("label", { class: "field" }, h("span", {}, say("form.where.area")), select);
}

function showArea(map, { geometry }) {
  const [west, south, east, north] = boundsOf(geometry);
  map.fitBounds([[west, south], [east, north]], { padding: 16, duration: calm() ? 0 : 140 });
}

function findMe(stage, context, status) {
  status.textContent = say("form.where.finding");
  const found = ({ coords }) => {
    status.textContent = "";
    byHand(context.draft);
    stage.letGo();
    stage.look([coords.longitude, coords.latitude], CLOSE);
  };
  const lost = () => { status.textContent = say("form.where.not_found"); };
  if (!navigator.geolocation) return lost();
  return navigator.geolocation.getCurrentPosition(found, lost, { timeout: 15_000, maximumAge: 60_000 });
}

function listen(stage, context, said) {
  const { map } = stage;
  map.on("movestart", ({ originalEvent }) => {
    if (!originalEvent) return;
    byHand(context.draft);
    stage.letGo();
  });
  map.on("move", () => settle(map, context, said));
  map.on("click", ({ lngLat }) => {
    byHand(context.draft);
    stage.letGo();
    stage.look([lngLat.lng, lngLat.lat], Math.max(map.getZoom(), Math.min(map.getZoom() + STEP, CLOSE)));
  });
}

function zoomButtons(stage) {
  const one = (drawing, key, by) => h("button", { type: "button", class: "button", onclick: () => stage.map?.zoomTo(stage.map.getZoom() + by, { duration: calm() ? 0 : 140 }) },
    drawing, say(key));
  return h("div", { class: "where-zoom" }, one(icon("plus"), "form.where.zoom_in", 1), one(icon("minus"), "form.where.zoom_out", -1));
}

/** Open the map in its frame; without one (an old phone, nothing stored offline) the districts remain. */
async function open(stage, frame, context, said) {
  const map = await openMap(frame, context.places, { clickTolerance: 8, ...(context.draft.view ?? {}) });
  if (stage.left) return map.remove();
  map.getCanvas().setAttribute("aria-label", say("form.where.map"));
  await map.once("load");
  if (stage.left) return undefined;
  stage.map = map;
  stage.look = (center, zoom) => map.easeTo({ center, zoom, duration: calm() ? 0 : 140 });
  listen(stage, context, said);
  settle(map, context, said);
  return frame.setAttribute("data-map", "ready");
}

/** Fill a screen with the map; gives back what to do when the screen is left. */
export function showPlace(container, context) {
  const { draft, places } = context;
  const stage = { map: null, left: false, letGo: () => {} };
  const said = new Said();
  const without = (center) => { takePoint(draft, places, center); draft.view = { center, zoom: CLOSE }; said.tell(draft, draft.place === null); context.changed(); };
  stage.look = without;
  const frame = h("div", { class: "where-map", id: "where-map", dir: "ltr" });
  const status = h("p", { class: "small quiet", role: "status" });
  const near = h("div", { hidden: draft.how !== "area" }, stopField(draft, "form.where.near"));
  const shown = h("div", { class: "where-stage" }, frame, h("div", { class: "cross-hair", "aria-hidden": "true" }), zoomButtons(stage));
  const mine = h("button", { type: "button", class: "button where-mine", onclick: () => findMe(stage, context, status) }, icon("locate-fixed"), say("form.where.mine"));
  fill(container, h("p", { class: "quiet" }, say(draft.form === "child" ? "child.where.hint" : "form.where.hint")), shown, said.here,
    context.more?.(() => stage.map && settle(stage.map, context, said)) ?? null, mine, status,
    areaChoice(context, stage, said, near), near, said.kept);
  said.tell(draft, false);
  open(stage, frame, context, said).catch(() => shown.replaceWith(h("p", { class: "note" }, say("form.where.no_map"))));
  return () => { stage.left = true; stage.map?.remove(); };
}
