// The first screen: what this is, who sees what, what still waits on this phone, and the ways in.

import { fill, h, icon } from "../shared/dom.js";
import { language, number, say } from "../shared/words.js";
import { emergencyNote, slip, whoSees } from "./parts.js";

function cityField({ cities, city, onCity }) {
  if (cities.length < 2) return null;
  const options = cities.map(({ id, name }) => h("option", { value: id, selected: id === city.id }, name));
  const onchange = (event) => onCity(event.target.value);
  return h("label", { class: "field" }, h("span", {}, say("form.city")), h("select", { class: "input", onchange }, options));
}

/**
 * A small card of what was written without a connection: {count, open, refusals, send, forget}. `open` says whether
 * any of it can still be sent, `refusals` why others were refused. `send` answers when all has left or throws; `forget`
 * destroys what waits. Both then call for the screen anew, the caller's part.
 */
export function waitingCard({ count, open, refusals, send, forget }) {
  const wrong = slip("waiting-slip");
  const asking = h("div", {});
  const now = h("button", { type: "button", class: "button", hidden: !open }, icon("send"), h("span", {}, say("waiting.send")));
  const tryNow = async () => {
    now.disabled = true;
    wrong.textContent = "";
    try {
      await send();
    } catch (problem) {
      wrong.textContent = say(problem.status === 0 ? "waiting.offline" : "base.failed");
      now.disabled = false;
    }
  };
  now.addEventListener("click", tryNow);
  const sure = () => {
    const no = h("button", { type: "button", class: "button", onclick: () => fill(asking) }, say("waiting.forget.no"));
    const yes = h("button", { type: "button", class: "button refuse", onclick: forget }, say("waiting.forget.yes"));
    fill(asking, h("div", { class: "note bad" }, h("p", {}, say("waiting.forget.sure")), h("div", { class: "row" }, no, yes)));
    no.focus();
  };
  return h("section", { class: "card waiting", id: "waiting", "aria-labelledby": "waiting-title" },
    h("h2", { id: "waiting-title" }, icon("hourglass"), h("span", {}, say(count === 1 ? "waiting.one" : "waiting.many", { count: number(count) }))),
    h("p", { class: "small quiet" }, say("waiting.what")),
    h("div", { class: "row" }, now, h("button", { type: "button", class: "button", onclick: sure }, icon("trash-2"), say("waiting.forget"))),
    wrong, asking, refusals.map((detail) => h("p", { class: "slip" }, say("form.check.refused", { detail }))));
}

/** Fill the first screen; the hooks say what happens next: onCity(id), onStart(form), onReceipt(). */
export function fillIntro(content, bar, hooks) {
  const { city, onStart, onReceipt } = hooks;
  const way = (drawing, key, onclick) => h("button", { type: "button", class: "button way", onclick }, drawing, h("span", {}, say(key)));
  fill(content, h("p", { class: "lead" }, say("form.intro")), cityField(hooks), emergencyNote(city), whoSees(city),
    h("nav", { class: "ways", "aria-label": say("form.intro.ways") },
      way(icon("smile"), "child.enter", () => onStart("child")),
      way(icon("receipt-text"), "form.intro.receipt", onReceipt),
      h("a", { class: "button way", href: `/map?lang=${language}#city=${city.id}` }, icon("map"), h("span", {}, say("form.intro.map"))),
      h("a", { class: "button way", href: `/privacy?lang=${language}` }, icon("lock"), h("span", {}, say("form.intro.kept")))));
  fill(bar, h("button", { type: "button", class: "button primary", onclick: () => onStart("standard") }, say("form.start")));
}
