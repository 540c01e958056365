// Leaving at once: what was typed is forgotten, and a harmless page takes this page's place.

import { byId, fill } from "../shared/dom.js";
import { forgetDraft, forgetReceipts } from "./begun.js";
import { clearDraft } from "./draft.js";
import { forgetShell } from "./keeper.js";
import * as vault from "./vault.js";

const PRESSES = 3;
const WITHIN = 2000; // ms

/** Go, without waiting for anything: the key of what was typed is the first thing that is deleted. */
function leave(draft) {
  const link = byId("leave");
  if (!link) return; // on the way already
  forgetDraft();
  forgetReceipts();
  vault.shut();
  forgetShell();
  if (draft) clearDraft(draft);
  const { href } = link;
  fill(document.body);
  document.title = "";
  location.replace(href);
}

function encrypted(address) {
  try {
    return new URL(address).protocol === "https:";
  } catch {
    return false;
  }
}

/** Where to: a page of the city's choice, if it has one that is encrypted; else the app's own. */
export function leadTo(address) {
  const link = byId("leave");
  link.dataset.standard ??= link.href;
  link.href = encrypted(address) ? address : link.dataset.standard;
}

/** Listen for the button, and for Escape three times in a row. */
export function watchForLeaving(draftNow) {
  let presses = [];
  byId("leave").addEventListener("click", (event) => { event.preventDefault(); leave(draftNow()); });
  document.addEventListener("keydown", ({ key, timeStamp, repeat }) => {
    if (repeat) return;
    presses = key === "Escape" ? [...presses, timeStamp].slice(-PRESSES) : [];
    if (presses.length === PRESSES && timeStamp - presses[0] < WITHIN) leave(draftNow());
  }, true);
}
