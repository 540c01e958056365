// All regions of one layer and period, read once from the tiles that cover the whole city.
//
// The list in words, the legend and the card need every region, not only those in view; the tiles
// are small and cached for good, so no further interface is needed.

import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";

import { ringArea } from "../shared/geometry.js";

const MOST_TILES = 12;
const EQUATOR_KM = 40_075.016686;

function column(lon, zoom) {
  return Math.floor(((lon + 180) / 360) * 2 ** zoom);
}

function row(lat, zoom) {
  const sine = Math.sin((lat * Math.PI) / 180);
  const y = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  return Math.floor(y * 2 ** zoom);
}

function tilesAt([west, south, east, north], zoom) {
  const tiles = [];
  for (let x = column(west, zoom); x <= column(east, zoom); x += 1) {
    for (let y = row(north, zoom); y <= row(south, zoom); y += 1) tiles.push({ z: zoom, x, y });
  }
  return tiles;
}

function covering({ bounds, minzoom, maxzoom }) {
  let chosen = tilesAt(bounds, minzoom);
  for (let zoom = minzoom + 1; zoom <= maxzoom; zoom += 1) {
    const finer = tilesAt(bounds, zoom);
    if (finer.length > MOST_TILES) break;
    chosen = finer;
  }
  return chosen;
}

async function read(template, { z, x, y }) {
  const address = template.replace("{z}", z).replace("{x}", x).replace("{y}", y);
  const response = await fetch(address, { credentials: "omit" });
  if (!response.ok || response.status === 204) return new VectorTile(new PbfReader(new Uint8Array()));
  return new VectorTile(new PbfReader(new Uint8Array(await response.arrayBuffer())));
}

const clamp = (value, extent) => Math.min(Math.max(value, 0), extent);

/** Degrees of a point given in shares of the tile. */
function degrees({ z, x, y }, [across, down]) {
  const lon = ((x + across) / 2 ** z) * 360 - 180;
  const lat = (Math.atan(Math.sinh(Math.PI * (1 - (2 * (y + down)) / 2 ** z))) * 180) / Math.PI;
  return [lon, lat];
}

/** What one feature covers inside its tile: square kilometres and bounds in degrees. */
function ground(feature, tile) {
  const points = feature.loadGeometry().map((ring) =>
    ring.map((point) => [clamp(point.x, feature.extent), clamp(point.y, feature.extent)]),
  );
  const corners = points.flat();
  const [xs, ys] = [corners.map(([px]) => px), corners.map(([, py]) => py)];
  const [west, north] = degrees(tile, [Math.min(...xs) / feature.extent, Math.min(...ys) / feature.extent]);
  const [east, south] = degrees(tile, [Math.max(...xs) / feature.extent, Math.max(...ys) / feature.extent]);
  const side = (EQUATOR_KM / 2 ** tile.z / feature.extent) * Math.cos((((north + south) / 2) * Math.PI) / 180);
  const units = Math.abs(points.reduce((sum, ring) => sum + ringArea(ring), 0));
  return { km2: units * side * side, bounds: [west, south, east, north] };
}

function widen([w, s, e, n], [w2, s2, e2, n2]) {
  return [Math.min(w, w2), Math.min(s, s2), Math.max(e, e2), Math.max(n, n2)];
}

function add(regions, feature, tile) {
  const key = feature.properties.region;
  const { km2, bounds } = ground(feature, tile);
  const known = regions.get(key);
  if (!known) regions.set(key, { ...feature.properties, km2, bounds });
  else Object.assign(known, { km2: known.km2 + km2, bounds: widen(known.bounds, bounds) });
}

/** Every region as [{region, part, shown, estimate, low, high, se, cross, km2, bounds, density}]. */
export async function overview(template, tilejson, layer) {
  const tiles = covering({ minzoom: 8, maxzoom: 14, ...tilejson });
  const answers = await Promise.all(tiles.map((tile) => read(template, tile)));
  const regions = new Map();
  answers.forEach((answer, at) => {
    const found = answer.layers[layer];
    for (let i = 0; found && i < found.length; i += 1) add(regions, found.feature(i), tiles[at]);
  });
  return [...regions.values()].map((region) => ({
    ...region,
    density: region.shown && region.km2 > 0 ? region.estimate / region.km2 : null,
  }));
}
