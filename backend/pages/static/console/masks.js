// The masks of a photo: a box is drawn on the redacted picture by pointer or arrow keys, and covered; or a mask is lifted.

import { byId, fill, h } from "../shared/dom.js";
import { say } from "../shared/words.js";
import { boxOf, drawing } from "./drawing.js";
import * as door from "./door.js";
import { teller } from "./window.js";

const { add: TO_ADD, lift: TO_LIFT } = JSON.parse(byId("form").textContent).masks;
const SAID = { 0: "base.offline", 403: "console.problem.forbidden", 404: "console.masks.gone", 409: "console.masks.conflict", 422: "console.masks.outside" };
const open = { now: null, photo: null, board: null, changed: false };

const tell = teller("masks-said");

/** The answer takes the photo's place: it is shown again once a worker has made it anew. */
function taken(answer, said) {
  Object.assign(open.photo, answer);
  open.changed = true;
  byId("masks-stage").replaceChildren(h("p", { class: "quiet remade" }, say("console.masks.remade")));
  fill(byId("masks-tools"));
  tell(say(said));
}

async function attempt(task, said) {
  try {
    taken(await task(), said);
  } catch (problem) {
    tell(say(SAID[problem.status] ?? "base.failed"), "bad");
  }
}

const reasons = (family, codes) => codes.map((code) => h("option", { value: code }, say(`console.masks.${family}.${code}`)));

function cover() {
  const select = h("select", { class: "input", "aria-label": say("console.masks.why") }, reasons("add", TO_ADD));
  const form = h("form", { class: "inline-form" }, h("h3", {}, say("console.masks.cover.title")), open.board.fields, select, h("button", { class: "button primary" }, say("console.masks.cover")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const box = boxOf(open.board);
    if (!box) return tell(say("console.masks.draw"), "bad");
    return attempt(() => door.addMask(open.now.held, open.photo.name, { ...box, reason: select.value }), "console.masks.covered");
  });
  return form;
}

function maskName(mask) {
  return mask.kind === "added" ? say(`console.masks.add.${mask.reason}`) : say(`console.masks.kind.${mask.kind}`);
}

function lifting(mask, number) {
  const select = h("select", { class: "input", "aria-label": say("console.masks.lift.why", { number: number + 1 }) }, reasons("lift", TO_LIFT));
  const button = h("button", { type: "button", class: "button" }, say("console.masks.lift"));
  button.addEventListener("click", () => attempt(() => door.liftMask(open.now.held, open.photo.name, number, select.value), "console.masks.lifted"));
  return h("li", {}, h("span", {}, `${number + 1} ${maskName(mask)}`), select, button);
}

function lifts() {
  const standing = open.photo.masks.map((mask, number) => [mask, number]).filter(([mask]) => !mask.lifted);
  const list = h("ol", { class: "mask-list" }, standing.map(([mask, number]) => lifting(mask, number)));
  return h("section", {}, h("h3", {}, say("console.masks.lift.title")), standing.length ? list : h("p", { class: "quiet" }, say("console.masks.none")));
}

function showPhoto(photo) {
  open.photo = photo;
  open.board = drawing(photo);
  fill(byId("masks-stage"), open.board.stage);
  fill(byId("masks-tools"), cover(), lifts());
  tell("");
}

function chooser(photos) {
  if (photos.length < 2) return null;
  const button = (photo) => h("button", { type: "button", class: "button", onclick: () => showPhoto(photo) }, say("console.masks.photo", { name: photo.name }));
  return photos.map(button);
}

/** Open the window on the first photo that is shown, or on the one that was chosen. */
export function openMasks(now, readAnew, name = null) {
  const photos = now.held.report.photos.filter(({ url }) => url);
  const photo = photos.find((one) => one.name === name) ?? photos[0];
  if (!photo) return;
  Object.assign(open, { now, changed: false });
  fill(byId("masks-photos"), chooser(photos));
  showPhoto(photo);
  const dialog = byId("masks");
  dialog.showModal();
  open.board.stage.focus();
  dialog.addEventListener("close", () => open.changed && readAnew(), { once: true });
}
