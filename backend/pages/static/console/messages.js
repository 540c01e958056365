// What the resident and the moderators say to each other: read when asked for, because every look is noted.

import { byId, fill, h, icon } from "../shared/dom.js";
import { say } from "../shared/words.js";
import * as door from "./door.js";
import { templatesFor } from "./replies.js";
import { shortDay } from "./wording.js";

const LONGEST = 2000;
const open = { report: null, key: null };

function message(one) {
  const who = one.from === "city" ? one.by ?? say("console.messages.city") : say("console.messages.resident");
  return h(
    "li",
    { class: `message ${one.from}` },
    h("span", { class: "quiet small" }, say("console.context.by", { who, day: shortDay(one.on) })),
    h("span", { class: "message-words", dir: "auto" }, one.text),
  );
}

function tell(sentence, kind = "") {
  const said = byId("messages-said");
  said.className = `small ${kind}`;
  said.textContent = sentence;
}

/** Read the thread, unless another report is shown by the time the answer comes. */
async function read(report) {
  try {
    const { messages } = await door.readMessages(report.id);
    if (open.report !== report.id) return;
    fill(byId("thread"), messages.length ? messages.map(message) : h("li", { class: "quiet" }, say("console.messages.none")));
    byId("messages-read")?.remove();
    tell("");
  } catch (problem) {
    if (open.report === report.id) tell(say(problem.status ? "base.failed" : "base.offline"), "bad");
  }
}

/** A retry of the same words goes under the same key, so that it is written once. */
async function send(report, field, button) {
  const text = field.value.trim();
  if (!text || button.disabled) return;
  open.key ??= crypto.randomUUID();
  button.disabled = true;
  try {
    await door.sendMessage(report.id, open.key, text);
    if (open.report !== report.id) return;
    open.key = null;
    field.value = "";
    await read(report);
    tell(say("console.messages.sent"));
  } catch (problem) {
    if (open.report === report.id) tell(say(problem.status === 409 ? "console.messages.refused" : problem.status ? "base.failed" : "base.offline"), "bad");
  } finally {
    button.disabled = false;
  }
}

function writer(report) {
  const field = h("textarea", { class: "input", id: "message", rows: "3", maxlength: String(LONGEST), dir: "auto", oninput: () => (open.key = null) });
  const button = h("button", { type: "submit", class: "button" }, icon("send"), h("span", {}, say("console.messages.send")));
  const form = h("form", { class: "message-form" }, h("label", { class: "small", for: "message" }, say("console.messages.write")), templatesFor(report.language, field), field, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(report, field, button);
  });
  return form;
}

/** The panel of one report: how many messages there are, a way to read them, and one to answer. */
export function messagesPanel(report) {
  open.report = report.id;
  open.key = null;
  const reading = report.messages
    ? h("button", { type: "button", class: "button plain", id: "messages-read", onclick: () => read(report) }, say("console.messages.read", { count: report.messages }))
    : h("p", { class: "quiet" }, say("console.messages.none"));
  return h(
    "section",
    { class: "messages", "aria-labelledby": "messages-title" },
    h("h3", { id: "messages-title" }, say("console.messages"), " ", h("kbd", { "aria-hidden": "true" }, "M")),
    h("ol", { class: "thread", id: "thread" }),
    reading,
    report.can_answer ? writer(report) : h("p", { class: "quiet small" }, say("console.messages.nokey")),
    h("p", { class: "small", id: "messages-said", role: "status" }),
  );
}

/** The key for messages: read them, then write. */
export function toMessages(report) {
  if (byId("messages-read") && report.messages) read(report);
  (byId("message") ?? byId("context")).focus();
}
