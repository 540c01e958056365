// What is sent of a place: the middle of a square, a district as a whole, or the point by the resident's own choice.

import { boundsOf, inside, labelPoint, polygons, snap, squareAround } from "../shared/geometry.js";

const SQUARE = 100; // metres
const POINT = 10; // metres: as exact as a finger on the map
const COARSE_ZOOM = 15; // squares of about 900 m for children
const FINER = 4; // the same, cut into 4 x 4, where the middle lies outside the city
const EQUATOR = 40_075_017;

const rounded = ([lon, lat]) => [Number(lon.toFixed(6)), Number(lat.toFixed(6))];

/** Across and down in squares of a zoom level, with fractions. */
function inSquares([lon, lat], zoom) {
  const n = 2 ** zoom;
  const angle = (lat * Math.PI) / 180;
  return [((lon + 180) / 360) * n, ((1 - Math.asinh(Math.tan(angle)) / Math.PI) / 2) * n];
}

function fromSquares([x, y], zoom) {
  const n = 2 ** zoom;
  return [(x / n) * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / n))) * 180) / Math.PI];
}

/** The corners of the large square around a point: {middle, geometry, metres}. */
function coarseSquare(point) {
  const [x, y] = inSquares(point, COARSE_ZOOM).map(Math.floor);
  const corners = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]].map(([i, j]) => fromSquares([x + i, y + j], COARSE_ZOOM));
  const width = (EQUATOR * Math.cos((point[1] * Math.PI) / 180)) / 2 ** COARSE_ZOOM;
  return {
    corner: [x, y],
    geometry: { type: "Polygon", coordinates: [corners] },
    metres: Math.round(width / 100) * 100,
  };
}

/** The middle of the large square, or of the part of it that is nearest to its middle and inside the city. */
export function coarseMiddle(point, outline) {
  const [x, y] = coarseSquare(point).corner;
  const steps = [...Array(FINER).keys()].map((step) => (step + 0.5) / FINER);
  const parts = [[0.5, 0.5], ...steps.flatMap((i) => steps.map((j) => [i, j]))];
  const off = ([i, j]) => Math.hypot(i - 0.5, j - 0.5);
  const found = parts.sort((a, b) => off(a) - off(b)).map(([i, j]) => fromSquares([x + i, y + j], COARSE_ZOOM))
    .find((middle) => inside(middle, outline));
  return rounded(found ?? point);
}

const metresBetween = ([a, b], [c, d]) => Math.hypot((c - a) * Math.cos((b * Math.PI) / 180), d - b) * 111_320;

/** A point that surely lies in a district, even where the district bends around its own middle. */
export function pointIn(geometry) {
  const middle = labelPoint(geometry);
  if (inside(middle, geometry)) return middle;
  const [west, , east] = boundsOf(geometry);
  const across = [...Array(99).keys()].map((step) => [west + ((step + 1) / 100) * (east - west), middle[1]]);
  return across.find((point) => inside(point, geometry)) ?? polygons(geometry)[0][0][0];
}

/** How far a district reaches from a point in it, in metres, rounded up. */
export function reach(point, geometry) {
  const corners = polygons(geometry).flatMap(([outer]) => outer);
  return Math.ceil(Math.max(...corners.map((corner) => metresBetween(point, corner))) / 100) * 100;
}

/** Whether this draft sends the exact point: a condition only, forwarded and chosen so. */
export const isExact = (draft) => draft.kind === "condition" && draft.forward && Boolean(draft.exact) && draft.how !== "area";

const isCoarse = (draft) => draft.form === "child" && !draft.closer;

/** What is sent: {coordinates, accuracy_m}. */
export function sentPlace(draft) {
  if (draft.how === "area") return { coordinates: rounded(draft.place), accuracy_m: draft.reach };
  if (isCoarse(draft)) return { coordinates: draft.coarse, accuracy_m: coarseSquare(draft.place).metres };
  if (isExact(draft)) return { coordinates: rounded(draft.place), accuracy_m: POINT };
  return { coordinates: snap(draft.place), accuracy_m: SQUARE };
}

/** What is drawn on the map around a point: the square that is sent of it. */
export function drawnSquare(draft, point) {
  return isCoarse(draft) ? coarseSquare(point).geometry : squareAround(snap(point));
}

/** Whether what would be sent of a point lies inside the city. */
export function fits(draft, point, outline) {
  return inside(point, outline) && (isCoarse(draft) || inside(snap(point), outline));
}
