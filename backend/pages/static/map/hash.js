// The permalink: what is looked at, kept in the part of the address that never leaves the browser.

const KEYS = ["city", "layer", "period", "cross", "compare", "at"];

/** What the address asks for: {city, layer, period, cross, compare, at}, each a string or undefined. */
export function readHash() {
  const told = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(KEYS.filter((key) => told.get(key)).map((key) => [key, told.get(key)]));
}

/** Whether the address names something twice, or something that this page does not know: then it may be misspelled. */
export function isMisspelled() {
  const [told, asked] = [new URLSearchParams(location.hash.slice(1)), new URLSearchParams(location.search)];
  const names = [...told.keys()];
  return names.some((name) => !KEYS.includes(name)) || new Set(names).size < names.length || [...asked.keys()].some((name) => name !== "lang");
}

/** Keep what is looked at in the address, without a new entry in the history. */
export function writeHash(chosen) {
  const kept = KEYS.filter((key) => chosen[key]).map((key) => `${key}=${encodeURIComponent(chosen[key])}`);
  history.replaceState(history.state, "", `#${kept.join("&")}`);
  for (const link of document.querySelectorAll(".languages a, #whole-map")) link.hash = location.hash;
  const code = document.getElementById("embed");
  if (code) code.value = embedCode();
}

/** What somebody else puts into a page to show this map there, as it is looked at now. */
function embedCode() {
  const address = `${location.origin}/map/embed?lang=${document.documentElement.lang}${location.hash}`;
  const title = document.title.replaceAll('"', "");
  return `<iframe src="${address.replaceAll("&", "&amp;")}" title="${title}" width="100%" height="640" loading="lazy"></iframe>`;
}

/** "12.10/41.3800/2.1700" of a map, and back. */
export function placeOfView(map) {
  const { lng, lat } = map.getCenter();
  return `${map.getZoom().toFixed(2)}/${lat.toFixed(4)}/${lng.toFixed(4)}`;
}

export function viewOfPlace(at) {
  const [zoom, lat, lon] = (at ?? "").split("/").map(Number);
  const fits = Number.isFinite(zoom) && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
  return fits ? { zoom, center: [lon, lat] } : null;
}
