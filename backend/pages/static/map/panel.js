// The panel: choices, legend, and the same places in words.

import { byId, fill, h } from "../shared/dom.js";
import { dayInWords, nameOf, number, say } from "../shared/words.js";
import { CLASSES, densitiesOf, isScore, scoreOf } from "./classes.js";
import { interval, scaleOf } from "./interval.js";
import { key } from "./key.js";
import { crossName, extentOf, periodInWords, placeOf, rangeOf } from "./wording.js";

const LONGEST_LIST = 12;
// More values than this go into a list to choose from, so that the legend stays in sight.
const MOST_CHIPS = 4;

function options(select, values, chosen, wording) {
  fill(select, values.map((value) => h("option", { value, selected: value === chosen }, wording(value))));
}

/** Fill the list of cities; it is hidden while there is only one. */
export function showCities(cities, chosen) {
  byId("city-field").hidden = cities.length < 2;
  const names = new Map(cities.map(({ id, name }) => [id, name]));
  options(byId("city"), [...names.keys()], chosen, (id) => names.get(id));
}

/** Fill the choices of layer, period and cross value. */
export function showChoices(layers, layer, chosen, onCross) {
  options(byId("layer"), layers.map(({ name }) => name), layer.name, (name) => nameOf("layer", name));
  options(byId("period"), [...layer.periods].reverse(), chosen.period, (name) => periodInWords(name, "short"));
  byId("layer-about").textContent = nameOf("layer_about", layer.name);
  const crossed = layer.cross !== null && layer.cross !== undefined && layer.cross.length > 0;
  byId("cross-field").hidden = !crossed;
  if (!crossed) return;
  byId("cross-label").textContent = say(`map.cross.${layer.name}`);
  const few = layer.cross.length <= MOST_CHIPS;
  fill(byId("cross"), few ? layer.cross.map((value) => crossChip(layer, value, chosen, onCross)) : [crossSelect(layer, chosen, onCross)]);
}

function crossSelect(layer, chosen, onCross) {
  const select = h("select", {
    class: "input", "aria-labelledby": "cross-label", onchange: (event) => onCross(event.target.value),
  });
  options(select, layer.cross, chosen.cross, (value) => crossName(layer.name, value));
  return select;
}

function crossChip(layer, value, chosen, onCross) {
  const input = h("input", {
    type: "radio", name: "cross", value, checked: value === chosen.cross, onchange: () => onCross(value),
  });
  return h("label", { class: "chip" }, input, h("span", {}, crossName(layer.name, value)));
}

function ends(view) {
  if (isScore(view)) return [nameOf("level", "3"), nameOf("level", "0")];
  return [say("map.legend.fewer"), say("map.legend.more")];
}

function swatch(step, view) {
  const found = isScore(view) ? null : densitiesOf(step, view.regions);
  const [low, high] = (found ?? []).map((value) => number(value < 10 ? value : Math.round(value)));
  const title = found ? say("map.legend.class", { low, high }) : null;
  return h("span", { class: `swatch ${view.layer === "safe" ? "leaf" : "class"}-${step}`, title });
}

function legendTitle(view) {
  if (isScore(view)) return crossName(view.layer, view.cross);
  return say(view.layer === "safe" ? "map.legend.safe" : "map.legend.density");
}

/** Draw the legend in words. */
export function showLegend(view) {
  fill(
    byId("legend-classes"),
    h("p", { class: "quiet small" }, legendTitle(view)),
    h("div", { class: "ramp", "aria-hidden": "true" }, CLASSES.map((step) => swatch(step, view))),
    h("p", { class: "ends small" }, ends(view).map((words) => h("span", {}, words))),
    h("ul", { class: "keys small" }, key(view.layer === "safe" ? "unsure safe" : "unsure", say("map.legend.unsure")), key("few", say("map.legend.hatch"))),
  );
}

/** Reports for the same stretch of ground, by which the list is ordered. */
const densityOf = ({ low, high, km2 }) => ({ low: low / km2, high: high / km2 });

function entry(region, view, scale, onChoose) {
  const where = region.part === "area" ? placeOf(region, view.areas) : inWords(region, view.areas);
  const picture = isScore(view) ? null : interval(densityOf(region), region.density, scale);
  const button = h("button", { type: "button", class: `place${picture ? " compared" : ""}`, onclick: () => onChoose(region) },
    h("span", {}, where), picture, h("span", { class: "quiet" }, rangeOf(region, view)));
  return h("li", {}, button);
}

function inWords(region, areas) {
  const place = placeOf(region, areas);
  return place ? `${place}: ${extentOf(region, areas)}` : extentOf(region, areas);
}

/** List the places of a view in words, most reports for their ground first. */
export function showList(view, onChoose) {
  const shown = view.current.filter((region) => region.shown);
  const weight = (region) => (isScore(view) ? 3 - scoreOf(region, view) : region.density);
  const ordered = shown.sort((a, b) => weight(b) - weight(a));
  const listed = ordered.slice(0, LONGEST_LIST);
  const scale = scaleOf(isScore(view) ? [] : listed.map(densityOf));
  fill(byId("list"), listed.map((region) => entry(region, view, scale, onChoose)));
  byId("list-order").hidden = listed.length < 2 || isScore(view);
  const hidden = view.current.length - shown.length;
  const more = ordered.length - LONGEST_LIST;
  byId("list-rest").textContent = [
    more > 0 ? say("map.list.more", { count: number(more) }) : "",
    hidden > 0 ? say("map.list.hidden", { count: number(hidden) }) : "",
  ].filter(Boolean).join(" · ");
}

/** Leave nothing of a view that is no more. */
export function clearPanel() {
  for (const id of ["legend", "comparison", "sum", "list-order"]) byId(id).hidden = true;
  for (const id of ["list", "list-rest", "numbers"]) fill(byId(id));
}

/** Say how many reports the whole city has, with the error, in layers that tell it. */
export function showSum({ tilejson, period }) {
  const sum = tilejson.farola.whole_city;
  byId("sum").hidden = !sum;
  if (!sum) return;
  const [low, high] = [sum.low, sum.high].map((one) => number(one));
  fill(
    byId("sum"),
    h("p", { class: "range" }, say("map.sum", { low, high })),
    h("p", { class: "quiet small" }, periodInWords(period)),
    h("p", { class: "quiet small" }, say("map.sum.error", { estimate: number(sum.estimate), se: number(sum.se) })),
  );
}

/** Say that a release was taken back, when somebody asks for it. */
export function showWithdrawn(withdrawn) {
  byId("withdrawn").hidden = !withdrawn;
  byId("withdrawn").textContent = withdrawn
    ? say("map.withdrawn", { period: periodInWords(withdrawn.period), day: dayInWords(withdrawn.withdrawn_on) })
    : "";
}

/** Say something in the panel, or nothing. */
export function showMessage(words) {
  byId("message").textContent = words ?? "";
  byId("message").hidden = !words;
}

/** The parameters of the release, for whoever wants them. */
export function showNumbers(view) {
  const { epsilon, k, regions_withheld: withheld } = view.tilejson.farola;
  byId("numbers").textContent = say("map.how.numbers", { epsilon, k: number(k), withheld });
}
