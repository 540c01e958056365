// The little geometry the pages need, on GeoJSON in degrees.

/** The rings of a Polygon or MultiPolygon as [[ring, hole, ...], ...]. */
export function polygons(geometry) {
  if (!geometry) return [];
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}

function inRing([x, y], ring) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [xi, yi] = ring[i];
    const [xj, yj] = ring[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Whether a point lies in a (Multi)Polygon. */
export function inside(point, geometry) {
  return polygons(geometry).some(
    ([outer, ...holes]) => inRing(point, outer) && !holes.some((hole) => inRing(point, hole)),
  );
}

/** The area of a flat ring, positive or negative by its direction. */
export function ringArea(ring) {
  let twice = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    twice += (ring[j][0] - ring[i][0]) * (ring[j][1] + ring[i][1]);
  }
  return twice / 2;
}

function ringCentroid(ring) {
  let x = 0;
  let y = 0;
  let twice = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const cross = ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
    x += (ring[j][0] + ring[i][0]) * cross;
    y += (ring[j][1] + ring[i][1]) * cross;
    twice += cross;
  }
  return twice ? [x / (3 * twice), y / (3 * twice)] : ring[0];
}

/** A point for a label: the centroid of the largest part. */
export function labelPoint(geometry) {
  const outers = polygons(geometry).map(([outer]) => outer);
  const largest = outers.reduce((a, b) => (Math.abs(ringArea(b)) > Math.abs(ringArea(a)) ? b : a));
  return ringCentroid(largest);
}

/** [west, south, east, north] of a geometry. */
export function boundsOf(geometry) {
  const points = polygons(geometry).flatMap((rings) => rings[0]);
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

const METRES_PER_DEGREE = 111_320;

/** The middle of the square of about `metres` in which a point lies: what is sent instead of the point. */
export function snap([lon, lat], metres = 100) {
  const stepLat = metres / METRES_PER_DEGREE;
  const snappedLat = (Math.floor(lat / stepLat) + 0.5) * stepLat;
  const stepLon = stepLat / Math.cos((snappedLat * Math.PI) / 180);
  const snappedLon = (Math.floor(lon / stepLon) + 0.5) * stepLon;
  return [Number(snappedLon.toFixed(6)), Number(snappedLat.toFixed(6))];
}

/** The square around a snapped point, as a GeoJSON polygon. */
export function squareAround([lon, lat], metres = 100) {
  const dy = metres / METRES_PER_DEGREE / 2;
  const dx = dy / Math.cos((lat * Math.PI) / 180);
  const ring = [
    [lon - dx, lat - dy],
    [lon + dx, lat - dy],
    [lon + dx, lat + dy],
    [lon - dx, lat + dy],
    [lon - dx, lat - dy],
  ];
  return { type: "Polygon", coordinates: [ring] };
}
