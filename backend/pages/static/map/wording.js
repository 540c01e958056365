// What the page says about a region and a period.

import { areaAt } from "../shared/city.js";
import { periodInWords as spanInWords } from "../shared/periods.js";
import { nameOf, number, say } from "../shared/words.js";
import { isScore, scoreRange } from "./classes.js";

/** A period in words; that of a correction says so. */
export function periodInWords(name, month) {
  const period = spanInWords(name, month);
  return name.endsWith("-corrected") ? say("map.corrected", { period }) : period;
}

const middle = ([west, south, east, north]) => [(west + east) / 2, (south + north) / 2];

/** The codes of the areas a region is made of ("01+02:women"), else of the area its middle lies in. */
export function codesOf(region, areas) {
  if (region.part === "area") return String(region.region).split(":")[0].split("+");
  const found = areaAt(middle(region.bounds), areas);
  return found ? [found.code] : [];
}

const MOST_NAMED = 4; // of districts that were taken together because each alone has too few

function together(named, areas) {
  if (named.length > MOST_NAMED && named.length === areas.length) return say("map.whole");
  const names = (some) => some.map(({ name }) => name).join(", ");
  if (named.length <= MOST_NAMED) return names(named);
  return say("map.areas.more", { names: names(named.slice(0, MOST_NAMED - 1)), count: number(named.length - MOST_NAMED + 1) });
}

/** The names of the areas a region is made of ("01+02:women"), else of the area its middle lies in. */
export function placeOf(region, areas) {
  const codes = String(region.region).split(":")[0].split("+");
  const named = areas.filter(({ code }) => codes.includes(code));
  if (region.part === "area" && named.length > 0) return together(named, areas);
  return areaAt(middle(region.bounds), areas)?.name ?? "";
}

function metresAcross(km2) {
  const metres = Math.sqrt(km2) * 1000;
  return number(metres >= 1000 ? Math.round(metres / 100) * 100 : Math.round(metres / 10) * 10);
}

/** What a region is, in words. */
export function extentOf(region, areas) {
  if (region.part === "area") return placeOf(region, areas);
  if (region.part === "rest") return say("map.card.rest");
  return say("map.card.cell", { metres: metresAcross(region.km2) });
}

/** A region's number, always as a range. */
export function rangeOf(region, view) {
  if (!region.shown) return say("map.card.none");
  if (isScore(view)) {
    const [low, high] = scoreRange(region, view).map((one) => number(one));
    return say("map.card.score", { low, high });
  }
  return say("map.card.range", { low: number(region.low), high: number(region.high) });
}

/** The name of a cross value of a layer. */
export function crossName(layer, value) {
  const family = { category: "group", daypart: "daypart", gender: "gender_value", audit: "question" }[layer];
  return nameOf(family, value);
}
