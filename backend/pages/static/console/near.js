// Other reports that may tell the same: those proposed for their words, and those of the same square. A duplicate can be merged into one.

import { byId, fill, h } from "../shared/dom.js";
import { nameOf, say } from "../shared/words.js";
import * as door from "./door.js";
import { now } from "./now.js";
import { scoreInWords, shortDay, titleOf } from "./wording.js";

const NOT_INTO = ["withdrawn", "duplicate", "rejected"];
const SHORT_ID = 8;

const about = (report) => [shortDay(report.received_on), report.daypart && nameOf("daypart", report.daypart), nameOf("state", report.state)].filter(Boolean).join(" · ");

function option(value, ...told) {
  const input = h("input", { type: "radio", name: "same", value: value ?? "", checked: now.same === value, onchange: () => (now.same = value) });
  return h("label", { class: "near-one" }, input, h("span", {}, told));
}

const choice = (report) => option(report.id, h("span", {}, titleOf(report)), h("span", { class: "quiet small" }, about(report)));

const none = () => option(null, say("console.near.unmerged"));

/** Why a report is proposed: how alike it is, its number, and the words that carried it. */
function why(report) {
  const how = say(`console.alike.${report.code}`, { score: scoreInWords(report.score) });
  const words = report.words.length ? h("span", { class: "quiet small carried" }, `${say("console.alike.words")} `, h("q", {}, report.words.join(", "))) : null;
  return [h("span", {}, `${titleOf(report)} (${report.id.slice(0, SHORT_ID)})`), h("span", { class: "small" }, how), h("span", { class: "quiet small" }, about(report)), words];
}

function alikeOne(report) {
  return report.can_merge ? option(report.id, why(report)) : h("div", { class: "near-one" }, h("span", {}), h("span", {}, why(report), h("span", { class: "quiet small" }, say("console.alike.not"))));
}

/** What is proposed as telling the same; the likeliest is chosen for when a duplicate is decided, and nothing before. */
export function alikePanel(report) {
  if (!report.alike.length) return null;
  const legend = h("legend", {}, say("console.alike"));
  return h("fieldset", { class: "near-choices alike", id: "alike" }, legend, report.alike.map(alikeOne), none());
}

/** A place for what lies near; it is read when it is asked for, and when a duplicate is decided. */
export function nearPanel(report) {
  if (!report.near) return null;
  const open = h("button", { type: "button", class: "button plain", id: "near-open", onclick: () => showNear(report, { focus: true }) }, say("console.near.show", { count: report.near }), h("kbd", { "aria-hidden": "true" }, "S"));
  return h("section", { class: "near", "aria-label": say("console.near") }, h("div", { id: "near-list" }, open));
}

export async function showNear(report, { focus = false } = {}) {
  if (byId("near-open")) {
    const told = await door.readNear(report.id).catch(() => null);
    if (!told || now.held?.report.id !== report.id) return;
    const proposed = report.alike.map(({ id }) => id);
    const fits = told.reports.filter(({ id, state }) => !NOT_INTO.includes(state) && !proposed.includes(id));
    const legend = h("legend", { class: "small" }, say("console.near.same"));
    fill(byId("near-list"), h("fieldset", { class: "near-choices" }, legend, proposed.length ? null : none(), fits.map(choice)));
  }
  if (focus) (document.querySelector(".near-choices input:checked") ?? document.querySelector(".near-choices input"))?.focus();
}
