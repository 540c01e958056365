// What happened, or how it is there: chips by axis or the nine questions, and words for whoever wants them.

import { fill, h } from "../shared/dom.js";
import { nameOf, number, say } from "../shared/words.js";
import { FORM, levelName } from "./form.js";
import { anyOf, oneOf } from "./parts.js";

const LONGEST_TEXT = 5000;
const MOST_CATEGORIES = 8;

/** A field for own words; it says how much room is left when little is. */
export function wordsField({ draft, changed }, label = say("form.what.words"), hint = `${say("form.what.words.hint")} ${say("form.optional")}`) {
  const left = h("p", { class: "quiet small", id: "words-left", role: "status" });
  const area = h("textarea", { class: "input", rows: "4", maxlength: String(LONGEST_TEXT), value: draft.text, autocomplete: "off", dir: "auto", "aria-describedby": "words-hint" });
  area.addEventListener("input", () => {
    draft.text = area.value;
    const room = LONGEST_TEXT - area.value.length;
    left.textContent = room < 500 ? say("form.what.left", { count: number(room) }) : "";
    changed();
  });
  return [
    h("label", { class: "field words-field" }, h("span", {}, label), area),
    h("p", { class: "quiet small", id: "words-hint" }, hint),
    left,
  ];
}

function categoryFields({ draft, city, changed }) {
  const codes = city.categories[draft.kind] ?? [];
  const group = (axis) => {
    const own = codes.filter((code) => FORM.axis_of[code] === axis);
    const name = (code) => nameOf("category", code);
    return own.length ? anyOf("category", say(`form.what.${axis}`), own, draft.categories, name, changed, MOST_CATEGORIES) : null;
  };
  return [h("p", { class: "quiet" }, say("form.what.choose")), FORM.axes[draft.kind].map(group)];
}

function auditFields({ draft, city, changed }) {
  return (city.audit ?? FORM.questions).map((question) =>
    oneOf(question, nameOf("question", question), ["0", "1", "2", "3"], String(draft.audit[question] ?? ""), (level) => levelName(question, level),
      (value) => { draft.audit[question] = Number(value); changed(); }));
}

const answered = (draft) => FORM.questions.filter((question) => question in draft.audit).length;

export const whatStep = {
  key: "what",
  title: (draft) => say(draft.kind === "incident" ? "form.what" : `form.what.${draft.kind}`),
  fill(container, context) {
    const asked = context.draft.kind === "audit" ? auditFields(context) : categoryFields(context);
    fill(container, asked, wordsField(context));
  },
  ready: (draft) => (draft.kind === "audit" ? answered(draft) === FORM.questions.length : draft.categories.size > 0 || draft.text.trim() !== ""),
  need: (draft) => (draft.kind === "audit"
    ? say("form.what.audit_left", { count: number(FORM.questions.length - answered(draft)) })
    : say("form.what.need")),
};
