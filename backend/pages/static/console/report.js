// The report in the middle: what was said, what it is about, photos, answers.

import { byId, fill, h, icon } from "../shared/dom.js";
import { nameOf, say } from "../shared/words.js";
import { isHard } from "./exposure.js";
import { photosOf } from "./photos.js";
import { textWithChips } from "./text.js";
import { languageOf, scoreInWords, titleOf } from "./wording.js";

const form = JSON.parse(byId("form").textContent);
const PROPOSED = 0.3;
const SURE = 0.5;
const BEYOND = ["second_look", "escalated", "appealed"];

/** Show that nothing is held: an invitation, or that nothing waits. */
export function showNothing(waiting) {
  const lead = say(waiting ? "console.start.lead" : "console.start.empty");
  fill(byId("report"), h("div", { class: "start" }, h("h2", {}, say("console.start.title")), h("p", { class: "quiet" }, lead)));
}

/** What is proposed beside the categories, of one sort: a flag, or the type of place. */
const asides = (report, about) => report.asides.filter((aside) => aside.about === about);

function proposedPlace(report) {
  const [aside] = report.setting.place_type ? [] : asides(report, "place_type");
  return aside && say("console.proposed", { what: nameOf("place_type", aside.code) });
}

function flagBadge({ code, words, others }) {
  const title = [words.join(", "), others ? say("console.flag.others", { count: others }) : ""].filter(Boolean).join(" · ");
  return h("span", { class: "badge", title }, say(`console.flag.${code}`));
}

function heading(report) {
  const { place_type: place, transport_mode: mode, stop } = report.setting;
  const about = [
    nameOf("kind", report.kind),
    report.daypart && nameOf("daypart", report.daypart),
    place ? nameOf("place_type", place) : proposedPlace(report),
    mode && nameOf("transport_mode", mode),
    stop,
    languageOf(report.language),
  ];
  const badges = [
    report.urgency && h("span", { class: `badge urgent-${report.urgency}` }, say(`console.urgency.${report.urgency}`)),
    report.minor && h("span", { class: "badge urgent-2" }, say("console.minor")),
    ...asides(report, "flag").map(flagBadge),
    report.alike.length && h("span", { class: "badge" }, say("console.flag.duplicate")),
    BEYOND.includes(report.state) && h("span", { class: "badge" }, nameOf("state", report.state)),
  ];
  return h(
    "header",
    {},
    h("h2", { id: "report-title" }, titleOf(report)),
    h("p", { class: "quiet about" }, about.filter(Boolean).join(" · "), badges.filter(Boolean)),
  );
}

/** What waits in the words, without any of them: how long, how much was taken out, what it may be about. */
function summary(report) {
  const labels = report.labels.filter(({ score }) => score >= SURE).map(({ code }) => nameOf("category", code));
  const about = [...new Set([...report.categories.map((code) => nameOf("category", code)), ...labels])].slice(0, 3).join(", ");
  const count = report.text.trim().split(/\s+/u).length;
  return [about, say("console.veil.words", { count }), say("console.veil.removed", { count: report.spans.length })].filter(Boolean).join(" · ");
}

/** The words of a hard report wait behind a summary; their room is kept, so that nothing moves when they are shown. */
function veiledWords(report, told) {
  told.classList.add("veiled");
  const button = h("button", { type: "button", class: "button", onclick: liftWords }, icon("eye"), h("span", {}, say("console.veil.show")), h("kbd", { "aria-hidden": "true" }, "H"));
  return h("div", { class: "words" }, h("p", { class: "quiet small summary" }, summary(report)), h("div", { class: "covered" }, told, h("div", { class: "veil", id: "veil" }, button)));
}

/** Show the words of the report. */
export function liftWords() {
  const veil = byId("veil");
  if (!veil) return;
  const focused = veil.contains(document.activeElement);
  veil.remove();
  document.querySelector(".told").classList.remove("veiled");
  if (focused) byId("report").focus({ preventScroll: true });
}

function words(report) {
  if (report.state === "quarantined") return h("p", { class: "note bad" }, say("console.report.stuck"));
  if (report.text === null) return h("p", { class: "note" }, say("console.report.missing"));
  if (!report.text) return h("p", { class: "quiet told" }, say("console.report.none"));
  const told = h("p", { class: "told", lang: report.language, dir: "auto" }, textWithChips(report));
  return isHard(report) ? veiledWords(report, told) : told;
}

