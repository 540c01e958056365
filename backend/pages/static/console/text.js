// The redacted words: chips where something was removed, and marks on the words that carried a label.

import { h } from "../shared/dom.js";
import { nameOf } from "../shared/words.js";

const LETTER = /[\p{L}\p{N}]/u;

function wholeWord(text, start, end) {
  return !(LETTER.test(text[start - 1] ?? "") || LETTER.test(text[end] ?? ""));
}

/** Where a word stands in a text, whatever its case: [[start, end], ...]. */
function placesOf(word, text) {
  const low = text.toLocaleLowerCase();
  const wanted = word.toLocaleLowerCase();
  const found = [];
  if (!wanted.trim() || low.length !== text.length) return found;
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, at + wanted.length)) {
    if (wholeWord(text, at, at + wanted.length)) found.push([at, at + wanted.length]);
  }
  return found;
}

/** The codes of the labels that each character of a text carried. */
function carriers(text, labels) {
  const codes = Array.from({ length: text.length }, () => []);
  for (const { code, words } of labels) {
    for (const word of words) {
      for (const [start, end] of placesOf(word, text)) {
        for (let at = start; at < end; at += 1) if (!codes[at].includes(code)) codes[at].push(code);
      }
    }
  }
  return codes.map((list) => list.join(" "));
}

function marked(text, labels) {
  const codes = carriers(text, labels);
  const parts = [];
  for (let start = 0, at = 1; at <= text.length; at += 1) {
    if (at < text.length && codes[at] === codes[start]) continue;
    const piece = text.slice(start, at);
    parts.push(codes[start] ? h("mark", { "data-labels": codes[start] }, piece) : piece);
    start = at;
  }
  return parts;
}

function chip(span) {
  return h("span", { class: "redaction" }, nameOf("chip", span.kind));
}

/** The pieces of a text; spans count in code points, as Python does. */
export function textWithChips({ text, spans, labels }) {
  const points = Array.from(text);
  const parts = [];
  let done = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    parts.push(marked(points.slice(done, span.start).join(""), labels), chip(span));
    done = span.end;
  }
  return [...parts, marked(points.slice(done).join(""), labels)];
}
