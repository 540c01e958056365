// The desk: what is shown, taking a report and giving it back, and what is said when something is refused.

import { byId } from "../shared/dom.js";
import { say } from "../shared/words.js";
import { showActions, tell } from "./bar.js";
import { clearContext, showContext } from "./context.js";
import * as door from "./door.js";
import { read as readOne } from "./exposure.js";
import { showFigures } from "./figures.js";
import { now } from "./now.js";
import { countOpenings } from "./openings.js";
import { select, showCounts, showLanguages, showQueue } from "./queue.js";
import { showNothing, showReport } from "./report.js";
import { timeOfDay } from "./wording.js";

const SAID = { 0: "base.offline", 403: "console.problem.forbidden", 409: "console.problem.conflict", 404: "console.problem.conflict" };
const handlers = { act: null, mark: null };

/** What the bar and the rows call; told once, so that nothing here knows the deeds. */
export function onDeeds({ act, mark }) {
  Object.assign(handlers, { act, mark });
}

export function choose(id) {
  now.selected = id;
  select(id);
}

export function take(id) {
  choose(id);
  run(() => hold(() => door.claim(id)));
}

export function drawQueue() {
  showCounts(now.queue);
  showLanguages(now.queue, now.wanted.language);
  showQueue(now, take, handlers.mark);
}

/** The bar as it stands when nothing is being chosen. */
export function showBar() {
  now.verdict = null;
  now.more = false;
  showActions(now, handlers.act);
}

export async function refresh({ quietly = false } = {}) {
  const turn = (now.turn += 1);
  const queue = await door.readQueue(now.wanted);
  if (turn !== now.turn) return;
  now.queue = queue;
  if (!queue.reports.some(({ id }) => id === now.selected)) now.selected = now.held?.report.id ?? queue.reports[0]?.id ?? null;
  // Rows under the pointer stay where they are; only the numbers change.
  if (quietly && byId("queue-list").matches(":hover")) showCounts(queue);
  else drawQueue();
}

/** Read the queue and what goes with it while the work goes on; only the end of the session interrupts. */
export function refreshAside(options) {
  const failed = (problem) => {
    if (problem.status === 401 && now.session) now.leave(say("console.login.ended"));
    else if (problem.status === 0 && options?.quietly) tell(say("base.offline"), "bad");
  };
  refresh(options).catch(failed);
  if (!options?.quietly) return;
  door.readFigures().then(showFigures).catch(() => null);
  countOpenings();
}

export function show(held) {
  now.held = held;
  // What is proposed stands chosen beside the words; it is sent only with a decision for a duplicate.
  now.same = held?.report.duplicate_of ?? null;
  if (held) {
    now.selected = held.report.id;
    now.chosen = showReport(held.report, handlers.act);
    showContext(held.report, handlers.act);
    readOne(held.report);
  } else {
    showNothing(now.queue.counts.in_review);
    clearContext();
  }
  showBar();
}

/** Run one thing at a time; what is refused is said in the bar. */
export async function run(task) {
  if (now.busy) return;
  now.busy = true;
  try {
    await task();
  } catch (problem) {
    await refused(problem);
  } finally {
    now.busy = false;
  }
  if (now.undoing) {
    now.undoing = false;
    handlers.act("undo");
  }
}

export async function refused(problem) {
  if (problem.status === 401) return now.leave(say("console.login.ended"));
  if (!now.held) show(null);
  tell(say(SAID[problem.status] ?? "base.failed"), "bad");
  if (problem.status === 409 || problem.status === 404) {
    await letGoOfLost();
    refreshAside();
  }
  return null;
}

/** What was decided or taken back meanwhile is not ours to read any more: its words leave the page. */
async function letGoOfLost() {
  if (!now.held) return;
  const { held } = now;
  const lost = await door.heartbeat(held).then(() => false, ({ status }) => status === 409 || status === 404);
  if (!lost || now.held !== held) return;
  const { textContent, className } = byId("said");
  show(null);
  tell(textContent, className.includes("bad") ? "bad" : "");
}

/** Take a report, then give back the one held before: nobody else can get the same in between. */
export async function hold(claim, said = null) {
  const before = now.held;
  const taken = await claim();
  if (!taken) {
    tell(said ?? say("console.bar.nothing"));
    return false;
  }
  show(taken);
  const other = before && before.report.id !== taken.report.id;
  (other ? door.release(before).catch(() => null) : Promise.resolve()).then(() => refreshAside());
  tell(said ?? say("console.bar.until", { time: timeOfDay(taken.lease.until) }));
  return true;
}

export const nextOne = (said) => hold(() => door.claimNext(now.wanted), said);
