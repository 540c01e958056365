// The simpler form for children: one thing at a time, large, nothing about themselves, help lines first.

import { fill, h, icon } from "../shared/dom.js";
import { dayInWords, number, say } from "../shared/words.js";
import { row, sendButton } from "./check.js";
import { localDay } from "./draft.js";
import { FORM, takeKind } from "./form.js";
import { agree, emergencyNote, helpLines, slip } from "./parts.js";
import { photoFields } from "./pictures.js";
import { isPlaced, placeNeed, showPlace } from "./place.js";
import { wordsField } from "./what.js";

const DRAWINGS = {
  incident: () => icon("user-round-x"),
  condition: () => icon("moon"),
  safe_place: () => icon("smile"),
  morning: () => icon("sunrise"),
  afternoon: () => icon("sun"),
  evening: () => icon("sunset"),
  night: () => icon("moon"),
  today: () => icon("calendar-days"),
  yesterday: () => icon("history"),
  other: () => icon("calendar-days"),
  touching: () => icon("hand"),
  physical_assault: () => icon("hand-fist"),
  exposure: () => icon("eye-off"),
  following: () => icon("footprints"),
  threats: () => icon("message-circle-warning"),
  group_intimidation: () => icon("users-round"),
  photographing: () => icon("camera"),
  commenting: () => icon("message-circle-x"),
  ogling: () => icon("eye"),
  theft: () => icon("handbag"),
  badly_lit: () => icon("moon"),
  no_one_around: () => icon("user-round-x"),
  blocked_view: () => icon("eye-closed"),
  rundown: () => icon("trash-2"),
  drug_alcohol_signs: () => icon("syringe"),
  poor_path: () => icon("construction"),
  unsafe_crossing: () => icon("traffic-cone"),
  unsafe_stop: () => icon("bus"),
  crowded_transport: () => icon("tram-front"),
  well_lit: () => icon("sun"),
  people_around: () => icon("users-round"),
  open_doors: () => icon("store"),
  good_path: () => icon("footprints"),
  helpful_staff: () => icon("heart-handshake"),
};
const drawing = (code) => (DRAWINGS[code] ?? (() => icon("message-circle-question-mark")))();

/** A large button with a drawing and a word. */
function big(code, words, pressed, onclick) {
  return h("button", { type: "button", class: "kind", "aria-pressed": String(pressed), onclick }, drawing(code), h("strong", {}, words));
}

/** The lines for children first; those whom nobody answers for children last. */
const lines = (city) => helpLines(city.help_lines ?? [], "children");

const helloStep = {
  key: "hello",
  title: () => say("child.title"),
  fill(container, { city }) {
    const item = (drawn, key) => h("li", {}, drawn, h("span", {}, say(key)));
    fill(container, h("p", { class: "lead" }, say("child.intro")), emergencyNote(city, "child.intro.emergency"),
      h("section", {}, h("h2", {}, say("child.help")), h("p", {}, say("child.help.lead")), lines(city)),
      h("section", { class: "who" }, h("ul", {},
        item(icon("heart"), "child.intro.fault"), item(icon("eye-off"), "child.intro.name"), item(icon("users-round"), "child.intro.adult"), item(icon("user-round-check"), "child.intro.who"))));
  },
};

const kindStep = {
  key: "kind",
  title: () => say("child.kind"),
  fill(container, { draft, city, changed, next }) {
    const pick = (kind) => () => { takeKind(draft, kind); changed(); next(); };
    const kinds = FORM.kinds.filter((kind) => kind in city.child);
    fill(container, h("div", { class: "kinds" }, kinds.map((kind) => big(kind, say(`child.kind.${kind}`), draft.kind === kind, pick(kind)))));
  },
  ready: ({ kind }) => kind !== null,
  need: () => say("child.need"),
};

const whereStep = {
  key: "where",
  title: () => say("child.where"),
  fill(container, context) {
    const { draft, city } = context;
    const more = (redraw) => agree(say("child.where.closer"), say("child.where.closer.hint"), draft.closer, (yes) => { draft.closer = yes; redraw(); context.changed(); });
    const home = h("details", { class: "more" }, h("summary", {}, say("child.where.home")), lines(city));
    const inner = h("div", {});
    fill(container, inner, home);
    return showPlace(inner, { ...context, more });
  },
  ready: isPlaced,
  need: placeNeed,
};

