// The last look before sending, and sending.

import { fill, h, icon } from "../shared/dom.js";
import { dayInWords, nameOf, number, say } from "../shared/words.js";
import { levelName, tellsOfPeople } from "./form.js";
import { emergencyNote, slip, whoSees } from "./parts.js";
import { sendReport } from "./send.js";
import { isExact } from "./where.js";

const named = (family, values) => values.filter(Boolean).map((value) => nameOf(family, value));

function place(draft) {
  if (draft.how === "area") return say("form.check.district", { place: draft.area, metres: number(draft.reach) });
  if (isExact(draft)) return say("form.check.exact");
  return draft.area ? say("form.check.around", { place: draft.area }) : say("form.check.around_point");
}

function what(draft) {
  const audit = Object.entries(draft.audit).map(([question, level]) => `${nameOf("question", question)}: ${levelName(question, level)}`);
  return [named("category", [...draft.categories]).join(", "), ...audit, draft.text.trim()].filter(Boolean).join("\n");
}

function setting({ setting: { place_type, transport_mode, stop } }) {
  return [...named("place_type", [place_type]), ...named("transport_mode", [transport_mode]), stop?.trim()].filter(Boolean).join(", ");
}

function about({ about: { gender, age_band, disability } }) {
  return [...named("gender", [gender]), ...named("age_band", [age_band]), ...(disability ? [say("form.about.disability")] : [])].join(", ");
}

function answers(draft) {
  const forward = draft.forward ? say(isExact(draft) ? "form.check.forward.exact" : "form.check.forward.yes") : say("form.about.no");
  return [
    ["where", place(draft)],
    ["kind", say(`form.kind.${draft.kind}`)],
    ["when", `${dayInWords(draft.day)}, ${nameOf("daypart", draft.daypart)}`],
    ["what", what(draft)],
    ["setting", setting(draft)],
    ["photos", draft.photos.map((_, at) => say("form.photos.one", { name: number(at + 1) })).join(", ")],
    ...(tellsOfPeople(draft.kind) ? [["about", about(draft)]] : []),
    ...(draft.kind === "condition" ? [["forward", forward]] : []),
  ];
}

/** One answer with the way back to its question. */
export function row([key, words], goTo) {
  const change = h("button", { type: "button", class: "button plain", onclick: () => goTo(key) },
    say("form.check.change"), h("span", { class: "visually-hidden" }, ` ${say(`form.check.${key}`)}`));
  const told = words ? h("span", { dir: "auto" }, words) : h("span", { class: "quiet" }, say("form.check.none"));
  return h("div", { class: "answer" }, h("dt", {}, say(`form.check.${key}`)), h("dd", {}, told, change));
}

function refusal(problem) {
  if (problem.status === 0) return say("base.offline");
  if (problem.status >= 500 || problem.status === 429) return say("base.failed");
  return say("form.check.refused", { detail: problem.message });
}

/** The button that sends, with its words while it does and when it could not. */
export function sendButton({ draft, onSent, onWaiting }, words) {
  const wrong = slip("send-slip");
  const label = h("span", {}, words);
  const submit = async () => {
    if (send.getAttribute("aria-disabled")) return null;
    send.setAttribute("aria-disabled", "true");
    wrong.textContent = "";
    label.textContent = say("form.check.sending");
    try {
      return onSent(await sendReport(draft));
    } catch (problem) {
      if (problem.waits) return onWaiting();
      wrong.textContent = refusal(problem);
      label.textContent = say("base.again");
      send.removeAttribute("aria-disabled");
      return null;
    }
    return null;
  };
  const send = h("button", { type: "button", class: "button primary", onclick: submit }, icon("send"), label);
  return { send, wrong };
}

/** The screen; `onSent` hears what the server answered, or null when the report waits on this phone. */
export const checkStep = {
  key: "check",
  title: () => say("form.check"),
  fill(container, context) {
    const { draft, city, goTo, actions } = context;
    const { send, wrong } = sendButton(context, say("form.check.send"));
    fill(container, wrong,
      h("dl", { class: "answers" }, answers(draft).map((answer) => row(answer, goTo))),
      whoSees(city, isExact(draft) ? "exact" : "place"), emergencyNote(city));
    actions(send);
  },
};
