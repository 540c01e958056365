// Two cities side by side: shares of their reports, or mean answers, never how many; and only of the same period.

import { byId, fill, h } from "../shared/dom.js";
import { ask, ofCity } from "../shared/http.js";
import { nameOf, number, say } from "../shared/words.js";
import { interval, scaleOf } from "./interval.js";
import { key } from "./key.js";
import { answer, apart, overAreas, rangeOfShare, share } from "./shares.js";
import { crossName } from "./wording.js";

const PREFIX = "city:";
const CORRECTED = "-corrected";
const THOUSAND = 1000;
const KINDS = {
  share: { highest: 1, factor: THOUSAND, digits: 0, read: share, words: "map.cities" },
  answer: { highest: 3, factor: 1, digits: 2, read: answer, words: "map.cities.answer" },
};

/** Other cities as values of the choice, where a layer tells what cities of any size can be compared by. */
export function otherCities(layer, cities, city) {
  return layer.cross?.length ? cities.filter(({ id }) => id !== city).map(({ id }) => PREFIX + id) : [];
}

/** The id of the city that a value of the choice stands for, or null. */
export function cityOf(value) {
  return value?.startsWith(PREFIX) ? value.slice(PREFIX.length) : null;
}

const quarter = (period) => period.replace(CORRECTED, "");

/** The release of another city that stands for a layer and period; null where it has none. */
export async function standing(city, layer, period) {
  const { layers } = await ask(ofCity(city, "/layers"));
  const periods = layers.find(({ name }) => name === layer)?.periods ?? [];
  return periods.find((name) => quarter(name) === quarter(period)) ?? null;
}

/** Compare two cities: `sides` are {name, regions}; without regions, a city published nothing for this period. */
export function comparedCities({ name: layer, cross }, sides) {
  const kind = layer === "audit" ? "answer" : "share";
  const values = layer === "audit" ? cross.slice(1) : cross;
  const rows = sides[1].regions === null ? [] : values.map((value) => rowOf(value, KINDS[kind], sides));
  return { cities: true, kind, layer, rows, sides };
}

function rowOf(value, { read }, sides) {
  const found = sides.map(({ regions }) => read(regions, value));
  const byArea = read === share && sides.every(({ regions }) => regions.every(({ part }) => part === "area"));
  return {
    value, found, told: found.every(Boolean) ? apart(...found) : null,
    areas: byArea ? sides.map(({ regions }) => overAreas(regions, value)) : [],
  };
}

/** Numbers as they are told: of a thousand reports as whole ones, answers with two decimals. */
const written = ({ factor, digits }, value) => number(value * factor, digits);

function side(row, at, { kind, sides }, scale) {
  const told = KINDS[kind];
  const found = row.found[at];
  const name = h("span", { class: "quiet" }, sides[at].name);
  if (!found) return h("div", { class: "one" }, name, h("span", {}), h("span", {}, say("map.card.none")));
  const range = rangeOfShare(found, told.highest);
  const [low, high] = [range.low, range.high].map((value) => written(told, value));
  const picture = interval(range, (range.low + range.high) / 2, scale, `${at === 0 ? "first" : "second"} span`);
  return h("div", { class: "one" }, name, picture, h("span", {}, say(`${told.words}.range`, { low, high })), areasOf(row.areas[at], told));
}

function areasOf(areas, told) {
  if (!areas || areas.told < 2) return null;
  const [low, high] = [areas.low, areas.high].map((value) => written(told, value));
  const few = areas.few ? ` · ${say("map.list.hidden", { count: number(areas.few) })}` : "";
  return h("span", { class: "quiet areas" }, say("map.cities.areas", { low, high }) + few);
}

function verdict({ told: found }, { kind, sides }) {
  const told = KINDS[kind];
  if (found === null) return say("map.cities.few");
  if (found.side === 0) return say("map.compare.same");
  const ends = found.side > 0 ? [found.low, found.high] : [-found.high, -found.low];
  const [low, high] = ends.map((value) => written(told, Math.min(value, told.highest)));
  return say(`${told.words}.more`, { side: sides[found.side > 0 ? 0 : 1].name, low, high });
}

function entry(row, comparison, scale) {
  return h("li", { class: "cities" },
    h("strong", {}, crossName(comparison.layer, row.value)),
    [0, 1].map((at) => side(row, at, comparison, scale)),
    h("p", { class: "verdict" }, verdict(row, comparison)));
}

/** Tell a comparison of two cities in its section. */
export function showCities(comparison) {
  const { sides, rows, kind } = comparison;
  const { highest } = KINDS[kind];
  const found = rows.flatMap((row) => row.found.filter(Boolean)).map((one) => rangeOfShare(one, highest));
  const scale = scaleOf(found);
  fill(byId("comparison-keys"), rows.length ? [key("diff-first", sides[0].name), key("diff-second", sides[1].name)] : []);
  fill(byId("comparison-list"), rows.map((row) => entry(row, comparison, scale)));
  byId("comparison-rest").textContent = rows.length ? sides.map(withheld).join(" · ") : say("map.cities.nothing", { city: sides[1].name });
  byId("comparison-rule").textContent = say(`${KINDS[kind].words}.rule`);
}

const withheld = ({ name, regions }) =>
  say("map.cities.withheld", { city: name, count: number(regions.filter(({ shown }) => !shown).length) });

/** The words of one city in the choice. */
export function cityInWords(value, cities) {
  return say("map.cities.with", { city: cities.find(({ id }) => id === cityOf(value))?.name ?? "" });
}
