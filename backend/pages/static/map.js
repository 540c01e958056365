// The map page: it reads what is published, draws it over the city's lines and says what it can and cannot tell.

import { calm, onTheme, openMap, style } from "./shared/basemap.js";
import { cities, places } from "./shared/city.js";
import { byId } from "./shared/dom.js";
import { boundsOf } from "./shared/geometry.js";
import { ask, ofCity } from "./shared/http.js";
import { say } from "./shared/words.js";
import { hideCard, showCard } from "./map/card.js";
import { cityOf, comparedCities, standing } from "./map/cities.js";
import { belongs } from "./map/classes.js";
import { compared, comparisons, showComparison, showComparisons } from "./map/compare.js";
import { isMisspelled, placeOfView, readHash, viewOfPlace, writeHash } from "./map/hash.js";
import { overview } from "./map/overview.js";
import { readNotes, showNotes } from "./map/notes.js";
import { clear, draw, mark, regionAt } from "./map/paint.js";
import { clearPanel, showChoices, showCities, showLegend, showList, showMessage, showNumbers, showSum, showWithdrawn } from "./map/panel.js";
import { preparePrint, savePicture } from "./map/picture.js";
import { periodOfSlide, showSlide } from "./map/slide.js";

const chosen = readHash();
const linked = { ...chosen, misspelled: isMisspelled() };
const now = { cities: [], city: null, notes: null, layers: [], withdrawn: [], view: null, map: null, turn: 0 };

const layerNow = () => now.layers.find(({ name }) => name === chosen.layer);

/** Where the tiles of a release are, on this page's own origin. */
function templateOf(tilejson) {
  const { pathname } = new URL(tilejson.tiles[0].replace(/[{}]/g, encodeURIComponent), location.href);
  return location.origin + decodeURIComponent(pathname);
}

function settle() {
  const layer = layerNow() ?? now.layers.find(({ name }) => name === "map") ?? now.layers[0];
  chosen.layer = layer.name;
  const asked = chosen.period;
  if (!layer.periods.includes(asked)) chosen.period = layer.latest;
  const withdrawn = now.withdrawn.find((one) => one.layer === layer.name && one.period === asked);
  if (withdrawn?.corrected_by) chosen.period = withdrawn.corrected_by;
  showWithdrawn(withdrawn);
  const values = layer.cross ?? [];
  chosen.cross = values.length ? (values.includes(chosen.cross) ? chosen.cross : values[0]) : null;
  if (!comparisons(layer, chosen, now.cities).includes(chosen.compare)) chosen.compare = undefined;
  return layer;
}

/** Say once that a link asked for what is not here; what was taken back says so itself. */
function tellMistaken() {
  const other = ["city", "layer", "period", "cross", "compare"].filter((name) => linked[name] && linked[name] !== chosen[name]);
  const explained = byId("withdrawn").hidden ? [] : ["period"];
  byId("mistaken").hidden = !linked.misspelled && other.every((name) => explained.includes(name));
}

async function readPeriod(layer, period, city = chosen.city) {
  const tilejson = await ask(ofCity(city, `/layers/${layer}/${period}/tilejson.json`));
  const template = templateOf(tilejson);
  return { tilejson, template, regions: await overview(template, tilejson, layer) };
}

async function readView(layer) {
  const { period, cross } = chosen;
  const read = await readPeriod(layer.name, period);
  return { layer: layer.name, period, cross, ...read, areas: now.city.areas, notes: now.notes };
}

const cityName = (city) => now.cities.find(({ id }) => id === city)?.name ?? city;

/** The regions of the city looked at, and those of another in the same period; null where it published none. */
async function bothCities(view, other) {
  const period = await standing(other, view.layer, view.period);
  const theirs = period === null ? null : (await readPeriod(view.layer, period, other)).regions;
  return [{ name: cityName(chosen.city), regions: view.regions }, { name: cityName(other), regions: theirs }];
}

/** Compare what is shown with what was chosen; a later choice overtakes a slower one. */
async function compare(view, layer) {
  if (!chosen.compare) return null;
  const other = cityOf(chosen.compare);
  if (other !== null) return comparedCities(layer, await bothCities(view, other));
  return compared(view, chosen.compare, async (period) => (await readPeriod(view.layer, period)).regions);
}

function present(view, comparison) {
  const ofPlaces = comparison?.cities ? null : comparison; // the map itself goes on to show this city
  now.view = { ...view, comparison: ofPlaces, current: view.regions.filter((region) => belongs(region, view)) };
  close();
  showSum(now.view);
  showLegend(now.view);
  showList(now.view, (region) => open(region, true));
  byId("legend").hidden = Boolean(ofPlaces);
  showComparison(now.view, comparison, (region) => open(region, true));
  showNumbers(now.view);
  showMessage(now.view.current.some(({ shown }) => shown) ? null : say("map.nothing_shown"));
  if (now.map) draw(now.map, now.view);
}

