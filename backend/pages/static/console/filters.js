// Which part of the queue is worked on: chosen in a window of its own, so that nothing moves; the next report comes from it.

import { byId, fill, h } from "../shared/dom.js";
import { nameOf, say } from "../shared/words.js";
import { cityAreas } from "./context.js";

const form = JSON.parse(byId("form").textContent);
const AGES = [3, 7, 14];
const STATES = ["in_review", "second_look", "appealed", "escalated", "quarantined"];
const URGENT = "2";
const DAY_MS = 86_400_000;

const ago = (days) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

function choice(name, key, options, value) {
  const all = h("option", { value: "", selected: !value }, say("console.filter.any"));
  const rest = options.map(([code, text]) => h("option", { value: code, selected: code === value }, text));
  return h("label", { class: "field" }, h("span", {}, say(key)), h("select", { class: "input", name }, all, rest));
}

function fields(wanted) {
  const categories = [...new Set(Object.values(form.categories).flat())].map((code) => [code, nameOf("category", code)]);
  return [
    choice("category", "console.filter.category", categories, wanted.category),
    choice("area", "console.filter.area", cityAreas().map(({ code, name }) => [code, name]), wanted.area),
    choice("received_until", "console.filter.age", AGES.map((days) => [ago(days), say("console.filter.older", { count: days })]), wanted.received_until),
    choice("overdue", "console.filter.due", [["true", say("console.filter.overdue")]], wanted.overdue),
    choice("flag", "console.filter.flag", form.flags.map((flag) => [flag, say(`console.flag.${flag}`)]), wanted.flag),
    choice("urgency_from", "console.filter.urgency", [[URGENT, say("console.filter.urgent")]], wanted.urgency_from),
    choice("state", "console.filter.state", STATES.map((state) => [state, say(`console.filter.${state}`)]), wanted.state),
  ];
}

function showHowMany(wanted) {
  const count = Object.entries(wanted).filter(([name, value]) => value && name !== "language").length;
  byId("filter").classList.toggle("on", count > 0);
  byId("filter-count").textContent = count ? String(count) : "";
}

/** Open the window; what is chosen holds from when it closes. */
export function openFilters(now, apply) {
  const dialog = byId("filters");
  const inner = h("form", { method: "dialog" });
  const done = (wanted) => {
    now.wanted = { language: now.wanted.language, ...wanted };
    showHowMany(now.wanted);
    dialog.close();
    apply();
  };
  inner.addEventListener("submit", (event) => {
    event.preventDefault();
    done(Object.fromEntries(new FormData(inner)));
  });
  const none = h("button", { type: "button", class: "button", onclick: () => done({}) }, say("console.filter.none"));
  fill(inner, fields(now.wanted), h("div", { class: "row-buttons" }, h("button", { class: "button primary" }, say("console.filter.apply")), none));
  fill(byId("filters-body"), inner);
  dialog.showModal();
  inner.querySelector("select").focus();
}
