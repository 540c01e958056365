// What the resident has answered so far.

import { language } from "../shared/words.js";
import { forget } from "./photos.js";
import { attemptName, newSecret, replyKey, shown } from "./receipt.js";
import { sentPlace } from "./where.js";

/** An empty draft for a city. */
export function newDraft(city) {
  return {
    id: attemptName(),
    city,
    secret: newSecret(),
    attempt: null,
    form: "standard",
    place: null,
    placed: false, // by an act of the resident: the middle of the city is nobody's place
    how: "map", // or "area": a district as a whole
    area: null,
    area_code: null,
    reach: null,
    coarse: null,
    closer: false, // a child's choice to be more exact
    view: null,
    kind: null,
    day: null,
    daypart: null,
    categories: new Set(),
    audit: {},
    text: "",
    setting: {},
    photos: [],
    about: {},
    forward: false,
    exact: false,
  };
}

/** Forget everything in a draft. */
export function clearDraft(draft) {
  draft.photos.forEach(forget);
  Object.assign(draft, newDraft(draft.city));
}

function settingOf({ setting }) {
  const stop = setting.stop?.trim();
  const { stop: _, ...rest } = setting;
  return stop ? { ...rest, stop } : rest;
}

/** The report as it is sent. */
export function body(draft) {
  const audit = draft.kind === "audit";
  const { coordinates, accuracy_m } = sentPlace(draft);
  const setting = settingOf(draft);
  return {
    ...(draft.form === "child" ? { form: "child" } : {}),
    kind: draft.kind,
    categories: audit ? [] : [...draft.categories],
    location: { type: "Point", coordinates },
    accuracy_m,
    occurred_on: draft.day,
    daypart: draft.daypart,
    language,
    ...(draft.text.trim() ? { text: draft.text.trim() } : {}),
    ...(Object.keys(setting).length ? { setting } : {}),
    ...(audit ? { audit: draft.audit } : {}),
    ...(Object.keys(draft.about).length ? { about_me: draft.about } : {}),
    photos: draft.photos.map(({ size, sha256 }, at) => ({ name: String(at + 1), size, sha256 })),
    receipt: shown(draft.secret),
    reply_key: replyKey(draft.secret),
    ...(draft.kind === "condition" ? { consent_forward: draft.forward } : {}),
  };
}

/** The name of the attempt to send exactly this: the same for a retry, a new one after a change. */
export function attemptFor(draft, text) {
  if (draft.attempt?.text !== text) draft.attempt = { text, name: attemptName() };
  return draft.attempt.name;
}

/** A day of the calendar on this phone, as "2026-11-20"; `back` days ago. */
export function localDay(back = 0) {
  const day = new Date();
  day.setDate(day.getDate() - back);
  const two = (part) => String(part).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
