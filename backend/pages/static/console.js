// The moderators' console: who is at the desk, and which key does what.

import { loadCity } from "./console/context.js";
import { act, back, mark, pick, VERDICTS } from "./console/deeds.js";
import * as desk from "./console/desk.js";
import * as door from "./console/door.js";
import { tell } from "./console/bar.js";
import { startExposure } from "./console/exposure.js";
import { openFactors } from "./console/factors.js";
import { listen } from "./console/keys.js";
import { offerLogIn } from "./console/login.js";
import { may, now } from "./console/now.js";
import { move } from "./console/queue.js";
import { followTheme } from "./console/theme.js";
import { byId } from "./shared/dom.js";
import { say } from "./shared/words.js";

const POLL_MS = 20_000;
const HEARTBEAT_MS = 60_000;

// --- keys --------------------------------------------------------------------------------------

const KEYS = {
  a: "approve", r: "reject", d: "duplicate", o: "more", q: "ask", e: "escalate", f: "forward", y: "agree", t: "again",
  b: "release", c: "next", u: "undo", m: "messages", s: "near", i: "masks", h: "words", w: "openings", l: "decided",
  g: "filter", z: "trail", p: "withdrawals", x: "mark", "?": "keys",
};

const onButton = (event) => Boolean(event.target.closest("button, a, summary, label"));

function pressedAmongReasons(key, event) {
  const first = key === "Enter" && !onButton(event);
  const reason = now.session.reasons[now.verdict][first ? 0 : Number(key) - 1];
  if (reason) pick(reason.code);
  else if (key === "n") byId("note").focus();
  else if (key === "p") byId("public-note")?.focus();
  else if (key === "Escape") back();
  else if (VERDICTS.includes(KEYS[key]) || ["near", "words", "keys"].includes(KEYS[key])) act(KEYS[key]);
  else return false;
  return true;
}

function pressed(key, event) {
  if (!now.session) return false;
  if (now.verdict) return pressedAmongReasons(key, event);
  if (key === "Escape" && now.more) back();
  else if (key === "Escape" && now.many.size) act("unmark");
  else if (key === "j" || key === "k") desk.choose(move(now.queue, now.selected, key === "j" ? 1 : -1));
  else if (key === "Enter" && !onButton(event)) now.selected && desk.take(now.selected);
  else if (key in KEYS) act(KEYS[key]);
  else return false;
  return true;
}

// --- sessions ----------------------------------------------------------------------------------

async function enter(city, session) {
  now.session = session;
  now.city = city.id;
  byId("who").textContent = session.account.pseudonym;
  byId("where").textContent = city.name;
  byId("login").hidden = true;
  byId("desk").hidden = byId("log-out").hidden = byId("account").hidden = false;
  for (const button of document.querySelectorAll("[data-needs]")) button.hidden = !may(button.dataset.needs);
  desk.showBar();
  startExposure();
  await Promise.all([desk.refresh(), loadCity(city.id).then(followTheme)]);
  const own = now.queue.reports.find(({ claimed }) => claimed === "me");
  if (own) await desk.hold(() => door.claim(own.id));
  else desk.show(null);
  desk.refreshAside({ quietly: true });
}

now.leave = function leave(said = "") {
  now.session = now.held = now.last = null;
  now.wanted = {};
  now.many.clear();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  byId("who").textContent = byId("where").textContent = "";
  byId("desk").hidden = byId("log-out").hidden = byId("account").hidden = true;
  desk.show(null);
  offerLogIn(enter, said);
};

async function logOut() {
  if (now.held) await door.release(now.held).catch(() => null);
  await door.logOut().catch(() => null);
  now.leave();
}

async function stayAwake() {
  if (!now.held) return;
  const held = now.held;
  try {
    held.lease.until = (await door.heartbeat(held)).until;
  } catch (problem) {
    if (problem.status === 0 || now.held !== held || now.busy) return;
    desk.show(null);
    await desk.refused(problem);
    if (problem.status === 409) tell(say("console.problem.lost"), "bad");
  }
}

desk.onDeeds({ act, mark });
byId("queue-language").addEventListener("change", (event) => {
  now.wanted.language = event.target.value;
  desk.run(desk.refresh);
});
for (const button of document.querySelectorAll("button[data-act]")) button.addEventListener("click", () => act(button.dataset.act));
byId("account").addEventListener("click", () => openFactors((session) => (now.session = session), now.leave));
byId("log-out").addEventListener("click", () => desk.run(logOut));
listen(pressed);
setInterval(() => now.session && !now.busy && desk.refreshAside({ quietly: true }), POLL_MS);
setInterval(stayAwake, HEARTBEAT_MS);
addEventListener("pagehide", () => now.held && door.release(now.held, {}, { keepalive: true }).catch(() => null));
addEventListener("pageshow", (event) => event.persisted && location.reload());
offerLogIn(enter);
