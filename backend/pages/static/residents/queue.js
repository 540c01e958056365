// Reports on their way: locked away on this phone before they leave it, taken out when they have arrived.
//
// Each keeps the name of its attempt, so that a report that is sent twice is the same report. Runs in the
// page and in its worker alike; locks of the browser keep two tabs from sending the same at once.

import { postBatch, postReport, readState, sendPhoto } from "./wire.js";
import * as vault from "./vault.js";

const DRAWER = "queue";
const AT_ONCE = 50;

const alone = (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work());
const photoName = (id, at) => `${id}.${at + 1}`;
const save = (item) => vault.putValue(DRAWER, item.id, item, true);

/** No connection, too many at once, something broken for now. */
const busy = ({ status }) => [0, 408, 423, 425, 429].includes(status) || status >= 500;

/**
 * Whether a refusal of a report passes with time: also a proof that came too late or was spent, and an attempt that
 * the server has not ended yet. That a receipt is taken never passes.
 */
export function passes(problem) {
  return busy(problem) || problem.field === "Altcha" || (problem.status === 409 && problem.field !== "receipt");
}

async function all() {
  const names = await vault.names(DRAWER);
  const items = await Promise.all(names.filter((name) => !name.includes(".")).map((id) => vault.getValue(DRAWER, id)));
  return items.filter(Boolean).sort((one, other) => one.made - other.made);
}

/** Take a report out, with its photos. */
export async function remove(id) {
  const names = await vault.names(DRAWER);
  await vault.drop(DRAWER, ...names.filter((name) => name === id || name.startsWith(`${id}.`)));
}

/** Lock a report away: {id, city, secret, text, key, photos: [{blob}]}. True when it outlasts this page. */
export async function add({ id, city, secret, text, key, photos }) {
  await remove(id);
  const kept = [];
  for (const [at, { blob }] of photos.entries()) {
    kept.push(await vault.put(DRAWER, photoName(id, at), new Uint8Array(await blob.arrayBuffer())));
  }
  const pieces = photos.map(() => ({ upload: null, arrived: false }));
  kept.push(await vault.putValue(DRAWER, id, { id, city, secret, text, key, photos: pieces, report: null, refused: null, made: Date.now() }));
  return kept.every(Boolean);
}

async function took(item, report) {
  if (item.photos.length) await save({ ...item, report: report.id });
  else await remove(item.id);
}

/** The answer to an earlier attempt that was lost on its way, or null. */
async function arrivedBefore({ city, secret }, problem) {
  if (passes(problem) || ![409, 422].includes(problem.status)) return null;
  return readState(city, secret).catch(() => null);
}

async function hand(item) {
  try {
    const report = await postReport(item.city, item);
    await took(item, report);
    return report;
  } catch (problem) {
    const report = await arrivedBefore(item, problem);
    if (!report) throw problem;
    await took(item, report);
    return report;
  }
}

/** Send one report now: {id, city, secret, text, key}; the server's answer, or a Problem. It stays locked away until it has arrived. */
export function send(entry) {
  // Another tab may have been quicker; sent again, it is answered the same.
  return alone("reports", async () => hand((await vault.getValue(DRAWER, entry.id)) ?? { ...entry, photos: [] }));
}

async function settle(item, { status, body }) {
  if (status < 300) return took(item, body);
  const problem = { status, ...body };
  if (passes(problem)) return null;
  const report = await arrivedBefore(item, problem);
  return report ? took(item, report) : save({ ...item, refused: body.detail ?? String(status) });
}

async function handOne(item) {
  try {
    await hand(item);
  } catch (problem) {
    if (!("status" in problem)) throw problem; // no answer of the server
    await settle(item, { status: problem.status, body: { detail: problem.message, field: problem.field } });
  }
}

async function handOneByOne(items) {
  for (const item of items) await handOne(item);
}

async function handSome(items) {
  if (items.length === 1) return handOneByOne(items);
  let answers;
  try {
    answers = await postBatch(items[0].city, items);
  } catch (problem) {
    if (passes(problem) || !("status" in problem)) throw problem;
    return handOneByOne(items); // so that each has an answer of its own
  }
  for (const answer of answers) await settle(items.find(({ key }) => key === answer.key), answer);
  return null;
}

/** Every report that has not been taken yet: one by itself, several of a city with one proof. */
async function handAll() {
  const fresh = (await all()).filter(({ report, refused }) => !report && !refused);
  for (const city of new Set(fresh.map((item) => item.city))) {
    const own = fresh.filter((item) => item.city === city);
    for (let at = 0; at < own.length; at += AT_ONCE) await handSome(own.slice(at, at + AT_ONCE));
  }
}

async function finishPhoto(item, at) {
  const photo = item.photos[at];
  const bytes = await vault.get(DRAWER, photoName(item.id, at));
  const onUpload = (upload) => { photo.upload = upload; return save(item); };
  try {
    if (bytes) await sendPhoto({ ...item, name: String(at + 1), bytes, upload: photo.upload, onUpload });
  } catch (problem) {
    if (busy(problem)) throw problem;
    photo.refused = true;
  }
  photo.arrived = true;
  await save(item);
  await vault.drop(DRAWER, photoName(item.id, at));
}

/** Send the photos of a report that has arrived; `tell` hears the number of the one on its way. How many were refused. */
export function finish(id, tell = () => {}) {
  return alone(`photos ${id}`, async () => {
    const item = await vault.getValue(DRAWER, id);
    if (!item?.report) return 0;
    for (const [at, photo] of item.photos.entries()) {
      if (photo.arrived) continue;
      tell(at + 1);
      await finishPhoto(item, at);
    }
    await remove(id);
    return item.photos.filter(({ refused }) => refused).length;
  });
}

/** What waits: [{id, city, sent, refused, photos}], without a word of what was told. */
export async function waiting() {
  return (await all()).map(({ id, city, report, refused, photos }) => {
    const left = photos.filter(({ arrived }) => !arrived).length;
    return { id, city, sent: Boolean(report), refused, photos: left };
  });
}

/** Send all that waits, and its photos; `tell` hears the number of each photo on its way. What still waits then. */
export async function sendAll(tell) {
  try {
    await alone("reports", handAll);
    for (const { id, sent } of await waiting()) if (sent) await finish(id, tell);
  } catch (problem) {
    if (!("status" in problem)) throw problem;
  }
  return waiting();
}

/** Forget all that waits; the key goes first, at once. */
export function forgetAll() {
  return vault.empty(DRAWER);
}
