// What the first screen adds for this phone: what was begun, what waits, and a place on the home screen.

import { h, icon } from "../shared/dom.js";
import { language, say } from "../shared/words.js";
import { waitingCard } from "./intro.js";
import { installed } from "./keeper.js";
import { forgetAll, sendAll, waiting } from "./send.js";

const root = document.documentElement;
let offer = null; // the browser's own way to install, while it has one

/** Hold the browser's offer to install back until it is asked for. */
export function watchForOffer() {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event;
    document.getElementById("keep-add")?.removeAttribute("hidden");
  });
  addEventListener("appinstalled", () => { offer = null; document.getElementById("keep")?.remove(); });
}

/** The card of a draft that outlived its page: {onGoOn, onForget}. */
export function begunCard({ onGoOn, onForget }) {
  return h("section", { class: "card begun", id: "begun", "aria-labelledby": "begun-title" },
    h("h2", { id: "begun-title" }, say("app.begun")),
    h("p", { class: "small quiet" }, say("app.begun.what")),
    h("div", { class: "row" },
      h("button", { type: "button", class: "button primary", onclick: onGoOn }, say("app.begun.on")),
      h("button", { type: "button", class: "button", onclick: onForget }, icon("trash-2"), say("app.begun.forget"))));
}

/** The card of a receipt that was not kept yet: {onShow, onForget}. */
export function receiptCard({ onShow, onForget }) {
  return h("section", { class: "card begun", id: "unkept", "aria-labelledby": "unkept-title" },
    h("h2", { id: "unkept-title" }, say("app.receipt")),
    h("p", { class: "small quiet" }, say("app.receipt.what")),
    h("div", { class: "row" },
      h("button", { type: "button", class: "button primary", onclick: onShow }, icon("receipt-text"), say("app.receipt.show")),
      h("button", { type: "button", class: "button", onclick: onForget }, icon("trash-2"), say("app.begun.forget"))));
}

/** The card of what waits, or null; `anew` draws the screen again. */
export async function waitingCardNow(anew) {
  const items = await waiting();
  if (!items.length) return null;
  const send = async () => {
    const left = await sendAll();
    if (left.some(({ refused }) => !refused)) throw Object.assign(new Error("still waiting"), { status: 0 });
    anew();
  };
  const refusals = [...new Set(items.map(({ refused }) => refused).filter(Boolean))];
  const open = items.some(({ refused }) => !refused);
  return waitingCard({ count: items.length, open, refusals, send, forget: async () => { await forgetAll(); anew(); } });
}

function addButton(name) {
  const add = async () => {
    const { outcome } = await offer.prompt().then(() => offer.userChoice);
    if (outcome === "accepted") offer = null;
  };
  return h("button", { type: "button", class: "button primary", id: "keep-add", hidden: !offer, onclick: add }, icon("smartphone"), say("app.keep.add", { name }));
}

/** A choice of names; taking another one opens the page again under it, so that the browser installs just that. */
function faces() {
  const face = (code, key) => {
    const address = `/?lang=${language}${code && `&as=${code}`}${location.hash}`;
    const chosen = (root.dataset.as ?? "") === code;
    const input = h("input", { type: "radio", name: "face", value: code || "open", checked: chosen, onchange: () => location.replace(address) });
    return h("label", { class: "chip" }, input, h("span", {}, say(key)));
  };
  return h("fieldset", { class: "chips" }, h("legend", { class: "visually-hidden" }, say("app.keep")),
    face("", "app.keep.open"), face("notes", "app.keep.neutral"));
}

/** How to keep the app on this phone, under the name that the resident chooses; null when it is there. */
export function keepCard() {
  if (installed()) return null;
  const name = say(root.dataset.as ? "app.neutral" : "app.name");
  return h("details", { class: "more", id: "keep", open: Boolean(root.dataset.as) }, h("summary", {}, say("app.keep")),
    h("p", {}, say("app.keep.what")), faces(), h("p", { class: "small quiet" }, say("app.keep.honest")),
    addButton(name), h("p", { class: "small" }, say("app.keep.menu", { name })));
}

/** What "Leave now" does. */
export const leaveNote = () => h("p", { class: "small quiet", id: "leave-note" }, say("app.leave"));

/** Own addresses replace each other, so that the way back never leads through this page. */
export function keepOnePlaceInHistory() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const own = link && new URL(link.href).origin === location.origin && !link.download && !link.target;
    if (!own || link.getAttribute("href").startsWith("#") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    location.replace(link.href);
  });
}
