// The moderators' console: take a report, read it, decide with the keyboard, go on to the next.

import { clearContext, loadCity, showContext } from "./console/context.js";
import * as door from "./console/door.js";
import { noteWritten, publicNoteWritten, showActions, showMore, showReasons, tell } from "./console/bar.js";
import { listen } from "./console/keys.js";
import { offerLogIn } from "./console/login.js";
import { toMessages } from "./console/messages.js";
import { move, select, showCounts, showLanguages, showQueue } from "./console/queue.js";
import { showNothing, showReport } from "./console/report.js";
import { timeOfDay, reasonName } from "./console/wording.js";
import { byId } from "./shared/dom.js";
import { nameOf, say } from "./shared/words.js";

const POLL_MS = 20_000;
const HEARTBEAT_MS = 60_000;
const HARD = 2;
const RUN_OF_HARD = 6;

const now = {
  session: null,
  queue: { reports: [], counts: { in_review: 0, quarantined: 0, urgent: 0, languages: {} } },
  language: "",
  selected: null,
  held: null,
  chosen: new Set(),
  verdict: null,
  more: false,
  last: null,
  hard: 0,
  busy: false,
  undoing: false,
  turn: 0,
};

// --- what is shown -----------------------------------------------------------------------------

function choose(id) {
  now.selected = id;
  select(id);
}

function take(id) {
  choose(id);
  run(() => hold(() => door.claim(id)));
}

function drawQueue() {
  showCounts(now.queue);
  showLanguages(now.queue, now.language);
  showQueue(now.queue, now.selected, take);
}

async function refresh({ quietly = false } = {}) {
  const turn = (now.turn += 1);
  const queue = await door.readQueue(now.language);
  if (turn !== now.turn) return;
  now.queue = queue;
  if (!queue.reports.some(({ id }) => id === now.selected)) now.selected = now.held?.report.id ?? queue.reports[0]?.id ?? null;
  // Rows under the pointer stay where they are; only the numbers change.
  if (quietly && byId("queue-list").matches(":hover")) showCounts(queue);
  else drawQueue();
}

/** Read the queue while the work goes on; only the end of the session matters. */
function refreshAside(options) {
  refresh(options).catch((problem) => problem.status === 401 && now.session && leave(say("console.login.ended")));
}

function show(held) {
  now.held = held;
  now.verdict = null;
  now.more = false;
  if (held) {
    now.selected = held.report.id;
    now.chosen = showReport(held.report);
    showContext(held.report);
  } else {
    showNothing(now.queue.counts.in_review);
    clearContext();
  }
  showActions(now, act);
}

// --- what is done ------------------------------------------------------------------------------

/** Run one thing at a time; what is refused is said in the bar. */
async function run(task) {
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
    act("undo");
  }
}

async function refused(problem) {
  if (problem.status === 401) return leave(say("console.login.ended"));
  const key = { 0: "base.offline", 403: "console.problem.forbidden", 409: "console.problem.conflict", 404: "console.problem.conflict" };
  if (!now.held) show(null);
  tell(say(key[problem.status] ?? "base.failed"), "bad");
  if (problem.status === 409 || problem.status === 404) refreshAside();
  return null;
}

