// The second step of a log-in, wherever it is asked for: a code of an app, a security key, or either.

import { fill, h, icon } from "../shared/dom.js";
import { say } from "../shared/words.js";
import { signed } from "./credential.js";
import * as door from "./door.js";

const SAID = { 0: "base.offline", 403: "console.second.wrong", 429: "console.login.often" };

/** A field for six digits. */
export function codeField() {
  const told = { class: "input", name: "code", inputmode: "numeric", autocomplete: "one-time-code", pattern: "[0-9]{6}", maxlength: "6", required: true };
  const input = h("input", told);
  return { input, field: h("label", { class: "field" }, h("span", {}, say("console.second.code")), input) };
}

async function withKey() {
  const { options } = await door.askKey();
  return door.sendKey(await signed(options));
}

/** Ask for it inside an element; `done(session)` goes on, `ended()` when the log-in itself ran out. */
export function askSecond(place, session, tell, { done, ended }) {
  const run = (action, waiting = "") => async (event) => {
    event?.preventDefault();
    tell(waiting);
    try {
      const next = await action();
      tell("");
      done(next);
    } catch (problem) {
      if (problem.status === 401) ended();
      else tell(say("status" in problem ? (SAID[problem.status] ?? "base.failed") : "console.second.wrong"));
    }
  };
  const { input, field } = codeField();
  const form = h("form", {}, field, h("button", { class: "button primary" }, say("console.second.enter")));
  form.addEventListener("submit", run(() => door.sendCode({ code: input.value })));
  const byKey = h("button", { type: "button", class: "button", onclick: run(withKey, say("console.second.touch")) }, icon("key-round"), h("span", {}, say("console.second.key")));
  const has = (kind) => session.factors.includes(kind);
  fill(place, has("totp") ? form : null, has("key") ? byKey : null);
  place.querySelector("input, button").focus();
}
