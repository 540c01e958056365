// The queue: what waits, in the order it is worked off, without a word of what was said.

import { byId, fill, h, icon } from "../shared/dom.js";
import { nameOf, say } from "../shared/words.js";
import { languageOf, shortDay, titleOf } from "./wording.js";

const URGENT = 1;
const SOON = 2;
const BEYOND = ["second_look", "escalated", "appealed"];

function badges(report) {
  const told = [];
  if (report.state === "quarantined") told.push(h("span", { class: "badge" }, say("console.queue.aside")));
  if (BEYOND.includes(report.state)) told.push(h("span", { class: "badge" }, say(`console.queue.${report.state}`)));
  if (report.due_on < new Date().toISOString().slice(0, 10)) told.push(h("span", { class: "badge" }, say("console.queue.late")));
  if (report.urgency >= URGENT) {
    told.push(h("span", { class: `badge urgent-${report.urgency}` }, say(`console.urgency.${report.urgency}`)));
  }
  for (const flag of report.flags) told.push(h("span", { class: "badge" }, say(`console.flag.${flag}`)));
  if (report.claimed) {
    told.push(h("span", { class: "badge held" }, say(report.claimed === "me" ? "console.queue.mine" : "console.queue.reading")));
  }
  return told;
}

/** Days that are left until the city wants a report decided; none where that is a while. */
function due(report) {
  const left = Math.round((Date.parse(report.due_on) - Date.parse(new Date().toISOString().slice(0, 10))) / 86_400_000);
  return left >= 0 && left <= SOON ? say(left ? "console.queue.due" : "console.queue.today", { count: left }) : null;
}

function marker(report, marked, mark) {
  const input = h("input", { type: "checkbox", checked: marked, onchange: () => mark(report.id), "aria-label": say("console.queue.mark", { title: titleOf(report) }) });
  return h("label", { class: "row-mark" }, input);
}

function row(report, { selected, many }, choose, mark) {
  const about = [languageOf(report.language), report.daypart && nameOf("daypart", report.daypart), shortDay(report.received_on), due(report)];
  const photos = report.photos
    ? h("span", { class: "row-photos" }, icon("image"), h("span", { class: "visually-hidden" }, say("console.queue.photos", { count: report.photos })), h("span", { "aria-hidden": "true" }, String(report.photos)))
    : null;
  const button = h(
    "button",
    {
      type: "button",
      class: `row${report.claimed === "other" ? " taken" : ""}`,
      "data-id": report.id,
      "aria-current": report.id === selected ? "true" : null,
      onclick: () => choose(report.id),
    },
    h("span", { class: "row-title" }, titleOf(report)),
    h("span", { class: "row-about" }, about.filter(Boolean).join(" · "), photos),
    h("span", { class: "row-badges" }, badges(report)),
  );
  return h("li", { class: many.has(report.id) ? "marked" : null }, marker(report, many.has(report.id), mark), button);
}

/** Draw the list anew, keeping where it was scrolled to and what had the focus. */
export function showQueue(now, choose, mark) {
  const list = byId("queue-list");
  const top = list.scrollTop;
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  const rows = now.queue.reports.map((report) => row(report, now, choose, mark));
  fill(list, rows.length ? rows : h("li", { class: "quiet nothing" }, say("console.queue.empty")));
  list.scrollTop = top;
  if (focused) list.querySelector(`[data-id="${focused}"]`)?.focus();
}

/** Leads are told as well what waits for those trained to read what children tell. */
export function showCounts({ counts, waiting_for_trained: forTrained }) {
  const told = [say("console.queue.waiting", { count: counts.in_review })];
  if (counts.urgent) told.push(say("console.queue.urgent", { count: counts.urgent }));
  if (counts.quarantined) told.push(say("console.queue.stuck", { count: counts.quarantined }));
  if (forTrained) told.push(say("console.queue.trained", { count: forTrained }));
  byId("queue-counts").textContent = told.join(" · ");
  byId("queue-counts").title = told.join(" · ");
}

/** The languages that wait, to choose one; the choice stays even when its last report is gone. */
export function showLanguages({ counts }, chosen) {
  const select = byId("queue-language");
  const codes = Object.keys(counts.languages).filter((code) => code !== "unknown");
  if (chosen && !codes.includes(chosen)) codes.push(chosen);
  const options = codes.map((code) => {
    const text = `${languageOf(code)} ${counts.languages[code] ?? 0}`;
    return h("option", { value: code, selected: code === chosen }, text);
  });
  fill(select, h("option", { value: "", selected: !chosen }, say("console.queue.all")), options);
}

/** Show which rows are marked, without drawing them anew. */
export function showMarks(many) {
  for (const button of byId("queue-list").querySelectorAll(".row")) {
    const marked = many.has(button.dataset.id);
    button.parentElement.classList.toggle("marked", marked);
    button.parentElement.querySelector("input").checked = marked;
  }
}

/** Choose the row so many places further; returns its id. */
export function move(queue, selected, by) {
  const at = queue.reports.findIndex(({ id }) => id === selected);
  const next = queue.reports[Math.max(0, Math.min(queue.reports.length - 1, at + by))];
  return next?.id ?? null;
}

export function select(id) {
  for (const button of byId("queue-list").querySelectorAll(".row")) {
    const chosen = button.dataset.id === id;
    button.toggleAttribute("aria-current", chosen);
    if (chosen) {
      button.setAttribute("aria-current", "true");
      button.scrollIntoView({ block: "nearest" });
    }
  }
}
