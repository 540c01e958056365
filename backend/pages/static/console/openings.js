// What is sealed and may be looked at by two: one asks with a reason, another allows it, and it stands open for a while.

import { byId, fill, h } from "../shared/dom.js";
import { nameOf, say } from "../shared/words.js";
import * as door from "./door.js";
import { may, now } from "./now.js";
import { attempting, picker, refusing, teller } from "./window.js";
import { timeOfDay } from "./wording.js";

const REASONS = JSON.parse(byId("form").textContent).openings.reasons;
const SAID = { 0: "base.offline", 403: "console.openings.not_you", 404: "console.openings.gone", 409: "console.openings.conflict" };
const SHORT_ID = 8;
const shown = { timer: null };

const tell = teller("openings-said");
const refused = refusing(tell, SAID);
const attempt = attempting(refused);

/** What was opened goes from the page when its time is over, and when the window closes. */
function hide() {
  clearTimeout(shown.timer);
  fill(byId("opened"));
}

/** What was opened in words: codes by their names, numbers as they are. */
function asText(value) {
  if (typeof value !== "object") return String(value);
  return Object.entries(value).map(([family, code]) => nameOf(family, code)).join(", ");
}

function showOpened(one, body) {
  hide();
  const head = h("p", { class: "quiet small" }, say("console.openings.until", { time: timeOfDay(one.until) }));
  fill(byId("opened"), h("section", { class: "opened", "aria-label": say("console.openings.opened") }, head, body));
  shown.timer = setTimeout(hide, Math.max(0, Date.parse(one.until) - Date.now()));
}

async function look(one) {
  if (one.photo) {
    const link = h("a", { href: door.openedPhoto(one.id), download: "photo.bin" }, say("console.openings.save"));
    return showOpened(one, [h("p", {}, say("console.openings.photo.how")), link]);
  }
  const { content } = await door.readOpened(one.id);
  const rows = Object.entries(content).filter(([, value]) => value !== null && value !== "");
  return showOpened(one, h("dl", { class: "facts" }, rows.map(([key, value]) => h("div", {}, h("dt", {}, say(`console.opened.${key}`)), h("dd", { class: "opened-words", dir: "auto" }, asText(value))))));
}

async function answer(one, grant) {
  await door.answerOpening(one.id, grant);
  await read();
  tell(say(grant ? "console.openings.allowed" : "console.openings.refused"));
}

function deeds(one) {
  if (one.mine && one.state === "granted") return h("button", { type: "button", class: "button primary", onclick: attempt(() => look(one)) }, say("console.openings.look"));
  if (one.state !== "asked") return null;
  if (one.mine || !may("grant_opening")) return h("span", { class: "quiet small" }, say("console.openings.waits"));
  return [
    h("button", { type: "button", class: "button", onclick: attempt(() => answer(one, true)) }, say("console.openings.allow")),
    h("button", { type: "button", class: "button", onclick: attempt(() => answer(one, false)) }, say("console.openings.refuse")),
  ];
}

const whatOf = (one) => [say(`console.openings.${one.what}`), one.photo].filter(Boolean).join(" ");

function row(one) {
  const about = say("console.openings.by", { who: one.asked_by, report: one.report.slice(0, SHORT_ID), time: timeOfDay(one.until) });
  return h(
    "li",
    {},
    h("div", {}, h("strong", {}, `${whatOf(one)}: ${say(`console.openings.${one.reason}`)}`), h("p", { class: "quiet small" }, about)),
    h("div", { class: "row-buttons" }, deeds(one)),
  );
}

const waitsForMe = (one) => (one.mine ? one.state === "granted" : one.state === "asked" && may("grant_opening"));

function count(openings) {
  const waiting = openings.filter(waitsForMe).length;
  byId("openings-count").textContent = waiting ? String(waiting) : "";
}

/** Show on the button how many wait for this account. */
export async function countOpenings() {
  const told = await door.readOpenings().catch(() => null);
  if (told) count(told.openings);
}

async function read() {
  const { openings } = await door.readOpenings();
  count(openings);
  fill(byId("openings-list"), openings.length ? openings.map(row) : h("li", { class: "quiet" }, say("console.openings.none")));
}

/** What can be asked of a report: its words, its place, each of its photos. */
function sought(report) {
  const photos = report.photos.map(({ name }) => [`photos ${name}`, `${say("console.openings.photos")} ${name}`]);
  return [["words", say("console.openings.words")], ["point", say("console.openings.point")], ...photos];
}

function asking(report) {
  const form = h("form", { class: "asking" },
    h("h3", {}, say("console.openings.ask")),
    picker("what", "console.openings.what", sought(report)),
    picker("reason", "console.openings.why", REASONS.map((code) => [code, say(`console.openings.${code}`)])),
    h("button", { class: "button" }, say("console.openings.send")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const told = Object.fromEntries(new FormData(form));
    const [what, photo] = told.what.split(" ");
    attempt(async () => {
      await door.askOpening(report.id, { what, reason: told.reason, ...(photo ? { photo } : {}) });
      await read();
      tell(say("console.openings.asked"));
    })();
  });
  return form;
}

export function openOpenings({ held }) {
  fill(byId("openings-list"));
  fill(byId("openings-ask"), held && held.report.state !== "quarantined" ? asking(held.report) : null);
  tell("");
  byId("openings").showModal();
  attempt(read)();
}

byId("openings").addEventListener("close", hide);
