// What can be done with the report that is held, or with many that are marked: each deed under one name.

import { byId } from "../shared/dom.js";
import { nameOf, say } from "../shared/words.js";
import { noteWritten, publicNoteWritten, showMore, showReasons, tell } from "./bar.js";
import { showNear } from "./context.js";
import { openNotes } from "./citynotes.js";
import { openDecided } from "./decided.js";
import * as desk from "./desk.js";
import * as door from "./door.js";
import { pauseAfter } from "./exposure.js";
import { openFilters } from "./filters.js";
import { openMasks } from "./masks.js";
import { toMessages } from "./messages.js";
import { may, now } from "./now.js";
import { openOpenings } from "./openings.js";
import { showMarks } from "./queue.js";
import { liftWords } from "./report.js";
import { openTrail } from "./trail.js";
import { openWithdrawals } from "./withdrawals.js";
import { reasonName } from "./wording.js";

const NEEDS_CATEGORY = ["approve", "forward"];
export const VERDICTS = ["approve", "reject", "duplicate", "ask", "escalate", "forward"];
const IN_BULK = ["approve", "reject", "duplicate", "escalate"];

/** Say what was done, and go on with the next report in the same place. */
async function goOn(done) {
  now.held = null;
  if (await desk.nextOne(done)) return;
  await desk.refresh();
  desk.show(null);
}

function judged(verdict, reason) {
  const told = { verdict, reason };
  if (NEEDS_CATEGORY.includes(verdict)) told.categories = [...now.chosen];
  if (verdict === "duplicate" && now.same) told.duplicate_of = now.same;
  const note = noteWritten();
  if (note) told.note = note;
  const words = publicNoteWritten();
  if (words) told.public_note = words;
  return told;
}

async function decide(reason) {
  const { held, verdict } = now;
  const told = judged(verdict, reason);
  if (verdict === "ask" && !told.public_note) {
    tell(say("console.bar.question.missing"), "bad");
    byId("public-note").focus();
    return;
  }
  const decided = await door.decide(held, told);
  now.last = [held.report.id];
  const named = reasonName(now.session.reasons[verdict].find(({ code }) => code === reason));
  await goOn(say("console.bar.done", { state: nameOf("state", decided.state), reason: named }) + pauseAfter(held.report));
}

/** One verdict on all that are marked; what was refused stays marked. */
async function decideMany(reason) {
  const told = { reports: [...now.many], verdict: now.verdict, reason };
  const note = noteWritten();
  if (note) told.note = note;
  const { reports } = await door.decideMany(told);
  const done = reports.filter(({ problem }) => !problem).map(({ id }) => id);
  done.forEach((id) => now.many.delete(id));
  now.last = done.length ? done : null;
  if (now.held && done.includes(now.held.report.id)) desk.show(null);
  await desk.refresh();
  desk.showBar();
  const left = reports.length - done.length;
  tell(say("console.bulk.done", { count: done.length }) + (left ? ` ${say("console.bulk.left", { count: left })}` : ""), left ? "bad" : "");
}

async function takeBack() {
  const ids = now.last;
  for (const id of ids) await door.undo(id);
  now.last = null;
  if (ids.length === 1) return desk.hold(() => door.claim(ids[0]), say("console.bar.undone"));
  await desk.refresh();
  desk.showBar();
  return tell(say("console.bulk.undone", { count: ids.length }));
}

async function giveBack() {
  await door.release(now.held);
  desk.show(null);
  await desk.refresh();
  tell(say("console.bar.released"));
}

async function sendAgain() {
  await door.tryAgain(now.held);
  await goOn(say("console.bar.sent"));
}

export const pick = (code) => desk.run(() => (now.many.size ? decideMany(code) : decide(code)));

function ask(verdict) {
  const bare = NEEDS_CATEGORY.includes(verdict) && !now.chosen.size && ["incident", "condition"].includes(now.held?.report.kind);
  if (bare && !now.many.size) {
    tell(say("console.bar.category"), "bad");
    return;
  }
  now.verdict = verdict;
  showReasons(now, now.session.reasons[verdict], pick, back);
  if (verdict === "duplicate" && !now.many.size) showNear(now.held.report);
}

function offerMore() {
  now.more = true;
  showMore(now.held.report, act, back);
}

export function back() {
  desk.showBar();
  tell(now.many.size ? say("console.bulk.marked", { count: now.many.size }) : "");
}

/** Mark a row, or take its mark away: what is decided next is decided for all that are marked. */
export function mark(id = now.selected) {
  if (!id) return;
  if (!now.many.delete(id)) now.many.add(id);
  showMarks(now.many);
  back();
}

function unmark() {
  now.many.clear();
  showMarks(now.many);
  back();
}

/** A report was changed elsewhere on the page: read it anew under a new lease. */
export const readAnew = () => now.held && desk.run(() => desk.hold(() => door.claim(now.held.report.id)));

const stuck = () => now.held?.report.state === "quarantined";
const free = (one) => now.held && !stuck() && now.held.report[one];
const onOne = (verdict, fits) => () => (now.many.size ? IN_BULK.includes(verdict) : fits()) && ask(verdict);
const reading = () => now.held && !stuck();

const ACTIONS = {
  approve: onOne("approve", reading),
  duplicate: onOne("duplicate", reading),
  reject: onOne("reject", () => now.held),
  escalate: onOne("escalate", () => reading() && now.held.report.state !== "escalated"),
  ask: onOne("ask", () => free("can_answer") && now.held.report.state === "in_review"),
  forward: onOne("forward", () => free("can_forward")),
  agree: () => reading() && now.held.report.state === "second_look" && ask(now.held.report.history.at(-1).proposed),
  more: () => reading() && !now.many.size && offerMore(),
  messages: () => toMessages(),
  near: () => reading() && showNear(now.held.report, { focus: true }),
  masks: () => reading() && openMasks(now, readAnew),
  words: () => reading() && liftWords(),
  openings: () => openOpenings(now),
  citynotes: openNotes,
  decided: () => openDecided((id) => desk.run(() => desk.hold(() => door.claim(id), say("console.decided.reversed")))),
  filter: () => openFilters(now, () => desk.run(desk.refresh)),
  trail: () => may("read_trail") && openTrail(),
  withdrawals: () => may("withdraw_release") && openWithdrawals(),
  mark: () => mark(),
  unmark,
  again: () => stuck() && desk.run(sendAgain),
  release: () => now.held && desk.run(giveBack),
  next: () => desk.run(() => desk.nextOne()),
  undo: () => now.last && desk.run(takeBack),
  keys: () => byId("keys").showModal(),
};
const WHILE_BUSY = ["keys", "words"];

/**
 * Keys pressed while the next report is on its way are dropped: they were meant for another one. Undo waits: it
 * means what was done last, whatever comes next.
 */
export function act(name) {
  if (now.busy && name === "undo") now.undoing = true;
  else if (!now.busy || WHILE_BUSY.includes(name)) ACTIONS[name]();
}
