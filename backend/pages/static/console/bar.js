// The decision bar: what can be done now, the reasons of a verdict, and what was done, always in one place.

import { byId, fill, h, icon } from "../shared/dom.js";
import { say } from "../shared/words.js";
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
  again: () => icon("rotate-cw"),
  release: () => icon("corner-down-left"),
  undo: () => icon("undo-2"),
  keys: () => icon("keyboard"),
};

function action(name, key, act, { style = "", disabled = false } = {}) {
  const told = { type: "button", class: `button ${style}`, disabled, onclick: () => act(name), "data-action": name };
  return h("button", told, ICONS[name](), h("span", {}, say(`console.bar.${name}`)), h("kbd", { "aria-hidden": "true" }, key));
}

/** What can be done: with nothing held, with a report, with one in quarantine. */
export function showActions({ held, last }, act) {
  const stuck = held?.report.state === "quarantined";
  const verdicts = stuck
    ? [action("again", "T", act, { style: "primary" }), action("reject", "R", act)]
    : [
        action("approve", "A", act, { style: held ? "primary" : "", disabled: !held }),
        action("reject", "R", act, { disabled: !held }),
        action("duplicate", "D", act, { disabled: !held }),
        action("more", "O", act, { disabled: !held }),
      ];
  const rest = [
    action("release", "B", act, { style: "plain", disabled: !held }),
    action("next", "C", act, { style: held ? "plain" : "primary" }),
    action("undo", "U", act, { style: "plain", disabled: !last }),
    action("keys", "?", act, { style: "plain" }),
  ];
  fill(byId("beside"));
  fill(byId("actions"), verdicts, h("span", { class: "gap" }), rest);
}

/** What else can be done with a report, each with its key; what it cannot is there and says so by being off. */
export function showMore(report, act, back) {
  const fresh = report.state === "in_review";
  fill(
    byId("actions"),
    action("ask", "Q", act, { disabled: !report.can_answer || !fresh }),
    action("escalate", "E", act, { disabled: report.state === "escalated" }),
    action("forward", "F", act, { disabled: !report.can_forward }),
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

/** The reasons of a verdict, each with its number; `pick(code)` sends the decision. */
export function showReasons(verdict, reasons, pick, back, report) {
  const choices = reasons.slice(0, 9).map((reason, at) =>
    h(
      "button",
      { type: "button", class: `button${at ? "" : " primary"}`, onclick: () => pick(reason.code) },
      h("kbd", { "aria-hidden": "true" }, String(at + 1)),
      h("span", {}, reasonName(reason)),
    ),
  );
  const note = noteField("note", "console.bar.note", "500");
  const told = report.can_answer ? noteField("public-note", verdict === "ask" ? "console.bar.question" : "console.bar.public", "2000") : null;
  fill(byId("actions"), choices);
  fill(byId("beside"), told, note, cancelling(back));
  tell(say("console.bar.why", { verdict: say(`console.bar.${verdict}`) }));
}

export const noteWritten = () => byId("note")?.value.trim() ?? "";
export const publicNoteWritten = () => byId("public-note")?.value.trim() ?? "";

/** Say something in the bar; the place is always there, so nothing moves. */
export function tell(sentence, kind = "") {
  const said = byId("said");
  said.className = `bar-said ${kind}`;
  said.textContent = sentence;
}
