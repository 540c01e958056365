// What outlives a reload for a day: a draft while it is filled in, and receipts until they are kept elsewhere.
// Both are locked away, and forgotten on leaving.

import { forget, shownAgain } from "./photos.js";
import { attemptName } from "./receipt.js";
import * as vault from "./vault.js";

const DRAWER = "draft";
const RECEIPT = "receipt";
const WHOLE = "whole";
const A_DAY = 24 * 3600 * 1000;

let next = null; // the latest state that is not locked away yet
let writing = null;

async function keepPhoto(photo, there) {
  if (there.has(photo.kept)) return;
  photo.kept = attemptName();
  await vault.put(DRAWER, photo.kept, new Uint8Array(await photo.blob.arrayBuffer()));
}

async function write(draft) {
  const { photos, ...rest } = draft;
  const there = new Set(await vault.names(DRAWER));
  for (const photo of photos) await keepPhoto(photo, there);
  const known = photos.map(({ blob, preview, ...about }) => about);
  await vault.putValue(DRAWER, WHOLE, { at: Date.now(), draft: { ...rest, photos: known } });
  const used = new Set([WHOLE, ...photos.map(({ kept }) => kept)]);
  await vault.drop(DRAWER, ...(await vault.names(DRAWER)).filter((name) => !used.has(name)));
}

async function writeAll() {
  while (next) {
    const draft = next;
    next = null;
    await write(draft).catch(() => null); // what cannot be kept is still on the screen
  }
  writing = null;
}

/** Lock the draft away as it is now; many calls in a row become few writes. */
export function keepDraft(draft) {
  next = draft;
  writing ??= writeAll();
  return writing;
}

/** Forget what was locked away: at once, and once more when what was being written has come to its end. */
export async function forgetDraft() {
  next = null;
  const emptied = vault.empty(DRAWER);
  await writing;
  await emptied;
  await vault.empty(DRAWER);
}

/** Lock the receipt of a report away until the resident says that it is kept. */
export function keepReceipt({ id, city, secret, form }) {
  return vault.putValue(RECEIPT, id, { at: Date.now(), receipt: { id, city, secret, form, photos: [] } });
}

/** Forget the receipt of one report. */
export function forgetReceipt(id) {
  return vault.drop(RECEIPT, id);
}

/** Forget every receipt that was locked away; asked for without waiting. */
export function forgetReceipts() {
  return vault.empty(RECEIPT);
}

/** What was locked away within the last day, or null; a phone's clock may be set right meanwhile, in both directions. */
async function withinADay(drawer, name) {
  const found = await vault.getValue(drawer, name);
  return found && Math.abs(Date.now() - found.at) <= A_DAY ? found : null;
}

/** A receipt of a report that was sent within the last day and not kept yet: {id, city, secret, form, photos}, or null. */
export async function unkeptReceipt() {
  for (const name of await vault.names(RECEIPT)) {
    const found = await withinADay(RECEIPT, name);
    if (found) return found.receipt;
    await forgetReceipt(name);
  }
  return null;
}

async function withBlob(photo) {
  const bytes = await vault.get(DRAWER, photo.kept);
  return bytes && shownAgain(photo, bytes);
}

/** The draft that was begun within the last day, or null; an older one is forgotten. */
export async function begunDraft() {
  const found = await withinADay(DRAWER, WHOLE);
  if (!found) {
    await vault.empty(DRAWER);
    return null;
  }
  const photos = (await Promise.all(found.draft.photos.map(withBlob))).filter(Boolean);
  return { ...found.draft, photos };
}
