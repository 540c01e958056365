// What the resident and the moderators say to each other: read when asked for, because every look is noted.

import { byId, fill, h, icon } from "../shared/dom.js";
import { say } from "../shared/words.js";
import * as door from "./door.js";
import { templatesFor } from "./replies.js";
import { shortDay } from "./wording.js";

const LONGEST = 2000;
const current = { panel: null };

function message(one) {
  const who = one.from === "city" ? one.by ?? say("console.messages.city") : say("console.messages.resident");
  return h(
    "li",
    { class: `message ${one.from}` },
    h("span", { class: "quiet small" }, say("console.context.by", { who, day: shortDay(one.on) })),
    h("span", { class: "message-words", dir: "auto" }, one.text),
  );
}

function tell({ said }, sentence, kind = "") {
  said.className = `small ${kind}`;
  said.textContent = sentence;
}

const inWords = (problem) => say(problem.status ? "base.failed" : "base.offline");

/** Read the thread, unless another report is shown by the time the answer comes. */
async function read(talk) {
  try {
    const { messages } = await door.readMessages(talk.report.id);
    if (!talk.list.isConnected) return;
    fill(talk.list, messages.length ? messages.map(message) : h("li", { class: "quiet" }, say("console.messages.none")));
    talk.opener?.remove();
    tell(talk, "");
  } catch (problem) {
    tell(talk, inWords(problem), "bad");
  }
}

/** A retry of the same words goes under the same key, so that it is written once. */
async function send(talk, field, button) {
  const text = field.value.trim();
  if (!text || button.disabled) return;
  talk.key ??= crypto.randomUUID();
  button.disabled = true;
  try {
    await door.sendMessage(talk.report.id, talk.key, text);
    talk.key = null;
    field.value = "";
    await read(talk);
    tell(talk, say("console.messages.sent"));
  } catch (problem) {
    tell(talk, problem.status === 409 ? say("console.messages.refused") : inWords(problem), "bad");
  } finally {
    button.disabled = false;
  }
}

function writer(talk) {
  const field = h("textarea", { class: "input", id: "message", rows: "3", maxlength: String(LONGEST), dir: "auto", oninput: () => (talk.key = null) });
  const button = h("button", { type: "submit", class: "button" }, icon("send"), h("span", {}, say("console.messages.send")));
  const ready = templatesFor(talk.report.language, field);
  const form = h("form", { class: "message-form" }, h("label", { class: "small", for: "message" }, say("console.messages.write")), ready, field, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(talk, field, button);
  });
  return form;
}

function opener(talk) {
  const told = { type: "button", class: "button plain", id: "messages-read", onclick: () => read(talk) };
  return h("button", told, say("console.messages.read", { count: talk.report.messages }));
}

/** A conversation about one report: the thread, and a field to write where the resident can be written to. */
function conversation(report) {
  const talk = { report, key: null, opener: null };
  talk.list = h("ol", { class: "thread", id: "thread" });
  talk.said = h("p", { class: "small", id: "messages-said", role: "status" });
  if (report.messages) talk.opener = opener(talk);
  return talk;
}

/** The panel of one report: how many messages there are, a way to read them, and one to answer. */
export function messagesPanel(report) {
  const talk = (current.panel = conversation(report));
  return h(
    "section",
    { class: "messages", "aria-labelledby": "messages-title" },
    h("h3", { id: "messages-title" }, say("console.messages"), " ", h("kbd", { "aria-hidden": "true" }, "M")),
    talk.list,
    talk.opener ?? h("p", { class: "quiet" }, say("console.messages.none")),
    report.can_answer ? writer(talk) : h("p", { class: "quiet small" }, say("console.messages.nokey")),
    talk.said,
  );
}

/** The key for messages: read them, then write. */
export function toMessages() {
  const talk = current.panel;
  if (talk?.opener?.isConnected) read(talk);
  (byId("message") ?? byId("context")).focus();
}
