// Residents who wrote last, also about reports that are closed and in no queue: shown while no report is held.

import { byId, fill, h } from "../shared/dom.js";
import { nameOf, say } from "../shared/words.js";
import * as door from "./door.js";
import { messagesPanel, toMessages } from "./messages.js";
import { now } from "./now.js";
import { shortDay } from "./wording.js";

/** One conversation takes the panel's place; reading is the first thing done, and noted. */
function open(one) {
  fill(byId("context"), messagesPanel({ id: one.report, messages: one.number, can_answer: true, language: null }));
  toMessages();
}

function row(one) {
  const read = h("button", { type: "button", class: "button", onclick: () => open(one) }, say("console.unanswered.open"));
  return h("li", {}, h("span", {}, nameOf("state", one.state)), h("span", { class: "quiet small" }, shortDay(one.on)), read);
}

/** Fill the empty column; who waits for an answer is told without a word of what was written. */
export async function showUnanswered() {
  fill(byId("context"));
  if (!now.session) return;
  const told = await door.readUnanswered().catch(() => null);
  if (!told?.reports.length || now.held || !now.session || byId("message")) return;
  const list = h("ol", { class: "unanswered" }, told.reports.map(row));
  fill(byId("context"), h("h3", {}, say("console.unanswered", { count: told.reports.length })), list);
}
