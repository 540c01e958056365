// What is public about a city: its outline, its areas, and in which area a point lies.

import { inside, labelPoint } from "./geometry.js";
import { ask, ofCity } from "./http.js";
import { language } from "./words.js";

/** All cities: [{id, name, bounds, languages}]. */
export async function cities() {
  return (await ask("/v1/cities")).cities;
}

function areaCode(feature) {
  return feature.properties?.code ?? feature.properties?.area ?? null;
}

function areaName(feature) {
  const name = feature.properties?.name ?? areaCode(feature);
  return typeof name === "object" && name !== null ? (name[language] ?? Object.values(name)[0]) : String(name);
}

/** The outline and the areas of a city: {outline, areas: [{code, name, geometry, label}]}. */
export async function places(city) {
  const collection = await ask(ofCity(city, "/boundary.geojson"));
  const areas = collection.features.filter((feature) => areaCode(feature) !== null);
  const outline = collection.features.find((feature) => areaCode(feature) === null);
  return {
    outline: outline ?? { type: "Feature", properties: {}, geometry: mergedAreas(areas) },
    areas: areas.map((feature) => ({
      code: areaCode(feature),
      name: areaName(feature),
      geometry: feature.geometry,
      label: labelPoint(feature.geometry),
    })),
  };
}

function mergedAreas(areas) {
  const parts = areas.map(({ geometry }) => geometry);
  const coordinates = parts.flatMap((part) => (part.type === "Polygon" ? [part.coordinates] : part.coordinates));
  return { type: "MultiPolygon", coordinates };
}

/** The area in which a point lies, or null. */
export function areaAt(point, areas) {
  return areas.find((area) => inside(point, area.geometry)) ?? null;
}
