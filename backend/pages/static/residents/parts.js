// What the questions are made of: chips, fields and lines of help.

import { h, icon } from "../shared/dom.js";
import { language, nameOf, say } from "../shared/words.js";

/** A group of chips of which one is chosen; choosing it again takes it back when `optional`. */
export function oneOf(name, legend, values, chosen, wording, onPick, optional = false) {
  const chip = (value) => {
    const input = h("input", { type: "radio", name, value, checked: value === chosen });
    input.addEventListener("change", () => onPick(value));
    if (optional) allowTakingBack(input, onPick);
    return h("label", { class: "chip" }, input, h("span", {}, wording(value)));
  };
  return chips(legend, values.map(chip));
}

const LONG = 26; // letters that do not fit into half a line

/** Chips in a row when they are few, in even columns when they are many, one a line when they are sentences. */
function chips(legend, all) {
  const longest = Math.max(0, ...all.map((one) => one.textContent.length));
  const shape = longest > LONG && all.length <= 4 ? "lines" : all.length > 3 ? "even" : "";
  return h("fieldset", { class: `chips ${shape}` }, h("legend", { class: "label" }, legend), all);
}

function allowTakingBack(input, onPick) {
  let was = input.checked;
  input.addEventListener("click", () => {
    if (was) {
      input.checked = false;
      onPick(undefined);
    }
    for (const other of input.closest("fieldset").querySelectorAll("input")) other.dispatchEvent(new Event("settled"));
  });
  input.addEventListener("settled", () => { was = input.checked; });
}

/** A group of chips of which any number is chosen, kept in the set `chosen`, at most `most`. */
export function anyOf(name, legend, values, chosen, wording, onChange, most) {
  const inputs = new Map();
  const settle = () => {
    for (const [value, input] of inputs) input.disabled = chosen.size >= most && !chosen.has(value);
    onChange();
  };
  const chip = (value) => {
    const input = h("input", { type: "checkbox", name, value, checked: chosen.has(value) });
    inputs.set(value, input);
    input.addEventListener("change", () => { if (input.checked) chosen.add(value); else chosen.delete(value); settle(); });
    return h("label", { class: "chip" }, input, h("span", {}, wording(value)));
  };
  return chips(legend, values.map(chip));
}

/** Where words name the stop, the line or the street: short, optional, locked like all other words. */
export function stopField(draft, key, changed = () => {}) {
  const field = h("input", { class: "input", value: draft.setting.stop ?? "", maxlength: "80", autocomplete: "off", dir: "auto" });
  field.addEventListener("input", () => { draft.setting.stop = field.value; changed(); });
  return h("label", { class: "field" }, h("span", {}, say(key)), field, h("span", { class: "quiet small" }, say(`${key}.hint`)));
}

/** A check box with its words and what they mean. */
export function agree(words, hint, checked, onPick) {
  const input = h("input", { type: "checkbox", checked, onchange: (event) => onPick(event.target.checked) });
  return h("label", { class: "agree" }, input, h("span", {}, words, hint ? h("span", { class: "quiet small" }, hint) : null));
}

/** "You can leave this out." */
export function optionalNote() {
  return h("p", { class: "quiet" }, say("form.optional"));
}

/** A line that tells of a slip, read aloud when it appears. */
export function slip(id) {
  return h("p", { class: "slip", id, role: "alert" });
}

const digits = (written) => written.replace(/[\s-]/g, "");

function more(words) {
  const said = words.filter(Boolean).join(". ");
  return said ? h("span", { class: "quiet small", dir: "auto" }, said) : null;
}

/** Numbers to call: [{name, phone, for}], those for one purpose first when asked. */
export function helpLines(lines, first = null) {
  const ordered = [...lines].sort((a, b) => Number(b.for === first) - Number(a.for === first));
  const line = ({ for: purpose, name, phone, text }) => h("li", {},
    h("a", { class: "phone", href: `tel:${phone}` }, icon("phone"), h("bdi", { dir: "ltr" }, phone)),
    h("span", {}, nameOf("help", purpose) === purpose ? name : nameOf("help", purpose), more([digits(name) === digits(phone) ? null : name, text])));
  return h("ul", { class: "help" }, ordered.map(line));
}

/** The number to call in danger. */
export const emergencyPhone = (city) => (city?.help_lines ?? []).find((one) => one.for === "emergency")?.phone ?? "112";

/** That this is no emergency service. */
export function emergencyNote(city, key = "form.intro.emergency") {
  return h("p", { class: "note" }, say(key, { phone: `\u2066${emergencyPhone(city)}\u2069` }));
}

/** Who sees what of a report; `place` says which sentence on the place holds. */
export function whoSees(city, place = "place") {
  const { privacy = city.privacy, privacy_note: note } = city.words?.[language] ?? {};
  const items = [[place === "place" ? icon("map-pin-off") : icon("map-pin"), place], [icon("eye-off"), "words"], [icon("grid-2x2"), "map"]];
  return h("section", { class: "who" }, h("h2", {}, say("form.intro.who")),
    h("ul", {}, items.map(([drawing, key]) => h("li", {}, drawing, h("span", {}, say(`form.intro.who.${key}`))))),
    h("details", { class: "more" }, h("summary", {}, say("form.intro.promise")), h("p", {}, privacy), note ? h("p", {}, note) : null));
}
