// What passes between a resident and the moderators, what was told, and the proof of it: opened on this phone alone.

import { fill, h, icon } from "../shared/dom.js";
import { dayInWords, nameOf, number, say } from "../shared/words.js";
import { saveAsFile } from "./after.js";
import { levelName } from "./form.js";
import { slip } from "./parts.js";
import { attemptName, openReply } from "./receipt.js";
import { readMessages, readOwnReport, readProof, sendMessage } from "./send.js";

const LONGEST = 2000;
const inWords = (problem) => say(problem.status === 0 ? "base.offline" : "base.failed");

/** The words of a sealed message, or null when they cannot be opened here. */
function opened(secret, sealed) {
  try {
    return openReply(secret, sealed);
  } catch {
    return null;
  }
}

function message(secret, { from, on, sealed, text }) {
  const words = text ?? (sealed ? opened(secret, sealed) : null);
  return h("li", { class: `message ${from}` },
    h("p", { class: "small quiet" }, h("strong", {}, say(`thread.from.${from}`)), " · ", dayInWords(on)),
    h("p", { class: "words", dir: words === null ? null : "auto" }, words ?? say("thread.locked")));
}

function answerForm({ city, secret }, onSent) {
  const wrong = slip("message-slip");
  const done = h("p", { class: "small", role: "status" });
  const field = h("textarea", { class: "input", rows: "3", maxlength: String(LONGEST), dir: "auto", autocomplete: "off", "aria-describedby": "message-hint message-slip" });
  let attempt = null; // the same words tried again are the same message
  const send = async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    wrong.textContent = text ? "" : say("thread.empty");
    done.textContent = "";
    if (!text) return field.focus();
    if (attempt?.text !== text) attempt = { text, name: attemptName() };
    try {
      const answer = await sendMessage(city, secret, text, attempt.name);
      field.value = "";
      attempt = null;
      done.textContent = say("thread.sent");
      onSent({ from: "resident", on: answer?.on ?? new Date().toISOString().slice(0, 10), text });
    } catch (problem) {
      wrong.textContent = problem.status === 409 || problem.status === 422 ? say("thread.refused") : inWords(problem);
    }
    return null;
  };
  return h("form", { onsubmit: send, novalidate: true },
    h("label", { class: "field" }, h("span", {}, say("thread.write")), field),
    h("p", { class: "quiet small", id: "message-hint" }, say("thread.hint")), wrong, done,
    h("button", { class: "button" }, icon("send"), say("thread.send")));
}

/** The messages with the moderators, oldest first, and the field to answer. */
export function thread(report) {
  const list = h("ol", { class: "messages" });
  const none = h("p", { class: "quiet" }, say("thread.loading"));
  const section = h("section", { class: "thread", "aria-labelledby": "thread-title" }, h("h2", { id: "thread-title" }, say("thread.title")), none, list);
  const add = (one) => { none.remove(); list.append(message(report.secret, one)); };
  const load = async () => {
    try {
      const { messages } = await readMessages(report.city, report.secret);
      none.textContent = say("thread.none");
      messages.forEach(add);
      section.append(answerForm(report, add));
    } catch (problem) {
      const again = h("button", { type: "button", class: "button", onclick: load }, icon("refresh-cw"), say("base.again"));
      fill(none, h("span", {}, inWords(problem)), " ", again);
    }
    section.setAttribute("data-loaded", "true");
  };
  load();
  return section;
}

function toldRows(told) {
  const named = (family, codes) => codes.filter(Boolean).map((code) => nameOf(family, code));
  const { place_type, transport_mode, stop } = told.setting ?? {};
  const { gender, age_band, disability } = told.about_me ?? {};
  const audit = Object.entries(told.audit ?? {}).map(([question, level]) => `${nameOf("question", question)}: ${levelName(question, level)}`);
  return [
    ["kind", say(`form.kind.${told.kind}`)],
    ["where", say("thread.own.around", { metres: number(told.accuracy_m ?? 0) })],
    ["when", `${dayInWords(told.occurred_on)}, ${nameOf("daypart", told.daypart)}`],
    ["what", [named("category", told.categories ?? []).join(", "), ...audit, told.text].filter(Boolean).join("\n")],
    ["setting", [...named("place_type", [place_type]), ...named("transport_mode", [transport_mode]), stop].filter(Boolean).join(", ")],
    ["about", [...named("gender", [gender]), ...named("age_band", [age_band]), ...(disability ? [say("form.about.disability")] : [])].join(", ")],
    ...(told.consent_forward ? [["forward", say("form.check.forward.yes")]] : []),
  ].filter(([, words]) => words);
}

/** What was told, as it was sent: the phone's own copy, opened on the phone. */
export function ownReport({ city, secret }) {
  const place = h("div", {});
  const wrong = slip("own-slip");
  const read = async () => {
    wrong.textContent = "";
    try {
      const told = JSON.parse(openReply(secret, (await readOwnReport(city, secret)).sealed));
      const title = h("h2", { tabindex: "-1" }, say("thread.own"));
      fill(place, title, h("dl", { class: "answers" },
        toldRows(told).map(([key, words]) => h("div", { class: "answer" }, h("dt", {}, say(`form.check.${key}`)), h("dd", {}, h("span", { dir: "auto" }, words))))));
      open.hidden = true;
      title.focus();
    } catch (problem) {
      wrong.textContent = problem.status === 404 ? say("thread.own.gone") : inWords(problem);
    }
  };
  const open = h("button", { type: "button", class: "button", onclick: read }, icon("file-text"), say("thread.own.read"));
  return h("section", { class: "own" }, open, wrong, place);
}

/** A signed statement that a report was filed, to keep or to show; it says nothing of what was told. */
export function proofOfFiling({ city, secret }) {
  const wrong = slip("proof-slip");
  const done = h("span", { class: "small", role: "status" });
  const save = async () => {
    wrong.textContent = "";
    try {
      const proof = await readProof(city, secret);
      saveAsFile(`${JSON.stringify(proof, null, 2)}\n`, "notes.json", "application/json");
      done.textContent = say("thread.proof.saved");
    } catch (problem) {
      wrong.textContent = inWords(problem);
    }
  };
  return h("section", { class: "proof" },
    h("button", { type: "button", class: "button", onclick: save }, icon("file-check"), say("thread.proof")), done, wrong,
    h("p", { class: "quiet small" }, say("thread.proof.what")));
}