const dayStep = {
  key: "day",
  title: () => say("child.when"),
  fill(container, { draft, changed, next }) {
    const wrong = slip("day-slip");
    const field = h("input", { class: "input", type: "date", min: localDay(365), max: localDay(), value: draft.day ?? "", "aria-describedby": "day-slip" });
    const other = h("label", { class: "field", hidden: !draft.day }, h("span", {}, say("child.when.day")), field);
    field.addEventListener("change", () => {
      const known = field.value && field.value <= localDay() && field.value >= localDay(365);
      draft.day = known ? field.value : null;
      wrong.textContent = field.value > localDay() ? say("form.when.future") : known || !field.value ? "" : say("form.when.old");
      changed();
    });
    const pick = (day) => () => { draft.day = day; changed(); next(); };
    const open = () => { other.hidden = false; field.focus(); };
    fill(container, h("div", { class: "kinds" },
      big("today", say("child.when.today"), draft.day === localDay(), pick(localDay())),
      big("yesterday", say("child.when.yesterday"), draft.day === localDay(1), pick(localDay(1))),
      big("other", say("child.when.other"), false, open)), other, wrong);
  },
  ready: ({ day }) => day !== null,
  need: () => say("child.need"),
};

const partStep = {
  key: "part",
  title: () => say("child.when.part"),
  fill(container, { draft, changed, next }) {
    const pick = (part) => () => { draft.daypart = part; changed(); next(); };
    fill(container, h("div", { class: "kinds" }, FORM.dayparts.map((part) => big(part, say(`child.daypart.${part}`), draft.daypart === part, pick(part)))));
  },
  ready: ({ daypart }) => daypart !== null,
  need: () => say("child.need"),
};

const categoryWords = (code) => say(`child.category.${code}`);

const whatStep = {
  key: "what",
  title: ({ kind }) => say(kind === "incident" ? "child.what" : `child.what.${kind}`),
  fill(container, { draft, city, changed }) {
    const one = (code) => {
      const input = h("input", { type: "checkbox", name: "category", value: code, checked: draft.categories.has(code) });
      input.addEventListener("change", () => { draft.categories[input.checked ? "add" : "delete"](code); changed(); });
      return h("label", { class: "chip big" }, input, drawing(code), h("span", {}, categoryWords(code)));
    };
    fill(container, h("fieldset", { class: "chips" }, h("legend", { class: "label" }, say("child.what.choose")),
      (city.child[draft.kind] ?? []).map(one)));
  },
  skips: ({ categories }) => categories.size === 0,
};

const wordsStep = {
  key: "words",
  title: () => say("child.what.words"),
  fill(container, context) {
    fill(container, wordsField(context, h("span", { class: "visually-hidden" }, say("child.what.words")), `${say("child.what.words.hint")} ${say("child.intro.name")}`));
  },
  ready: ({ categories, text }) => categories.size > 0 || text.trim() !== "",
  need: () => say("child.what.need"),
  skips: ({ text }) => text.trim() === "",
};

const pictureStep = {
  key: "picture",
  title: () => say("child.photo"),
  fill(container, context) {
    fill(container,
      h("p", { class: "with-icon" }, icon("palette"), h("span", {}, say("child.photo.drawing"))),
      h("p", { class: "with-icon" }, icon("camera-off"), h("span", {}, say("child.photo.not_you"))),
      photoFields(context, { add: say("child.photo.add"), kept: "" }));
  },
  skips: ({ photos }) => photos.length === 0,
  skipWords: "child.photo.skip",
};

function answers(draft) {
  const where = draft.how === "area" ? draft.area : say(draft.area ? "child.check.near" : "child.where.kept", { place: draft.area });
  return [
    ["kind", say(`child.kind.${draft.kind}`)],
    ["where", where],
    ["day", dayInWords(draft.day)],
    ["part", say(`child.daypart.${draft.daypart}`)],
    ["what", [...draft.categories].map(categoryWords).join(", ")],
    ["words", draft.text.trim()],
    ["picture", draft.photos.map((_, at) => say("form.photos.one", { name: number(at + 1) })).join(", ")],
  ];
}

const checkStep = {
  key: "check",
  title: () => say("child.check"),
  fill(container, context) {
    const { send, wrong } = sendButton(context, say("child.check.send"));
    fill(container, wrong,
      h("dl", { class: "answers" }, answers(context.draft).map((answer) => row(answer, context.goTo))),
      emergencyNote(context.city, "child.intro.emergency"));
    context.actions(send);
  },
};

/** The questions for children, in order; the last one sends. */
export const CHILD_STEPS = [helloStep, kindStep, whereStep, dayStep, partStep, whatStep, wordsStep, pictureStep, checkStep];
