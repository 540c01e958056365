// How the console says codes: titles of reports, languages, scores, times of day.

import { language, languageName, nameOf } from "../shared/words.js";

export const languageOf = (code) => (code && code !== "unknown" ? languageName(code) : "?");

/** What a report is called: its categories, else the surest label, else its kind. */
export function titleOf(report) {
  const told = report.categories.slice(0, 2).map((code) => nameOf("category", code));
  if (told.length) return told.join(", ");
  const [label] = [...report.labels].sort((a, b) => b.score - a.score);
  return label ? nameOf("category", label.code) : nameOf("kind", report.kind);
}

/** A score as people read it: .91 */
export const scoreInWords = (score) => score.toFixed(2).replace(/^0/, "");

export const shortDay = (day) =>
  new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" }).format(
    new Date(`${day}T00:00:00Z`),
  );

export const timeOfDay = (instant) =>
  new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(new Date(instant));

/** The name of a reason: the city's own words where it added the reason, else ours. */
export function reasonName(reason) {
  return reason.names?.[language] ?? reason.names?.en ?? nameOf("reason", reason.code);
}
