// Taking a release back, by two: one asks with a reason, another agrees, and workers do it.

import { byId, fill, h } from "../shared/dom.js";
import { periodInWords } from "../shared/periods.js";
import { dayInWords, nameOf, say } from "../shared/words.js";
import * as door from "./door.js";
import { attempting, picker, refusing, teller } from "./window.js";

const REASONS = JSON.parse(byId("form").textContent).withdrawals.reasons;
const CORRECTABLE = "map";
const SAID = { 0: "base.offline", 403: "console.withdrawals.not_you", 404: "console.withdrawals.gone", 409: "console.withdrawals.conflict", 422: "console.withdrawals.late" };

const tell = teller("withdrawals-said");
const refused = refusing(tell, SAID);
const attempt = attempting(refused);

async function answer(one, grant) {
  await door.answerWithdrawal(one.id, grant);
  await read();
  tell(say(grant ? "console.withdrawals.agreed" : "console.openings.refused"));
}

function deeds(one) {
  if (one.state !== "asked") return h("span", { class: "quiet small" }, say(`console.withdrawals.state.${one.state}`));
  if (one.mine) return h("span", { class: "quiet small" }, say("console.withdrawals.waits"));
  return [
    h("button", { type: "button", class: "button", onclick: attempt(() => answer(one, true)) }, say("console.second.agree")),
    h("button", { type: "button", class: "button", onclick: attempt(() => answer(one, false)) }, say("console.openings.refuse")),
  ];
}

const nameOfRelease = (layer, period) => `${nameOf("layer", layer)}, ${periodInWords(period)}`;

function row(one) {
  const until = one.state === "asked" ? say("console.withdrawals.until", { day: dayInWords(one.until) }) : null;
  const who = [one.asked_by, one.answered_by].filter(Boolean).join(", ");
  const about = [say(`console.withdrawals.${one.reason}`), one.corrects && say("console.withdrawals.corrects"), who, until];
  return h(
    "li",
    {},
    h("div", {}, h("strong", {}, nameOfRelease(one.layer, one.period)), h("p", { class: "quiet small" }, about.filter(Boolean).join(" · "))),
    h("div", { class: "row-buttons" }, deeds(one)),
  );
}

async function read() {
  const { withdrawals } = await door.readWithdrawals();
  fill(byId("withdrawals-list"), withdrawals.length ? withdrawals.map(row) : h("li", { class: "quiet" }, say("console.withdrawals.none")));
}

/** Every release that stands, newest first; only a map can be drawn once more. */
function releases(layers) {
  return layers.flatMap(({ name, periods }) => periods.filter((period) => !period.endsWith("-corrected")).reverse().map((period) => [`${name} ${period}`, nameOfRelease(name, period)]));
}

function asking(options) {
  const corrects = h("input", { type: "checkbox", name: "corrects" });
  const again = h("label", { class: "check" }, corrects, h("span", {}, say("console.withdrawals.corrects.ask")));
  const which = picker("release", "console.withdrawals.which", options);
  const form = h("form", { class: "asking" },
    h("h3", {}, say("console.withdrawals.ask")),
    which,
    picker("reason", "console.openings.why", REASONS.map((code) => [code, say(`console.withdrawals.${code}`)])),
    again,
    h("button", { class: "button" }, say("console.openings.send")));
  const fit = () => {
    again.hidden = !which.querySelector("select").value.startsWith(`${CORRECTABLE} `);
    if (again.hidden) corrects.checked = false;
  };
  which.addEventListener("change", fit);
  fit();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [layer, period] = form.elements.release.value.split(" ");
    attempt(async () => {
      await door.askWithdrawal({ layer, period, reason: form.elements.reason.value, corrects: corrects.checked });
      await read();
      tell(say("console.withdrawals.asked"));
    })();
  });
  return form;
}

async function offer() {
  const { layers } = await door.readLayers();
  const options = releases(layers);
  fill(byId("withdrawals-ask"), options.length ? asking(options) : h("p", { class: "quiet small" }, say("console.withdrawals.nothing")));
}

export function openWithdrawals() {
  fill(byId("withdrawals-list"));
  fill(byId("withdrawals-ask"));
  tell("");
  byId("withdrawals").showModal();
  return attempt(async () => {
    await Promise.all([read(), offer()]);
    byId("withdrawals").querySelector("#withdrawals-list button, select")?.focus();
  })();
}
