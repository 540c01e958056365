// Sending, as the screens ask for it. A report is locked away on this phone before it leaves, so that a
// reload or a break changes nothing; what follows a report is asked for with its secret.

import { ask, ofCity, Problem } from "../shared/http.js";
import { forgetDraft, forgetReceipt, keepDraft, keepReceipt } from "./begun.js";
import { attemptFor, body } from "./draft.js";
import { sendLater } from "./keeper.js";
import * as queue from "./queue.js";
import { authorization } from "./receipt.js";

export { readState } from "./wire.js";
export { forgetAll, sendAll, waiting } from "./queue.js";

function entryOf(draft) {
  const { id, city, secret, photos } = draft;
  const text = JSON.stringify(body(draft));
  return { id, city, secret, photos, text, key: attemptFor(draft, text) };
}

async function lockAway(draft, entry) {
  const kept = await queue.add(entry);
  if (!kept) return false;
  await keepReceipt(draft);
  await forgetDraft();
  return true;
}

async function takeBack(draft) {
  await queue.remove(draft.id);
  await forgetReceipt(draft.id);
  await keepDraft(draft);
}

/**
 * Send the report; a retry of the same report is the same report.
 *
 * Throws a Problem. With `problem.waits` the report stays locked away and goes by itself when the
 * connection is back. Otherwise it was refused, and can be changed.
 */
export async function sendReport(draft) {
  const entry = entryOf(draft);
  const kept = await lockAway(draft, entry);
  try {
    return await queue.send(entry);
  } catch (problem) {
    problem.waits = kept && queue.passes(problem);
    if (problem.waits) sendLater();
    else await takeBack(draft);
    throw problem;
  }
}

/** Send the photos that have not arrived yet; `tell` hears the number of the one on its way. Throws when one was refused. */
export async function sendPhotos(draft, report, tell) {
  draft.refused ||= await queue.finish(draft.id, tell);
  if (draft.refused) throw new Problem(422);
}

/** Take a report back. */
export function withdraw(city, secret) {
  return ask(ofCity(city, "/receipt"), { method: "DELETE", headers: authorization(secret) });
}

/** Ask that somebody else decides about a report that was refused: {state}. */
export function appeal(city, secret) {
  return ask(ofCity(city, "/receipt/appeal"), { method: "POST", headers: authorization(secret) });
}

const read = (path) => (city, secret) => ask(ofCity(city, `/receipt${path}`), { headers: authorization(secret) });

/** What was told, sealed to the receipt: {sealed}; `openReply` opens it. */
export const readOwnReport = read("/report");

/** The messages with the moderators: {messages: [{number, from, on, sealed}]}. */
export const readMessages = read("/messages");

/** The proof that a report was filed. */
export const readProof = read("/proof");

/** Write to the moderators; `key` names the attempt, so that a retry is the same message. */
export function sendMessage(city, secret, text, key) {
  return ask(ofCity(city, "/receipt/messages"), {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": `"${key}"`, ...authorization(secret) },
    body: JSON.stringify({ text }),
  });
}
