// What the city did, told on the public map: written as a draft, published by whoever vouches for it, taken back.

import { cities, places } from "../shared/city.js";
import { byId, fill, h } from "../shared/dom.js";
import { dayInWords, languageName, say } from "../shared/words.js";
import * as door from "./door.js";
import { may, now } from "./now.js";
import { attempting, refusing, teller } from "./window.js";

const LONGEST = "500";
const SAID = { 0: "base.offline", 409: "console.citynotes.late", 422: "console.citynotes.wrong" };
const about = { areas: [], languages: [] };

const tell = teller("citynotes-said");
const refused = refusing(tell, SAID);
const attempt = attempting(refused);
const done = (sentence, task) => attempt(async () => {
  await task();
  await read();
  tell(say(sentence));
});

/** Nothing is published that nobody vouches for: the button waits for the tick beside it. */
function publishing(note) {
  const button = h("button", { type: "button", class: "button", disabled: true, onclick: done("console.citynotes.published", () => door.publishNote(note.id)) }, say("console.citynotes.publish"));
  const tick = h("input", { type: "checkbox", onchange: (event) => { button.disabled = !event.target.checked; } });
  return [h("label", { class: "vouch small" }, tick, h("span", {}, say("console.citynotes.vouch"))), button];
}

function deeds(note) {
  if (note.state === "withdrawn") return null;
  const back = h("button", { type: "button", class: "button", onclick: done("console.citynotes.gone", () => door.withdrawNote(note.id)) }, say("console.citynotes.withdraw"));
  return [note.state === "draft" ? publishing(note) : null, back];
}

const when = ({ day, period }) => (day ? dayInWords(day) : period);

function row(note) {
  const area = about.areas.find(({ code }) => code === note.area)?.name ?? note.area;
  const head = [area, when(note), say(`console.citynotes.${note.state}`), note.written_by].filter(Boolean).join(" · ");
  const texts = Object.entries(note.texts).map(([code, text]) => h("p", { lang: code, dir: "auto" }, text));
  return h("li", {}, h("div", {}, h("strong", {}, head), texts), h("div", { class: "row-buttons" }, deeds(note)));
}

async function read() {
  const { notes } = await door.readNotes();
  fill(byId("citynotes-list"), notes.length ? notes.map(row) : h("li", { class: "quiet" }, say("console.citynotes.none")));
}

const field = (words, input) => h("label", { class: "field" }, h("span", {}, words), input);

function writing() {
  const options = about.areas.map(({ code, name }) => h("option", { value: code }, name));
  const texts = about.languages.map((code) => [code, h("input", { class: "input", lang: code, dir: "auto", maxlength: LONGEST, autocomplete: "off" })]);
  const area = h("select", { class: "input" }, options);
  const day = h("input", { class: "input", type: "date", required: true });
  const form = h("form", { class: "asking" },
    h("h3", {}, say("console.citynotes.write")),
    field(say("console.citynotes.area"), area), field(say("console.citynotes.day"), day),
    texts.map(([code, input]) => field(languageName(code), input)),
    h("button", { class: "button" }, say("console.citynotes.draft.keep")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const told = Object.fromEntries(texts.map(([code, input]) => [code, input.value.trim()]).filter(([, text]) => text));
    done("console.citynotes.kept", async () => {
      await door.writeNote({ area: area.value, day: day.value, texts: told });
      form.reset();
    })();
  });
  return form;
}

async function begin() {
  const [listed, { areas }] = await Promise.all([cities(), places(now.city)]);
  Object.assign(about, { areas, languages: listed.find(({ id }) => id === now.city)?.languages ?? [] });
  fill(byId("citynotes-write"), writing());
  await read();
}

export function openNotes() {
  if (!may("write_city_notes")) return;
  fill(byId("citynotes-list"));
  fill(byId("citynotes-write"));
  tell("");
  byId("citynotes").showModal();
  attempt(begin)();
}
