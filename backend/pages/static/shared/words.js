// The words of the visitor's language, as the page carries them in a block of data.

const block = document.getElementById("words");
const words = block ? JSON.parse(block.textContent) : {};

export const language = document.documentElement.lang || "en";

/** One sentence by its key, with its {places} filled; a missing key shows itself. */
export function say(key, values = {}) {
  const sentence = words[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

/** Take words of a city's own over those of the page. */
export function learn(own) {
  Object.assign(words, own);
}

/** The name of a code, for example nameOf("category", "touching"). */
export function nameOf(family, code) {
  return words[`name.${family}.${code}`] ?? code;
}

let languages = null;

/** What this language calls a language. */
export function languageName(code) {
  languages ??= new Intl.DisplayNames([language], { type: "language" });
  return languages.of(code);
}

/** A number as this language writes it, with at most so many decimals. */
export function number(value, decimals = 1) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: decimals }).format(value);
}

/** A day ("2026-11-20") in words. */
export function dayInWords(day) {
  const options = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(language, options).format(new Date(`${day.slice(0, 10)}T00:00:00Z`));
}
