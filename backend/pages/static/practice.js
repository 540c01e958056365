// Practising on invented cases, one at a time; and for leads how far answers agree and whether all are treated alike.

import * as door from "./console/door.js";
import { places } from "./shared/city.js";
import { byId, fill, h } from "./shared/dom.js";
import { languageName, nameOf, number, say } from "./shared/words.js";

const FORM = JSON.parse(byId("form").textContent);
const SAID = { 0: "base.offline", 401: "practice.login", 403: "practice.not_you", 404: "practice.login", 422: "practice.missing" };
const known = { areas: {} };

function tell(sentence = "") {
  byId("said").textContent = sentence;
  byId("said").hidden = !sentence;
}

const refused = (problem) => tell(say(SAID[problem.status] ?? "base.failed"));

// --- a case --------------------------------------------------------------------------------------

const verdictName = (code) => say(`practice.verdict.${code}`);

function options(type, name, codes, wording) {
  const one = (code) => h("label", {}, h("input", { type, name, value: code }), h("span", {}, wording(code)));
  return h("div", { class: "practice-options" }, codes.map(one));
}

const group = (key, body, more = {}) => h("fieldset", more, h("legend", {}, say(key)), body);

/** What belongs to a decision is asked only when it was chosen. */
function show(form) {
  const verdict = new FormData(form).get("verdict");
  for (const part of form.querySelectorAll("[data-of]")) {
    part.hidden = part.disabled = part.dataset.of !== verdict;
  }
}

function caseForm(told) {
  const form = h("form", { class: "practice-case card" },
    h("h2", { class: "visually-hidden" }, say("practice.case")),
    h("blockquote", { lang: told.language, dir: "auto" }, told.text),
    group("practice.verdict", options("radio", "verdict", FORM.verdicts, verdictName)),
    group("practice.categories", options("checkbox", "categories", FORM.categories, (code) => nameOf("category", code)), { "data-of": "approve" }),
    group("practice.reason", options("radio", "reason", FORM.reasons, (code) => nameOf("reason", code)), { "data-of": "reject" }),
    h("button", { class: "button primary" }, say("practice.send")));
  form.addEventListener("change", () => show(form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(form, told).catch(refused);
  });
  show(form);
  return form;
}

/** What a form says; nothing when what belongs to the decision is missing. */
function read(form, told) {
  const said = new FormData(form);
  const [verdict, reason, categories] = [said.get("verdict"), said.get("reason"), said.getAll("categories")];
  const whole = verdict && (verdict !== "approve" || categories.length) && (verdict !== "reject" || reason);
  return whole ? { case: told.code, verdict, categories, ...(reason ? { reason } : {}) } : null;
}

async function answer(form, told) {
  const said = read(form, told);
  if (!said) return tell(say("practice.missing"));
  tell();
  const judged = await door.answerPractice(said);
  const next = await door.readPractice();
  progress(next);
  for (const input of form.elements) input.disabled = true;
  form.querySelector("button").hidden = true;
  const goOn = h("button", { type: "button", class: "button primary", onclick: () => showCase(next) }, say("practice.next"));
  form.append(judgement(judged, told), goOn);
  goOn.focus();
}

function judgement(judged, told) {
  const heard = judged.right ? "right" : judged.verdict_right ? "half" : "wrong";
  const parts = [verdictName(judged.verdict), ...judged.categories.map((code) => nameOf("category", code)), judged.reason && nameOf("reason", judged.reason)];
  return h("div", { class: "practice-answer", role: "status" },
    h("p", {}, h("strong", {}, say(`practice.${heard}`))),
    h("p", {}, say("practice.agreed", { what: parts.filter(Boolean).join(", ") })),
    h("p", { lang: told.language, dir: "auto" }, judged.why));
}

function progress({ answered, of, as_agreed: right }) {
  byId("practice-progress").textContent = say("practice.progress", { answered, of, right });
}

function showCase(told) {
  progress(told);
  fill(byId("practice-case"), told.case ? caseForm(told.case) : h("p", { class: "note" }, say("practice.done")));
  byId("practice-case").querySelector("input")?.focus({ preventScroll: true });
}

// --- of many -------------------------------------------------------------------------------------

const percent = (share) => `${number(100 * share, 0)} %`;

function agreed(one) {
  if (!one) return say("practice.few");
  const [alpha, low, high] = [one.alpha, one.low, one.high].map((value) => number(value, 2));
  return say("practice.agreement.told", { alpha, low, high, people: one.people, cases: one.cases });
}

function showAgreement(told) {
  const rows = [
    [say("practice.agreement.verdicts"), told.verdicts],
    ...Object.entries(told.categories).map(([code, one]) => [nameOf("category", code), one]),
    [say("practice.agreement.four_eyes"), told.four_eyes],
  ];
  fill(byId("agreement-list"), rows.map(([name, one]) => h("div", {}, h("dt", {}, name), h("dd", {}, agreed(one)))));
}

const VALUES = {
  area: (code) => known.areas[code] ?? code,
  language: languageName,
  kind: (code) => nameOf("kind", code),
};

const REST = { "": "practice.unknown", "*": "practice.other" };
const wordFor = (by, value) => (value in REST ? say(REST[value]) : VALUES[by](value));

function shareOf({ approved }) {
  if (!approved) return say("practice.few");
  return say("practice.share", { share: percent(approved.share), low: percent(approved.low), high: percent(approved.high) });
}

function table(by, rows) {
  const head = h("tr", {}, ["practice.by." + by, "practice.closed", "practice.approved"].map((key) => h("th", { scope: "col" }, say(key))));
  const body = rows.map((row) => h("tr", {}, h("th", { scope: "row" }, wordFor(by, row.value)), h("td", {}, row.closed === null ? say("practice.few") : number(row.closed)), h("td", {}, shareOf(row))));
  return h("table", {}, h("caption", { class: "visually-hidden" }, say("practice.by." + by)), h("thead", {}, head), h("tbody", {}, body));
}

/** Of a month that is not over nothing is told. */
function lastMonth() {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
}

async function showFairness() {
  if (!byId("fairness-month").value || !byId("fairness-month").validity.valid) return;
  const told = await door.readFairness(byId("fairness-month").value);
  const tables = Object.keys(VALUES).filter((by) => told[by].length).map((by) => table(by, told[by]));
  fill(byId("fairness-tables"), tables.length ? tables : h("p", { class: "quiet" }, say("practice.nothing")));
}

// --- who is here ---------------------------------------------------------------------------------

async function begin() {
  const city = door.lastCity();
  if (!city) return tell(say("practice.login"));
  const { account } = await door.resume(city);
  if (!account) return tell(say("practice.login"));
  const may = (permission) => account.permissions.includes(permission);
  if (may("practise")) {
    const first = await door.readPractice();
    byId("practice").hidden = false;
    showCase(first);
  }
  if (may("read_fairness")) {
    known.areas = Object.fromEntries((await places(city)).areas.map(({ code, name }) => [code, name]));
    byId("fairness-month").value = byId("fairness-month").max = lastMonth();
    showAgreement(await door.readAgreement());
    await showFairness();
    byId("agreement").hidden = byId("fairness").hidden = false;
  } else if (!may("practise")) tell(say("practice.not_you"));
}

const theme = sessionStorage.getItem("farola.console.theme");
if (["light", "dark"].includes(theme)) document.documentElement.dataset.theme = theme;
byId("fairness-month").addEventListener("change", () => showFairness().catch(refused));
begin().catch(refused);