function chooseCross(value) {
  chosen.cross = value;
  refresh();
}

/** Show the chosen layer and period; a later choice overtakes a slower one. */
async function refresh() {
  const turn = ++now.turn;
  const layer = settle();
  writeHash(chosen);
  if (turn === 1) tellMistaken();
  else byId("mistaken").hidden = true;
  showChoices(now.layers, layer, chosen, chooseCross);
  showSlide(layer.periods, chosen.period);
  showComparisons(comparisons(layer, chosen, now.cities), chosen.compare, now.cities);
  try {
    const view = await readView(layer);
    const comparison = await compare(view, layer);
    if (turn === now.turn) present(view, comparison);
  } catch (problem) {
    if (turn === now.turn) lose(problem);
  }
}

const sorry = (problem) => showMessage(say(problem.status === 0 ? "base.offline" : "base.failed"));

/** What was asked for cannot be read: nothing else may stand under its name. */
function lose(problem) {
  close();
  now.view = null;
  clearPanel();
  if (now.map) clear(now.map);
  sorry(problem);
}

function open(region, fly = false) {
  const whole = now.view.current.find((known) => known.region === region.region) ?? region;
  showCard(whole, now.view, () => { close(); byId("map").querySelector("canvas")?.focus(); });
  if (now.map) mark(now.map, whole, fly);
}

function close() {
  hideCard();
  if (now.map) mark(now.map, null);
}

function middleOf(map) {
  const { clientWidth, clientHeight } = map.getContainer();
  return [clientWidth / 2, clientHeight / 2];
}

function listen(map) {
  const openAt = (point) => {
    const region = regionAt(map, point);
    if (region) open(region);
    else close();
  };
  map.on("click", ({ point }) => openAt(point));
  map.on("mousemove", ({ point }) => { map.getCanvas().style.cursor = regionAt(map, point) ? "pointer" : ""; });
  map.on("moveend", () => { chosen.at = placeOfView(map); writeHash(chosen); });
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") openAt(middleOf(map));
  });
  onTheme(async () => {
    map.setStyle(await style(now.city), { diff: false });
    map.once("styledata", () => now.view && draw(map, now.view));
  });
}

async function startMap() {
  now.map?.remove();
  now.map = null;
  try {
    const map = await openMap("map", now.city, viewOfPlace(chosen.at) ?? {});
    map.getCanvas().setAttribute("aria-label", say("map.region_label"));
    await map.once("load");
    now.map = map;
    listen(map);
  } catch {
    byId("map").textContent = say("map.no_picture");
  }
}

async function startCity() {
  const [city, published, notes] = await Promise.all([
    places(chosen.city), ask(ofCity(chosen.city, "/layers")), readNotes(chosen.city),
  ]);
  showNotes(notes, city.areas);
  Object.assign(now, { city, notes, layers: published.layers.filter(({ periods }) => periods.length > 0), withdrawn: published.withdrawn ?? [], view: null });
  await startMap();
  byId("choices").classList.toggle("empty", now.layers.length === 0);
  if (now.layers.length > 0) return refresh();
  clearPanel();
  showWithdrawn(now.withdrawn.find(({ layer, period }) => layer === chosen.layer && period === chosen.period));
  showMessage(say("map.nothing"));
}

function buttons() {
  const gently = () => ({ duration: calm() ? 0 : 140 });
  byId("zoom-in").addEventListener("click", () => now.map?.zoomIn(gently()));
  byId("zoom-out").addEventListener("click", () => now.map?.zoomOut(gently()));
  byId("whole").addEventListener("click", () => {
    const [west, south, east, north] = boundsOf(now.city.outline.geometry);
    now.map?.fitBounds([[west, south], [east, north]], { padding: 24, ...gently() });
  });
  byId("print").addEventListener("click", () => print());
  byId("save").addEventListener("click", () => now.map && savePicture(now.map, chosen));
  window.addEventListener("beforeprint", () => preparePrint(now.map));
  for (const name of ["layer", "period", "compare"]) {
    byId(name).addEventListener("change", (event) => { chosen[name] = event.target.value; refresh(); });
  }
  byId("slide").addEventListener("change", () => { chosen.period = periodOfSlide(layerNow().periods); refresh(); });
  byId("city").addEventListener("change", (event) => {
    Object.assign(chosen, { city: event.target.value, at: undefined, period: undefined, compare: undefined });
    startCity().catch(lose);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
}

async function start() {
  buttons();
  showMessage(say("map.loading"));
  try {
    now.cities = await cities();
    if (!now.cities.some(({ id }) => id === chosen.city)) chosen.city = now.cities[0]?.id;
    showCities(now.cities, chosen.city);
    if (chosen.city) await startCity();
    else showMessage(say("map.nothing"));
  } catch (problem) {
    sorry(problem);
  }
  document.documentElement.dataset.ready = "true";
}

start();
