// The quiet ground of every map: the city's outline, its areas and their names, in the page's own colours.

import { boundsOf } from "./geometry.js";

const root = document.documentElement;

/** A colour of the page's theme, for example colour("lamp"). */
export function colour(name) {
  return getComputedStyle(root).getPropertyValue(`--${name}`).trim();
}

/** Call back when the page turns light or dark. */
export function onTheme(callback) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback);
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const geojson = (features) => ({ type: "geojson", data: { type: "FeatureCollection", features } });

function sources({ outline, areas }) {
  const shapes = areas.map(({ code, name, geometry }) => ({ type: "Feature", properties: { code, name }, geometry }));
  const labels = areas.map(({ name, label }) => ({
    type: "Feature",
    properties: { name },
    geometry: { type: "Point", coordinates: label },
  }));
  return { outline: geojson([outline]), areas: geojson(shapes), "area-names": geojson(labels) };
}

function labelLayer() {
  return {
    id: "area-names",
    type: "symbol",
    source: "area-names",
    layout: {
      "text-field": ["get", "name"],
      "text-font": ["Atkinson Hyperlegible Next Variable", "sans-serif"],
      "text-size": ["interpolate", ["linear"], ["zoom"], 10, 11, 14, 16],
      "text-max-width": 8,
      "text-padding": 4,
    },
    paint: { "text-color": colour("ink"), "text-halo-color": colour("ground"), "text-halo-width": 1.6 },
  };
}

function ownLayers(onBasemap) {
  const line = (id, source, paint) => ({ id, type: "line", source, paint, layout: { "line-join": "round" } });
  return [
    { id: "land", type: "fill", source: "outline", paint: { "fill-color": colour("land"), "fill-opacity": onBasemap ? 0.3 : 1 } },
    line("area-lines", "areas", { "line-color": colour("edge"), "line-width": 0.7, "line-opacity": 0.7 }),
    line("outline", "outline", { "line-color": colour("quiet"), "line-width": 1.6 }),
    labelLayer(),
  ];
}

async function ground() {
  const address = root.dataset.basemap;
  if (!address) {
    const layers = [{ id: "ground", type: "background", paint: { "background-color": colour("ground") } }];
    return { version: 8, sources: {}, layers };
  }
  return (await fetch(address, { credentials: "omit" })).json();
}

/** A MapLibre style of the city's own lines, over the basemap when one is configured. */
export async function style(city) {
  const below = await ground();
  return {
    ...below,
    sources: { ...below.sources, ...sources(city) },
    layers: [...below.layers, ...ownLayers(Boolean(root.dataset.basemap))],
  };
}

/** The map program itself, loaded only when a map is opened. */
export async function loadMapLibre() {
  const maplibre = await import("maplibre-gl");
  maplibre.setWorkerUrl(new URL(root.dataset.worker, location.href).href);
  return maplibre;
}

/** A map of a city in an element, looking at the whole city. */
export async function openMap(container, city, options = {}) {
  const maplibre = await loadMapLibre();
  const [west, south, east, north] = boundsOf(city.outline.geometry);
  const map = new maplibre.Map({
    container,
    style: await style(city),
    bounds: [[west, south], [east, north]],
    fitBoundsOptions: { padding: 24 },
    maxZoom: 17.5,
    attributionControl: root.dataset.basemap ? { compact: true } : false,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: calm() ? 0 : 100,
    ...options,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  return map;
}
