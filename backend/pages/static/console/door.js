// The review API as the console uses it: the session's cookie travels by itself, its second secret by hand.

import { ask, ofCity } from "../shared/http.js";

const REMEMBERED = "farola.console.city";
const ATTENDED_MS = 60_000;
const door = { city: null, csrf: "", touched: 0 };

// What the page asks by itself does not keep a session awake that nobody sits before.
for (const kind of ["keydown", "pointerdown", "pointermove", "wheel"]) {
  addEventListener(kind, () => (door.touched = Date.now()), { capture: true, passive: true });
}

function call(method, path, body, { extra = {}, ...more } = {}) {
  const headers = { "X-CSRF-Token": door.csrf, ...extra };
  if (Date.now() - door.touched > ATTENDED_MS) headers["X-Unattended"] = "1";
  if (body) headers["Content-Type"] = "application/json";
  const options = { method, headers, credentials: "same-origin", body: body && JSON.stringify(body), ...more };
  return ask(ofCity(door.city, `/review/${path}`), options);
}

function keep(session) {
  door.csrf = session.csrf;
  return session;
}

/** The city this tab last worked in; nothing else is remembered in the browser. */
export const lastCity = () => sessionStorage.getItem(REMEMBERED);

export const remember = (city) => sessionStorage.setItem(REMEMBERED, city);
export const readWays = (city) => ask(ofCity(city, "/review/ways"));
export const oidcAddress = (city, lang) => ofCity(city, `/review/oidc?${new URLSearchParams({ lang })}`);

export async function logIn(city, name, password) {
  door.city = city;
  const session = keep(await call("POST", "session", { name, password }));
  remember(city);
  return session;
}

/** The running session after the page was loaded anew; a Problem when there is none. */
export async function resume(city) {
  door.city = city;
  return keep(await call("GET", "session"));
}

const proving = (method, path) => async (body) => keep(await call(method, path, body));

export const sendCode = proving("POST", "session/code");
export const sendKey = proving("POST", "session/key");
export const sayAgain = proving("POST", "session/password");
export const addKey = proving("POST", "factors/keys");
export const askKey = () => call("POST", "session/key-challenge");
export const readFactors = () => call("GET", "factors");
export const offerApp = () => call("POST", "factors/apps");
export const confirmApp = (id, code) => proving("POST", `factors/apps/${id}/code`)({ code });
export const offerKey = () => call("POST", "factors/key-challenge");
export const removeFactor = (id) => call("DELETE", `factors/${id}`);

export const logOut = () => call("DELETE", "session");

/** The part of the queue that is wanted, as a query; nothing chosen is nothing asked. */
function query(wanted, more = {}) {
  const told = Object.entries({ ...more, ...wanted }).filter(([, value]) => value);
  return told.length ? `?${new URLSearchParams(told)}` : "";
}

export const readQueue = (wanted) => call("GET", `queue${query(wanted, { limit: "100" })}`);
export const claimNext = (wanted) => call("POST", `claim-next${query(wanted)}`);
export const claim = (id) => call("POST", `reports/${id}/claim`);
export const undo = (id) => call("POST", `reports/${id}/undo`);

export const readFigures = () => call("GET", "figures");
export const readNear = (id) => call("GET", `reports/${id}/near`);
export const readDecided = () => call("GET", "decided");
export const reverse = (id, told) => call("POST", `reports/${id}/reversal`, told);
export const decideMany = (told) => call("POST", "bulk-decision", told);

export const readOpenings = () => call("GET", "openings");
export const askOpening = (id, told) => call("POST", `reports/${id}/openings`, told);
export const answerOpening = (id, grant) => call("POST", `openings/${id}/answer`, { grant });
export const readOpened = (id) => call("GET", `openings/${id}/content`);
export const openedPhoto = (id) => ofCity(door.city, `/review/openings/${id}/photo`);

export const readPractice = () => call("GET", "practice");
export const answerPractice = (told) => call("POST", "practice", told);
export const readAgreement = () => call("GET", "agreement");
export const readFairness = (month) => call("GET", `fairness?month=${encodeURIComponent(month)}`);
export const readNotes = () => call("GET", "city-notes");
export const writeNote = (told) => call("POST", "city-notes", told);
export const publishNote = (id) => call("POST", `city-notes/${id}/publish`, { quotes_no_report: true });
export const withdrawNote = (id) => call("POST", `city-notes/${id}/withdraw`);
export const readTrail = (part) => call("GET", `trail${query(part)}`);
export const readWithdrawals = () => call("GET", "withdrawals");
export const askWithdrawal = (told) => call("POST", "withdrawals", told);
export const answerWithdrawal = (id, grant) => call("POST", `withdrawals/${id}/answer`, { grant });
export const readLayers = () => ask(ofCity(door.city, "/layers"));

export const readUnanswered = () => call("GET", "messages");
export const readMessages = (id) => call("GET", `reports/${id}/messages`);
export const sendMessage = (id, key, text) => call("POST", `reports/${id}/messages`, { text }, { extra: { "Idempotency-Key": key } });

const withLease = (action) => (held, told = {}, more = {}) =>
  call("POST", `reports/${held.report.id}/${action}`, { lease: held.lease.token, ...told }, more);

export const heartbeat = withLease("heartbeat");
export const release = withLease("release-claim");
export const decide = withLease("decision");
export const tryAgain = withLease("try-again");
export const addMask = (held, photo, told) => withLease(`photos/${photo}/masks`)(held, told);
export const liftMask = (held, photo, number, reason) => withLease(`photos/${photo}/masks/${number}/lift`)(held, { reason });
