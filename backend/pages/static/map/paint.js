// How the regions of a layer are drawn: colour by class, paler when less certain, hatched when too few to tell.

import { calm, colour } from "../shared/basemap.js";
import { CLASSES, isScore, SCORE_BREAKS } from "./classes.js";

const SOURCE = "regions";
const BELOW = "area-lines";
const LAYERS = ["few", "shown", "edges", "chosen"];
const TILE = 16;
const [PALE, FULL] = [0.55, 0.95];

/** Stripes to fill what is not shown, drawn here so that no picture is fetched. */
function hatch() {
  const canvas = document.createElement("canvas");
  canvas.width = TILE;
  canvas.height = TILE;
  const pen = canvas.getContext("2d");
  pen.strokeStyle = colour("hatch");
  pen.lineWidth = 1.6;
  for (const shift of [-TILE, 0, TILE]) {
    pen.beginPath();
    pen.moveTo(shift - 2, TILE + 2);
    pen.lineTo(shift + TILE + 2, -2);
    pen.stroke();
  }
  return pen.getImageData(0, 0, TILE, TILE);
}

/** The colour of each region that is compared; a comparison looks at some regions only, and at each of them once. */
function differenceColour({ rows }) {
  const told = rows.filter(({ shown }) => shown).flatMap(({ region, side, step }) => [
    region, colour(side === 0 ? "diff-0" : `diff-${side > 0 ? "first" : "second"}-${step}`),
  ]);
  return told.length ? ["match", ["get", "region"], ...told, "rgba(0, 0, 0, 0)"] : "rgba(0, 0, 0, 0)";
}

function fillColour(view) {
  if (view.comparison) return differenceColour(view.comparison);
  const shades = CLASSES.map((step) => colour(`${view.layer === "safe" ? "leaf" : "class"}-${step}`));
  if (isScore(view)) {
    // The poorer the answer, the stronger the colour.
    const [first, ...rest] = [...shades].reverse();
    const score = ["coalesce", ["get", `mean_${view.cross}`], 0];
    return ["step", score, first, ...rest.flatMap((shade, at) => [SCORE_BREAKS[at], shade])];
  }
  return ["match", ["coalesce", ["get", "class"], 1], ...CLASSES.flatMap((step, at) => [step, shades[at]]), shades[0]];
}

const ofCross = ({ layer, cross, comparison }, more) => [
  "all",
  ...(cross === null || layer === "audit" ? [] : [["==", ["get", "cross"], comparison?.rows[0]?.cross ?? cross]]),
  ...more,
];
const isShown = ["==", ["get", "shown"], true];
/** Whether a region has something to tell, or is known to have too little; what only one side has is neither. */
function tells({ comparison }, wanted) {
  if (!comparison) return wanted ? isShown : ["!", isShown];
  const told = comparison.rows.filter(({ shown }) => shown === wanted).map(({ region }) => region);
  return ["in", ["get", "region"], ["literal", told]];
}

const isCell = ["match", ["get", "part"], ["cell", "rest"], true, false];

function regionLayers(view) {
  const base = { source: SOURCE, "source-layer": view.layer };
  const few = { "fill-pattern": "hatch", "fill-opacity": 0.55 };
  const shown = {
    "fill-color": fillColour(view),
    "fill-opacity": view.comparison ? FULL : ["case", ["==", ["get", "pale"], true], PALE, FULL],
  };
  const edges = { "line-color": colour("ground"), "line-width": 0.8, "line-opacity": 0.7 };
  const chosen = { "line-color": colour("ink"), "line-width": 3 };
  return [
    { ...base, id: "few", type: "fill", filter: ofCross(view, [tells(view, false)]), paint: few },
    { ...base, id: "shown", type: "fill", filter: ofCross(view, [tells(view, true)]), paint: shown },
    { ...base, id: "edges", type: "line", filter: ofCross(view, [isShown, isCell]), paint: edges },
    { ...base, id: "chosen", type: "line", filter: isRegion(null), paint: chosen },
  ];
}

const isRegion = (region) => ["==", ["get", "region"], region?.region ?? ""];

/** Take the regions off the map. */
export function clear(map) {
  for (const id of LAYERS) if (map.getLayer(id)) map.removeLayer(id);
  if (map.getSource(SOURCE)) map.removeSource(SOURCE);
  if (map.hasImage("hatch")) map.removeImage("hatch");
}

/** Draw one layer: `view` is {layer, cross, template, tilejson}. */
export function draw(map, view) {
  const { minzoom, maxzoom, bounds } = view.tilejson;
  clear(map);
  map.addImage("hatch", hatch(), { pixelRatio: 2 });
  map.addSource(SOURCE, { type: "vector", tiles: [view.template], minzoom, maxzoom, bounds });
  for (const layer of regionLayers(view)) map.addLayer(layer, BELOW);
}

/** Mark one region, or none; with `fly`, bring it into view with what lies around it. */
export function mark(map, region, fly = false) {
  if (map.getLayer("chosen")) map.setFilter("chosen", isRegion(region));
  if (!region || !fly) return;
  const [west, south, east, north] = region.bounds;
  const { clientWidth, clientHeight } = map.getContainer();
  const padding = Math.min(clientWidth, clientHeight) * 0.36;
  map.fitBounds([[west, south], [east, north]], { padding, maxZoom: 14, duration: calm() ? 0 : 140 });
}

/** The region drawn at a point of the screen, or null. */
export function regionAt(map, point) {
  const layers = ["shown", "few"].filter((id) => map.getLayer(id));
  const [found] = layers.length ? map.queryRenderedFeatures(point, { layers }) : [];
  return found?.properties ?? null;
}
