// What a layer can be compared with (women with men, one period or city with another), and how that is told.

import { byId, fill, h } from "../shared/dom.js";
import { nameOf, number, say } from "../shared/words.js";
import { cityInWords, cityOf, otherCities, showCities } from "./cities.js";
import { belongs, isScore } from "./classes.js";
import { differences, howManyMore } from "./difference.js";
import { interval, scaleOf } from "./interval.js";
import { key } from "./key.js";
import { periodInWords, placeOf, extentOf } from "./wording.js";

const WOMEN_MEN = "women-men";
const LONGEST = 12;

/** What the layer and period looked at can be compared with, as values of the choice. */
export function comparisons(layer, { city, period, cross }, cities) {
  const places = otherCities(layer, cities, city);
  if (layer.name === "audit" && isScore({ layer: layer.name, cross })) return places;
  const others = layer.periods.filter((name) => name !== period).reverse();
  return [...(layer.name === "gender" ? [WOMEN_MEN] : []), ...others, ...places];
}

function inWords(value, cities) {
  if (cityOf(value) !== null) return cityInWords(value, cities);
  return value === WOMEN_MEN ? say("map.compare.women_men") : periodInWords(value, "short");
}

/** Fill the choice of comparisons; it is hidden where there is none. */
export function showComparisons(values, chosen, cities) {
  byId("compare-field").hidden = values.length === 0;
  const options = [["", say("map.compare.nothing")], ...values.map((value) => [value, inWords(value, cities)])];
  fill(byId("compare"), options.map(([value, words]) => h("option", { value, selected: value === (chosen ?? "") }, words)));
}

/** Compare a view: {rows, sides, alone}; `readPeriod` reads the regions of another period, `alone` lack a counterpart. */
export async function compared(view, value, readPeriod) {
  if (value === WOMEN_MEN) {
    const of = (cross) => view.regions.filter((region) => region.cross === cross);
    return pairs(of("women"), of("men"), ["women", "men"].map((code) => nameOf("gender_value", code)));
  }
  const theirs = (await readPeriod(value)).filter((region) => belongs(region, view));
  const ours = view.regions.filter((region) => belongs(region, view));
  return pairs(ours, theirs, [view.period, value].map((name) => periodInWords(name, "short")));
}

function pairs(ours, theirs, sides) {
  const rows = differences(ours, theirs);
  return { rows, sides, alone: ours.length - rows.length };
}

function told(row, sides) {
  const ends = howManyMore(row);
  if (ends === null) return say("map.compare.same");
  const [low, high] = ends.map((one) => number(one));
  return say("map.compare.more", { side: sides[row.side > 0 ? 0 : 1], low, high });
}

function entry(row, view, sides, scale, onChoose) {
  const place = placeOf(row, view.areas);
  const where = row.part === "area" ? place : [place, extentOf(row, view.areas)].filter(Boolean).join(": ");
  const kind = row.side === 0 ? "neither" : row.side > 0 ? "first" : "second";
  return h("li", {}, h("button", { type: "button", class: "place compared", onclick: () => onChoose(row) },
    h("span", {}, where), interval(row, row.value, scale, kind), h("span", { class: "quiet" }, told(row, sides))));
}

/** Tell a comparison in a legend, a chart and words, or put it away when there is none. */
export function showComparison(view, comparison, onChoose) {
  byId("comparison").hidden = !comparison;
  if (!comparison) return;
  if (comparison.cities) showCities(comparison);
  else showPlaces(view, comparison, onChoose);
}

function showPlaces(view, { rows, sides, alone }, onChoose) {
  const shown = rows.filter((row) => row.shown);
  const scale = scaleOf(shown);
  fill(byId("comparison-keys"),
    key("diff-first", say("map.compare.side", { side: sides[0] })),
    key("diff-0", say("map.compare.same")),
    key("diff-second", say("map.compare.side", { side: sides[1] })),
    key("few", say("map.legend.hatch")));
  fill(byId("comparison-list"), shown.slice(0, LONGEST).map((row) => entry(row, view, sides, scale, onChoose)));
  const hidden = rows.length - shown.length;
  byId("comparison-rest").textContent = [
    shown.length > LONGEST ? say("map.list.more", { count: number(shown.length - LONGEST) }) : "",
    hidden > 0 ? say("map.compare.hidden", { count: number(hidden) }) : "",
    alone > 0 ? say("map.compare.alone", { count: number(alone) }) : "",
  ].filter(Boolean).join(" · ");
  byId("comparison-rule").textContent = say("map.compare.rule");
}