/** What a colleague proposed, to agree with or not; and that a resident asked for somebody else. */
function standing(report, act) {
  const last = report.history.at(-1);
  if (report.state === "second_look" && last?.proposed) {
    const said = say("console.second.proposed", { who: last.by, verdict: say(`console.bar.${last.proposed}`), reason: nameOf("reason", last.reason) });
    const agree = h("button", { type: "button", class: "button", onclick: () => act("agree") }, say("console.second.agree"), h("kbd", { "aria-hidden": "true" }, "Y"));
    return h("div", { class: "note standing" }, h("p", {}, said), agree);
  }
  if (report.state === "appealed") return h("p", { class: "note standing" }, say("console.appeal"));
  return report.two_decide ? h("p", { class: "quiet small" }, say("console.report.two")) : null;
}

function light(code, on) {
  for (const mark of document.querySelectorAll("mark")) {
    mark.classList.toggle("lit", on && mark.dataset.labels.split(" ").includes(code));
  }
}

function labelChip(code, report, chosen) {
  const label = report.labels.find((one) => one.code === code);
  const own = report.categories.includes(code);
  const input = h("input", {
    type: "checkbox",
    checked: chosen.has(code),
    onchange: () => (input.checked ? chosen.add(code) : chosen.delete(code)),
  });
  const note = own ? h("span", { class: "own", title: say("console.report.labels.own") }) : null;
  const said = own ? h("span", { class: "visually-hidden" }, say("console.report.labels.own")) : null;
  const score = label ? h("span", { class: "score" }, scoreInWords(label.score)) : null;
  const chip = h("label", { class: "chip" }, input, icon("check"), note, h("span", {}, nameOf("category", code)), said, score);
  for (const [name, on] of [["pointerenter", true], ["pointerleave", false], ["focusin", true], ["focusout", false]]) {
    chip.addEventListener(name, () => light(code, on));
  }
  return chip;
}

function adder(report, chips, listed, chosen) {
  const rest = form.categories[report.kind].filter((code) => !listed.includes(code));
  const options = rest.map((code) => h("option", { value: code }, nameOf("category", code)));
  const select = h("select", { class: "input add", "aria-label": say("console.report.add") }, h("option", { value: "" }, say("console.report.add")), options);
  select.addEventListener("change", () => {
    if (!select.value) return;
    chosen.add(select.value);
    select.before(labelChip(select.value, report, chosen));
    select.selectedOptions[0].remove();
    select.value = "";
  });
  return select;
}

function labels(report, chosen) {
  const proposed = report.labels.filter(({ score }) => score >= PROPOSED).map(({ code }) => code);
  const allowed = form.categories[report.kind];
  const listed = [...new Set([...report.categories, ...proposed])].filter((code) => allowed.includes(code));
  const chips = h("div", { class: "chips", role: "group", "aria-labelledby": "labels-title" });
  chips.append(...listed.map((code) => labelChip(code, report, chosen)), adder(report, chips, listed, chosen));
  const hint = h("p", { class: "quiet small" }, say("console.report.labels.hint"));
  return h("section", { class: "labels" }, h("h3", { id: "labels-title" }, say("console.report.labels")), chips, hint);
}

function audit(report) {
  if (!report.audit) return null;
  const rows = form.questions.map((question, at) => {
    const level = report.audit[at];
    const dots = h("span", { class: "dots", "aria-hidden": "true" }, [0, 1, 2].map((dot) => h("i", { class: level > dot ? "on" : null })));
    const said = level === null ? say("console.report.unsaid") : String(level);
    return h("div", {}, h("dt", {}, nameOf("question", question)), h("dd", {}, dots, said));
  });
  return h("section", { class: "audit" }, h("h3", {}, say("console.report.audit")), h("dl", {}, rows));
}

/** Show a report that is held; returns the categories as they are ticked, a Set that changes with the ticks. */
export function showReport(report, act) {
  const known = report.categories.length ? report.categories : report.labels.filter(({ score }) => score >= SURE).map(({ code }) => code);
  const chosen = new Set(known.filter((code) => form.categories[report.kind].includes(code)));
  const stuck = report.state === "quarantined";
  const page = byId("report");
  fill(page, heading(report), standing(report, act), words(report), stuck ? null : labels(report, chosen), audit(report), stuck ? null : photosOf(report, act));
  page.setAttribute("aria-labelledby", "report-title");
  page.scrollTop = 0;
  page.focus({ preventScroll: true });
  return chosen;
}
