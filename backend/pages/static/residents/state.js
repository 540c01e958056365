// Reading how a report stands with its receipt: in plain words, read back, talked about, proved, or taken back.

import { fill, h, icon } from "../shared/dom.js";
import { periodInWords } from "../shared/periods.js";
import { dayInWords, language, nameOf, number, say } from "../shared/words.js";
import { slip } from "./parts.js";
import { readSecret } from "./receipt.js";
import { appeal, readState, withdraw } from "./send.js";
import { ownReport, proofOfFiling, thread } from "./thread.js";

const inWords = (problem) => say(problem.status === 0 ? "base.offline" : "base.failed");

function photosLine(photos) {
  if (!photos.length) return null;
  const arrived = photos.filter(({ received, size, state }) => state === "received" || (size && received >= size)).length;
  return h("p", {}, say("state.photos", { received: number(arrived), count: number(photos.length) }));
}

function countedLine(periods) {
  if (!periods?.length) return null;
  const maps = new Intl.ListFormat(language, { type: "conjunction" }).format(periods.map((name) => periodInWords(name)));
  return h("p", { id: "counted-in" }, say("state.counted_in", { maps }));
}

function standing(told) {
  return h("section", { class: "card state", "aria-labelledby": "stand" },
    h("h2", { class: "stand", id: "stand", tabindex: "-1" }, nameOf("state", told.state)),
    countedLine(told.counted_in),
    h("p", { class: "quiet" }, say("state.received", { day: dayInWords(told.received_on) })),
    photosLine(told.photos));
}

const REFUSED = ["rejected", "duplicate"];

/** A report that was refused can be put before somebody else, once. */
function appealing(city, secret, again) {
  const wrong = slip("appeal-slip");
  const button = h("button", { type: "button", class: "button" }, icon("user-round-check"), say("state.appeal"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    wrong.textContent = "";
    try {
      await appeal(city, secret);
      again();
    } catch (problem) {
      wrong.textContent = problem.status === 409 ? say("state.appeal.refused") : inWords(problem);
      button.disabled = problem.status === 409;
    }
  });
  return h("section", { class: "appeal" }, button, wrong, h("p", { class: "quiet small" }, say("state.appeal.what")));
}

function withdrawal(city, secret, onGone) {
  const asking = h("div", {});
  const wrong = slip("withdraw-slip");
  const open = h("button", { type: "button", class: "button refuse" }, icon("undo-2"), say("state.withdraw"));
  const keep = () => { fill(asking); open.hidden = false; open.focus(); };
  const go = async () => {
    try {
      await withdraw(city, secret);
      onGone();
    } catch (problem) {
      wrong.textContent = inWords(problem);
    }
  };
  open.addEventListener("click", () => {
    const no = h("button", { type: "button", class: "button", onclick: keep }, say("state.withdraw.no"));
    fill(asking, h("div", { class: "note bad" },
      h("p", {}, say("state.withdraw.sure")),
      h("div", { class: "row" }, no, h("button", { type: "button", class: "button refuse", onclick: go }, say("state.withdraw.yes"))), wrong));
    open.hidden = true;
    no.focus();
  });
  return h("section", { class: "withdrawal" }, open, asking);
}

function gone(container, actions) {
  const note = h("p", { class: "note good with-icon", role: "status", tabindex: "-1" }, icon("check"), h("span", {}, say("state.withdrawn")));
  fill(container, note);
  note.focus();
  actions(null);
}

function show(container, actions, { city, secret, told, again }) {
  const withdrawn = told.state === "withdrawn";
  fill(container, standing(told),
    REFUSED.includes(told.state) ? appealing(city, secret, again) : null,
    withdrawn ? null : [thread({ city, secret }), ownReport({ city, secret }), proofOfFiling({ city, secret }),
      withdrawal(city, secret, () => gone(container, actions))]);
  actions(h("button", { type: "button", class: "button primary", onclick: again }, icon("refresh-cw"), say("state.again")));
  container.querySelector("#stand").focus();
}

/** The screen that asks for a receipt and reads the state of its report. */
export function askState(container, { city, actions }) {
  const wrong = slip("receipt-slip");
  const field = h("input", { class: "input code", dir: "ltr", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", "aria-describedby": "receipt-hint receipt-slip" });
  const refused = ({ status }) => {
    wrong.textContent = status === 404 || status === 401 ? say("state.unknown") : inWords({ status });
    if (!wrong.isConnected) container.append(wrong);
    return null;
  };
  const read = async (event) => {
    event?.preventDefault();
    const secret = readSecret(field.value);
    field.setAttribute("aria-invalid", String(!secret));
    wrong.textContent = secret ? "" : say("state.wrong");
    if (!secret) return field.focus();
    const told = await readState(city, secret).catch(refused);
    return told && show(container, actions, { city, secret, told, again: () => read() });
  };
  fill(container, h("form", { onsubmit: read, novalidate: true },
    h("label", { class: "field" }, h("span", {}, say("state.ask")), field),
    h("p", { class: "quiet small", id: "receipt-hint" }, say("state.hint")), wrong));
  actions(h("button", { type: "button", class: "button primary", onclick: read }, say("state.read")));
}
