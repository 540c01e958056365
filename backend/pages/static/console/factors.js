// One's own second factors: seen, added and removed, after saying again who one is.

import { byId, fill, h, icon } from "../shared/dom.js";
import { say } from "../shared/words.js";
import { made } from "./credential.js";
import * as door from "./door.js";
import { qrCode } from "./qr.js";
import { askSecond, codeField } from "./second.js";
import { teller } from "./window.js";
import { shortDay } from "./wording.js";

const here = { changed: null, left: null };
const body = () => byId("factors-body");

const tell = teller("factors-said");

/** Do something that may be refused; what is said then depends on what it was. */
async function attempt(action, said = {}) {
  tell("");
  try {
    return await action();
  } catch (problem) {
    if (problem.status === 401) here.left(say("console.login.ended"));
    else if (problem.status === 403 && problem.field === "password" && !said.password) sayAgain();
    else tell(say({ 0: "base.offline", 429: "console.login.often", ...said }[problem.status] ?? said.other ?? "base.failed"), "bad");
    return null;
  }
}

function submitting(form, action) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    action();
  });
  return form;
}

function sayAgain() {
  const input = h("input", { class: "input", type: "password", autocomplete: "current-password", maxlength: "128", required: true });
  const label = h("label", { class: "field" }, h("span", {}, say("console.login.password")), input);
  const form = h("form", { class: "inline-form" }, h("p", {}, say("console.factors.again")), label, h("button", { class: "button primary" }, say("console.factors.say")));
  submitting(form, async () => {
    const session = await attempt(() => door.sayAgain({ password: input.value }), { password: true, 403: "console.factors.password_wrong" });
    if (!session) return;
    if (session.step === "factor") askSecond(body(), session, (told) => tell(told), { done: draw, ended: () => here.left(say("console.login.ended")) });
    else draw();
  });
  fill(body(), form);
  input.focus();
}

async function added(session) {
  here.changed(session);
  if (!byId("factors").open) return;
  await draw();
  tell(say("console.factors.done"), "good");
}

function showApp(offered) {
  const { input, field } = codeField();
  const form = h("form", { class: "inline-form" }, field, h("button", { class: "button primary" }, say("console.factors.confirm")));
  submitting(form, async () => {
    const session = await attempt(() => door.confirmApp(offered.id, input.value), { 403: "console.factors.code_wrong" });
    if (session) await added(session);
  });
  const secret = h("code", { class: "secret" }, offered.secret.replace(/(.{4})(?=.)/g, "$1 "));
  fill(body(), h("p", {}, say("console.factors.scan")), qrCode(offered.address, say("console.factors.qr")), h("p", { class: "small" }, `${say("console.factors.secret")} `, secret), form);
  input.focus();
}

async function addApp() {
  const offered = await attempt(door.offerApp, { 409: "console.factors.many" });
  if (offered) showApp(offered);
}

async function addKey() {
  const offered = await attempt(door.offerKey, { 409: "console.factors.many" });
  if (!offered) return;
  const session = await attempt(
    async () => {
      tell(say("console.second.touch"));
      return door.addKey(await made(offered.options));
    },
    { other: "console.factors.key_failed" },
  );
  if (session) await added(session);
}

async function remove(id) {
  const gone = await attempt(async () => (await door.removeFactor(id)) ?? true, { 409: "console.factors.last" });
  if (!gone) return;
  await draw();
  tell(say("console.factors.removed"), "good");
}

function row({ id, kind, added_on }) {
  const name = say(`console.factors.${kind}`);
  const about = h("div", {}, h("strong", {}, name), h("p", { class: "quiet small" }, say("console.factors.added", { day: shortDay(added_on) })));
  const gone = h("button", { type: "button", class: "button", onclick: () => remove(id) }, say("console.factors.remove"), h("span", { class: "visually-hidden" }, `: ${name}`));
  return h("li", {}, about, gone);
}

function adding(name, drawing, action) {
  return h("button", { type: "button", class: "button", onclick: action }, drawing, h("span", {}, say(name)));
}

async function draw() {
  const told = await attempt(door.readFactors);
  if (!told) return;
  if (!told.proven) {
    sayAgain();
    return;
  }
  const list = told.factors.length ? h("ul", { class: "window-list" }, told.factors.map(row)) : h("p", { class: "quiet" }, say("console.factors.none"));
  const buttons = [adding("console.factors.add_app", icon("smartphone"), addApp), adding("console.factors.add_key", icon("key-round"), addKey)];
  fill(body(), told.required && !told.factors.length ? h("p", {}, say("console.factors.required")) : null, list, h("div", { class: "row-buttons" }, buttons));
  body().querySelector(".row-buttons button").focus();
}

/** Open the window. `changed(session)` after one was added, `left(said)` when the log-in ran out. */
export function openFactors(changed, left) {
  Object.assign(here, { changed, left });
  fill(body());
  byId("factors").showModal();
  return draw();
}
