// How much somebody has read in this session, and a gentle word when it was hard: kept on this page alone.

import { byId } from "../shared/dom.js";
import { say } from "../shared/words.js";

const HARD = 2;
const SURE = 0.5;
const gravest = JSON.parse(byId("form").textContent).hard;
const RUN_OF_HARD = 6;
const LONG_MS = 90 * 60_000;
const seen = { since: 0, ids: new Set(), hard: 0, run: 0 };

function show() {
  byId("exposure").textContent = say("console.exposure", { count: seen.ids.size, hard: seen.hard });
}

/** Urgent, about a child, or of the gravest kind, as it was told or as a label is sure of it. */
export function isHard(report) {
  const codes = [...report.categories, ...report.labels.filter(({ score }) => score >= SURE).map(({ code }) => code)];
  return report.urgency >= HARD || report.minor || codes.some((code) => gravest.includes(code));
}

export function startExposure() {
  Object.assign(seen, { since: Date.now(), ids: new Set(), hard: 0, run: 0 });
  show();
}

/** Count a report that is read; the same one read again is counted once. */
export function read(report) {
  if (seen.ids.has(report.id)) return;
  seen.ids.add(report.id);
  if (isHard(report)) seen.hard += 1;
  show();
}

/** What is added to what was done, after a run of hard reports or a long time; nothing otherwise. */
export function pauseAfter(report) {
  seen.run = isHard(report) ? seen.run + 1 : 0;
  const long = Date.now() - seen.since > LONG_MS;
  if (seen.run < RUN_OF_HARD && !long) return "";
  const said = say(seen.run >= RUN_OF_HARD ? "console.pause" : "console.pause.long");
  seen.run = 0;
  if (long) seen.since = Date.now();
  return ` ${said}`;
}
