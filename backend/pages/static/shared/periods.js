// A week or a quarter in words.

import { language } from "./words.js";

const DAY = 86_400_000;

function quarter(year, index) {
  return [Date.UTC(year, 3 * index - 3, 1), Date.UTC(year, 3 * index, 0)];
}

function week(year, index) {
  const fourth = Date.UTC(year, 0, 4);
  const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY + (index - 1) * 7 * DAY;
  return [monday, monday + 6 * DAY];
}

/** A period's name ("2026-Q4", "2026-W47") in words. */
export function periodInWords(name, month = "long") {
  const [, year, kind, index] = name.match(/^(\d{4})-([QW])(\d+)(?:-corrected)?$/) ?? [];
  if (!year) return name;
  const [first, last] = (kind === "Q" ? quarter : week)(Number(year), Number(index));
  const options = { month, year: "numeric", timeZone: "UTC", ...(kind === "W" ? { day: "numeric" } : {}) };
  return new Intl.DateTimeFormat(language, options).formatRange(first, last);
}
