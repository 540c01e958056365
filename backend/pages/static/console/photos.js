// Photos under a veil: grey and blurred until somebody holds them, and veiled again at once after.

import { h } from "../shared/dom.js";
import { say } from "../shared/words.js";

const HOLD_KEYS = new Set([" ", "Enter"]);

function lift(button, up) {
  button.classList.toggle("lifted", up);
}

function holdable(button) {
  button.addEventListener("pointerdown", () => lift(button, true));
  for (const name of ["pointerup", "pointerleave", "pointercancel", "blur", "contextmenu"]) {
    button.addEventListener(name, () => lift(button, false));
  }
  button.addEventListener("keydown", (event) => {
    if (!HOLD_KEYS.has(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    lift(button, true);
  });
  button.addEventListener("keyup", (event) => {
    if (HOLD_KEYS.has(event.key)) lift(button, false);
  });
  return button;
}

function veiled(photo, act) {
  const image = h("img", { src: photo.url, alt: "", width: photo.width, height: photo.height, draggable: "false" });
  const name = h("span", { class: "visually-hidden" }, say("console.report.photo", { name: photo.name }));
  const hint = h("span", { class: "photo-hint" }, say("console.report.look"), h("kbd", { "aria-hidden": "true" }, "V"));
  const button = h("button", { type: "button", class: "photo" }, image, name, " ", hint);
  const covered = say("console.report.covered", { count: photo.masks.filter(({ lifted }) => !lifted).length });
  const masks = h("button", { type: "button", class: "button plain tight", onclick: () => act("masks") }, say("console.bar.masks"), h("kbd", { "aria-hidden": "true" }, "I"));
  return h("figure", {}, holdable(button), h("figcaption", { class: "quiet small" }, h("span", {}, covered), masks));
}

function withheld(photo) {
  const words = photo.state === "received" ? "console.report.remade" : photo.reason === "heic" ? "console.report.withheld_heic" : "console.report.withheld";
  return h("p", { class: "withheld quiet small" }, say(words, { name: photo.name }));
}

export function photosOf(report, act) {
  if (!report.photos.length) return null;
  const shown = report.photos.map((photo) => (photo.url ? veiled(photo, act) : withheld(photo)));
  return h("section", { class: "photos" }, h("h3", {}, say("console.report.photos")), h("div", { class: "photo-row" }, shown));
}

/** Lift or lower the veil of every photo: the key that is held. */
export function liftAll(up) {
  for (const button of document.querySelectorAll(".photo")) lift(button, up);
}
