// The questions, one a screen. Each is {key, title, fill(container, context), ready, need, skips} of a draft.

import { fill, h, icon } from "../shared/dom.js";
import { nameOf, say } from "../shared/words.js";
import { checkStep } from "./check.js";
import { CHILD_STEPS } from "./child.js";
import { localDay } from "./draft.js";
import { FORM, takeKind, tellsOfPeople } from "./form.js";
import { agree, oneOf, optionalNote, slip, stopField } from "./parts.js";
import { photosStep } from "./pictures.js";
import { isPlaced, placeNeed, showPlace } from "./place.js";
import { whatStep } from "./what.js";

const KIND_ICONS = {
  incident: () => icon("user-round-x"),
  condition: () => icon("lamp"),
  safe_place: () => icon("heart-handshake"),
  audit: () => icon("clipboard-list"),
};

const kindStep = {
  key: "kind",
  title: () => say("form.kind"),
  fill(container, { draft, changed, next }) {
    const pick = (kind) => { takeKind(draft, kind); changed(); next(); };
    const card = (kind) => h(
      "button",
      { type: "button", class: "kind", "aria-pressed": String(draft.kind === kind), onclick: () => pick(kind) },
      KIND_ICONS[kind](),
      h("span", {}, h("strong", {}, say(`form.kind.${kind}`)), h("span", { class: "quiet small" }, say(`form.kind.${kind}.hint`))),
    );
    fill(container, h("div", { class: "kinds" }, FORM.kinds.map(card)));
  },
  ready: (draft) => draft.kind !== null,
  need: () => say("form.kind.need"),
};

function dayProblem(day) {
  if (!day) return null;
  if (day > localDay()) return say("form.when.future");
  return day < localDay(365) ? say("form.when.old") : "";
}

const whenStep = {
  key: "when",
  title: () => say("form.when"),
  fill(container, { draft, changed }) {
    const wrong = slip("day-slip");
    const field = h("input", { class: "input", type: "date", max: localDay(), value: draft.day ?? "", "aria-describedby": "day-slip" });
    const quick = (key, back) => h("button", { type: "button", class: "button", "data-day": localDay(back), onclick: () => { field.value = localDay(back); take(field.value); } }, say(key));
    const quicks = [quick("form.when.today", 0), quick("form.when.yesterday", 1)];
    const take = (day) => {
      draft.day = dayProblem(day) === "" ? day : null;
      wrong.textContent = dayProblem(day) ?? "";
      quicks.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.day === draft.day)));
      changed();
    };
    field.addEventListener("change", () => take(field.value));
    const part = (value) => h("span", {}, nameOf("daypart", value), h("bdi", { class: "hours small" }, nameOf("daypart_hours", value)));
    fill(container,
      h("div", { class: "row" }, quicks),
      h("label", { class: "field" }, h("span", {}, say("form.when.day")), field), wrong,
      oneOf("daypart", say("form.when.part"), FORM.dayparts, draft.daypart, part, (value) => { draft.daypart = value; changed(); }),
      h("p", { class: "quiet small" }, say("form.when.kept")));
    if (draft.day) take(draft.day);
  },
  ready: (draft) => draft.day !== null && draft.daypart !== null,
  need: (draft) => say(draft.day === null ? "form.when.need_day" : "form.when.need_part"),
};

/** Take an answer that may be taken back: undefined is none. */
function answerInto(answers, changed) {
  return (key) => (value) => {
    if (value === undefined) delete answers[key];
    else answers[key] = value;
    changed();
  };
}

const settingStep = {
  key: "setting",
  title: () => say("form.setting"),
  fill(container, { draft, changed }) {
    const pick = answerInto(draft.setting, changed);
    const named = (family) => (value) => nameOf(family, value);
    fill(container, optionalNote(),
      oneOf("place_type", say("form.what.place_type"), FORM.place_types, draft.setting.place_type, named("place_type"), pick("place_type"), true),
      oneOf("mode", say("form.what.mode"), FORM.transport_modes, draft.setting.transport_mode, named("transport_mode"), pick("transport_mode"), true),
      stopField(draft, "form.what.stop", changed));
  },
  skips: ({ setting }) => !setting.place_type && !setting.transport_mode && !setting.stop?.trim(),
};

const aboutStep = {
  key: "about",
  title: () => say("form.about"),
  fill(container, { draft, changed }) {
    const pick = answerInto(draft.about, changed);
    const yes = { undefined, true: "yes", false: "no" }[draft.about.disability];
    const disability = (value) => pick("disability")(value === undefined ? undefined : value === "yes");
    fill(container,
      h("p", { class: "quiet" }, `${say("form.optional")} ${say("form.about.why")}`),
      oneOf("gender", say("form.about.gender"), FORM.genders, draft.about.gender, (value) => nameOf("gender", value), pick("gender"), true),
      oneOf("age", say("form.about.age"), FORM.age_bands, draft.about.age_band, (value) => nameOf("age_band", value), pick("age_band"), true),
      oneOf("disability", say("form.about.disability"), ["yes", "no"], yes, (value) => say(`form.about.${value}`), disability, true));
  },
  skips: ({ about }) => Object.keys(about).length === 0,
};

const forwardStep = {
  key: "forward",
  title: () => say("form.forward"),
  fill(container, { draft, changed }) {
    const exact = agree(say("form.forward.exact"), say("form.forward.exact.hint"), draft.exact, (yes) => { draft.exact = yes; changed(); });
    const show = () => { exact.hidden = !draft.forward || draft.how === "area"; };
    const pick = (yes) => {
      draft.forward = yes;
      if (!yes) draft.exact = exact.querySelector("input").checked = false;
      show();
      changed();
    };
    fill(container, optionalNote(), agree(say("form.forward.yes"), say("form.forward.yes.hint"), draft.forward, pick), exact);
    show();
  },
  skips: ({ forward }) => !forward,
};

const whereStep = {
  key: "where",
  title: () => say("form.where"),
  fill: showPlace,
  ready: isPlaced,
  need: placeNeed,
};

/** The questions of a draft, in order; the last one sends. */
export function stepsFor(draft) {
  if (draft.form === "child") return CHILD_STEPS;
  return [
    whereStep, kindStep, whenStep, whatStep, settingStep, photosStep,
    ...(draft.kind === null || tellsOfPeople(draft.kind) ? [aboutStep] : []),
    ...(draft.kind === "condition" ? [forwardStep] : []),
    checkStep,
  ];
}
