// The decision bar: what can be done now, the reasons of a verdict, and what was done, always in one place.

import { byId, fill, h, icon } from "../shared/dom.js";
import { say } from "../shared/words.js";
import { templatesFor } from "./replies.js";
import { reasonName } from "./wording.js";

const ICONS = {
  next: () => icon("arrow-right"),
  approve: () => icon("check"),
  reject: () => icon("x"),
  duplicate: () => icon("copy"),
  more: () => icon("ellipsis"),
  ask: () => icon("message-circle-question-mark"),
  escalate: () => icon("arrow-up"),
  forward: () => icon("wrench"),
  masks: () => icon("square-dashed"),
  openings: () => icon("lock-open"),
  mark: () => icon("list-checks"),
  unmark: () => icon("x"),
  again: () => icon("rotate-cw"),
  release: () => icon("corner-down-left"),
  undo: () => icon("undo-2"),
  keys: () => icon("keyboard"),
};

function action(name, key, act, { style = "", disabled = false } = {}) {
  const told = { type: "button", class: `button ${style}`, disabled, onclick: () => act(name), "data-action": name };
  return h("button", told, ICONS[name](), h("span", {}, say(`console.bar.${name}`)), h("kbd", { "aria-hidden": "true" }, key));
}

function verdictsFor({ held, many }, act) {
  const marked = many.size > 0;
  if (held?.report.state === "quarantined" && !marked) return [action("again", "T", act, { style: "primary" }), action("reject", "R", act)];
  const off = !held && !marked;
  return [
    action("approve", "A", act, { style: off ? "" : "primary", disabled: off }),
    action("reject", "R", act, { disabled: off }),
    action("duplicate", "D", act, { disabled: off }),
    marked ? action("escalate", "E", act) : action("more", "O", act, { disabled: off }),
  ];
}

/** What can be done: with nothing held, with a report, with one in quarantine, with many that are marked. */
export function showActions(now, act) {
  const { held, last, many } = now;
  const rest = [
    many.size ? action("unmark", "Esc", act, { style: "plain" }) : action("release", "B", act, { style: "plain", disabled: !held }),
    action("next", "C", act, { style: held || many.size ? "plain" : "primary" }),
    action("undo", "U", act, { style: "plain", disabled: !last }),
    action("keys", "?", act, { style: "plain" }),
  ];
  fill(byId("beside"));
  fill(byId("actions"), verdictsFor(now, act), h("span", { class: "gap" }), rest);
}

/** What else can be done with a report, each with its key; what it cannot is there and says so by being off. */
export function showMore(report, act, back) {
  const fresh = report.state === "in_review";
  fill(
    byId("actions"),
    action("ask", "Q", act, { disabled: !report.can_answer || !fresh }),
    action("escalate", "E", act, { disabled: report.state === "escalated" }),
    action("forward", "F", act, { disabled: !report.can_forward }),
    action("masks", "I", act, { disabled: !report.photos.some(({ url }) => url) }),
    action("openings", "W", act),
  );
  fill(byId("beside"), cancelling(back));
  tell(say("console.bar.more.lead"));
}

const cancelling = (back) =>
  h("button", { type: "button", class: "button plain", onclick: back }, h("span", {}, say("console.bar.back")), h("kbd", { "aria-hidden": "true" }, "Esc"));

/** What reaches the resident looks different from what stays among colleagues, also once something is typed. */
function noteField(id, key, longest) {
  const style = id === "public-note" ? "input note-field public" : "input note-field";
  return h("input", { class: style, id, title: say(key), maxlength: longest, autocomplete: "off", dir: "auto", placeholder: say(key), "aria-label": say(key) });
}

/** What is written to the resident begins with a sentence that is ready, where one fits. */
function publicField(verdict, report) {
  if (!report?.can_answer) return null;
  const field = noteField("public-note", verdict === "ask" ? "console.bar.question" : "console.bar.public", "2000");
  return [templatesFor(report.language, field, verdict), field];
}

/** The reasons of a verdict, each with its number; `pick(code)` sends the decision. */
export function showReasons({ verdict, held, many }, reasons, pick, back) {
  const choices = reasons.slice(0, 9).map((reason, at) =>
    h(
      "button",
      { type: "button", class: `button${at ? "" : " primary"}`, onclick: () => pick(reason.code) },
      h("kbd", { "aria-hidden": "true" }, String(at + 1)),
      h("span", {}, reasonName(reason)),
    ),
  );
  const told = many.size ? null : publicField(verdict, held.report);
  fill(byId("actions"), choices);
  fill(byId("beside"), told, noteField("note", "console.bar.note", "500"), cancelling(back));
  const why = say("console.bar.why", { verdict: say(`console.bar.${verdict}`) });
  tell(many.size ? `${say("console.bulk.marked", { count: many.size })} ${why}` : why);
}

export const noteWritten = () => byId("note")?.value.trim() ?? "";
export const publicNoteWritten = () => byId("public-note")?.value.trim() ?? "";

/** Say something in the bar; the place is always there, so nothing moves. */
export function tell(sentence, kind = "") {
  const said = byId("said");
  said.className = `bar-said ${kind}`;
  said.textContent = sentence;
}