/** Take a report, then give back the one held before: nobody else can get the same in between. */
async function hold(claim, said = null) {
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

const nextOne = (said) => hold(() => door.claimNext(now.language), said);

function pauseAfter(report) {
  now.hard = report.urgency >= HARD ? now.hard + 1 : 0;
  if (now.hard < RUN_OF_HARD) return "";
  now.hard = 0;
  return ` ${say("console.pause")}`;
}

/** Say what was done, and go on with the next report in the same place. */
async function goOn(done) {
  now.held = now.verdict = null;
  now.more = false;
  if (await nextOne(done)) return;
  await refresh();
  show(null);
}

async function decide(reason) {
  const { held, verdict } = now;
  const told = { verdict, reason };
  if (["approve", "forward"].includes(verdict)) told.categories = [...now.chosen];
  const note = noteWritten();
  if (note) told.note = note;
  const words = publicNoteWritten();
  if (words) told.public_note = words;
  if (verdict === "ask" && !words) {
    tell(say("console.bar.question.missing"), "bad");
    byId("public-note").focus();
    return;
  }
  const decided = await door.decide(held, told);
  now.last = held.report.id;
  const named = reasonName(now.session.reasons[verdict].find(({ code }) => code === reason));
  await goOn(say("console.bar.done", { state: nameOf("state", decided.state), reason: named }) + pauseAfter(held.report));
}

async function takeBack() {
  const id = now.last;
  await door.undo(id);
  now.last = null;
  await hold(() => door.claim(id), say("console.bar.undone"));
}

async function giveBack() {
  await door.release(now.held);
  show(null);
  await refresh();
  tell(say("console.bar.released"));
}

async function sendAgain() {
  await door.tryAgain(now.held);
  await goOn(say("console.bar.sent"));
}

function ask(verdict) {
  if (["approve", "forward"].includes(verdict) && !now.chosen.size && ["incident", "condition"].includes(now.held.report.kind)) {
    tell(say("console.bar.category"), "bad");
    return;
  }
  now.verdict = verdict;
  showReasons(verdict, now.session.reasons[verdict], (code) => run(() => decide(code)), back, now.held.report);
}

function offerMore() {
  now.more = true;
  showMore(now.held.report, act, back);
}

function back() {
  now.verdict = null;
  now.more = false;
  showActions(now, act);
  tell("");
}

const stuck = () => now.held?.report.state === "quarantined";
const free = (may) => now.held && !stuck() && now.held.report[may];
const ACTIONS = {
  approve: () => now.held && !stuck() && ask("approve"),
  duplicate: () => now.held && !stuck() && ask("duplicate"),
  reject: () => now.held && ask("reject"),
  more: () => now.held && !stuck() && offerMore(),
  ask: () => free("can_answer") && now.held.report.state === "in_review" && ask("ask"),
  escalate: () => now.held && !stuck() && now.held.report.state !== "escalated" && ask("escalate"),
  forward: () => free("can_forward") && ask("forward"),
  messages: () => now.held && toMessages(now.held.report),
  again: () => stuck() && run(sendAgain),
  release: () => now.held && run(giveBack),
  next: () => run(() => nextOne()),
  undo: () => now.last && run(takeBack),
  keys: () => byId("keys").showModal(),
};

/**
 * Keys pressed while the next report is on its way are dropped: they were meant for another one. Undo waits: it
 * means what was done last, whatever comes next.
 */
function act(name) {
  if (now.busy && name === "undo") now.undoing = true;
  else if (!now.busy || name === "keys") ACTIONS[name]();
}

// --- keys --------------------------------------------------------------------------------------

const KEYS = { a: "approve", d: "duplicate", r: "reject", t: "again", b: "release", c: "next", u: "undo", o: "more", q: "ask", e: "escalate", f: "forward", m: "messages", "?": "keys" };

const onButton = (event) => Boolean(event.target.closest("button, a, summary, label"));

function pressedAmongReasons(key, event) {
  const first = key === "Enter" && !onButton(event);
  const reason = now.session.reasons[now.verdict][first ? 0 : Number(key) - 1];
  if (reason) run(() => decide(reason.code));
  else if (key === "n") byId("note").focus();
  else if (key === "p") byId("public-note")?.focus();
  else if (key === "Escape") back();
  else if (["approve", "reject", "duplicate", "ask", "escalate", "forward"].includes(KEYS[key])) act(KEYS[key]);
  else return false;
  return true;
}

function pressed(key, event) {
  if (!now.session) return false;
  if (now.verdict) {
    return pressedAmongReasons(key, event);
  }
  if (now.more && key === "Escape") back();
  else if (key === "j" || key === "k") choose(move(now.queue, now.selected, key === "j" ? 1 : -1));
  else if (key === "Enter" && !onButton(event)) now.selected && take(now.selected);
  else if (key in KEYS) act(KEYS[key]);
  else return false;
  return true;
}

// --- sessions ----------------------------------------------------------------------------------

async function enter(city, session) {
  now.session = session;
  byId("who").textContent = session.account.pseudonym;
  byId("where").textContent = city.name;
  byId("login").hidden = true;
  byId("desk").hidden = byId("log-out").hidden = false;
  showActions(now, act);
  await Promise.all([refresh(), loadCity(city.id)]);
  const own = now.queue.reports.find(({ claimed }) => claimed === "me");
  if (own) await hold(() => door.claim(own.id));
  else show(null);
}

function leave(said = "") {
  now.session = now.held = now.last = null;
  byId("who").textContent = byId("where").textContent = "";
  byId("desk").hidden = byId("log-out").hidden = true;
  show(null);
  offerLogIn(enter, said);
}

async function logOut() {
  if (now.held) await door.release(now.held).catch(() => null);
  await door.logOut().catch(() => null);
  leave();
}

async function stayAwake() {
  if (!now.held) return;
  const held = now.held;
  try {
    held.lease.until = (await door.heartbeat(held)).until;
  } catch (problem) {
    if (problem.status === 0 || now.held !== held || now.busy) return;
    show(null);
    await refused(problem);
    if (problem.status === 409) tell(say("console.problem.lost"), "bad");
  }
}

byId("queue-language").addEventListener("change", (event) => {
  now.language = event.target.value;
  run(refresh);
});
byId("log-out").addEventListener("click", () => run(logOut));
listen(pressed);
setInterval(() => now.session && !now.busy && refreshAside({ quietly: true }), POLL_MS);
setInterval(stayAwake, HEARTBEAT_MS);
addEventListener("pagehide", () => now.held && door.release(now.held, {}, { keepalive: true }).catch(() => null));
addEventListener("pageshow", (event) => event.persisted && location.reload());
offerLogIn(enter);
