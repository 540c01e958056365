// What the city says it did, area by area: its own words, as plain text, beside what residents said.

import { byId, fill, h } from "../shared/dom.js";
import { ask, ofCity } from "../shared/http.js";
import { dayInWords, language, number, say } from "../shared/words.js";
import { codesOf, periodInWords } from "./wording.js";

const MOST = 8; // in the panel; the card of an area tells all of its own

/** The notes of a city, newest first; null where they cannot be read just now: the map goes on without. */
export async function readNotes(city) {
  try {
    return (await ask(ofCity(city, "/layers/notes.json"))).notes;
  } catch {
    return null;
  }
}

function entry({ texts, period, day }, name) {
  const told = texts[language] ? language : Object.keys(texts)[0];
  const when = period ? periodInWords(period) : dayInWords(day);
  return h("li", { class: "did" },
    h("p", { class: "quiet small" }, [name, when].filter(Boolean).join(" · ")),
    h("p", { lang: told, dir: "auto" }, texts[told] ?? ""));
}

const nameOfArea = (code, areas) => areas.find((area) => area.code === code)?.name ?? "";

/** Show the notes in the panel, or that they cannot be read; nothing where the city wrote none. */
export function showNotes(notes, areas) {
  byId("notes").hidden = notes !== null && notes.length === 0;
  fill(byId("notes-list"), (notes ?? []).slice(0, MOST).map((note) => entry(note, nameOfArea(note.area, areas))));
  const more = (notes ?? []).length - MOST;
  byId("notes-rest").textContent = notes === null ? say("map.notes.failed") : more > 0 ? say("map.notes.more", { count: number(more) }) : "";
}

/** What the city did where a region lies, for its card; null where it says nothing. */
export function notesOf(region, { notes, areas }) {
  const codes = codesOf(region, areas);
  const own = (notes ?? []).filter(({ area }) => codes.includes(area));
  if (own.length === 0) return null;
  const named = codes.length > 1;
  return [
    h("h3", { class: "small" }, say("map.notes")),
    h("ul", { class: "dids" }, own.map((note) => entry(note, named ? nameOfArea(note.area, areas) : ""))),
  ];
}
