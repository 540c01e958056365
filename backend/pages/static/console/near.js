// Other reports of the same square: any of them may tell the same, and a duplicate can be merged into it.

import { byId, fill, h } from "../shared/dom.js";
import { nameOf, say } from "../shared/words.js";
import * as door from "./door.js";
import { now } from "./now.js";
import { shortDay, titleOf } from "./wording.js";

const NOT_INTO = ["withdrawn", "duplicate", "rejected"];

function choice(report) {
  const input = h("input", { type: "radio", name: "same", value: report.id, checked: now.same === report.id, onchange: () => (now.same = report.id) });
  const about = [shortDay(report.received_on), report.daypart && nameOf("daypart", report.daypart), nameOf("state", report.state)];
  return h("label", { class: "near-one" }, input, h("span", {}, h("span", {}, titleOf(report)), h("span", { class: "quiet small" }, about.filter(Boolean).join(" · "))));
}

function none() {
  return h("label", { class: "near-one" }, h("input", { type: "radio", name: "same", value: "", checked: !now.same, onchange: () => (now.same = null) }), h("span", {}, say("console.near.unmerged")));
}

/** A place for what lies near; it is read when it is asked for, and when a duplicate is decided. */
export function nearPanel(report) {
  if (!report.near) return null;
  const open = h("button", { type: "button", class: "button plain", id: "near-open", onclick: () => showNear(report, { focus: true }) }, say("console.near.show", { count: report.near }), h("kbd", { "aria-hidden": "true" }, "S"));
  return h("section", { class: "near", "aria-label": say("console.near") }, h("div", { id: "near-list" }, open));
}

export async function showNear(report, { focus = false } = {}) {
  if (!byId("near-list")) return;
  if (byId("near-open")) {
    const told = await door.readNear(report.id).catch(() => null);
    if (!told || now.held?.report.id !== report.id) return;
    const fits = told.reports.filter(({ state }) => !NOT_INTO.includes(state));
    const legend = h("legend", { class: "small" }, say("console.near.same"));
    fill(byId("near-list"), h("fieldset", { class: "near-choices" }, legend, none(), fits.map(choice)));
  }
  if (focus) byId("near-list").querySelector("input")?.focus();
}
