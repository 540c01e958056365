// What every window over the desk does: it says how something went, and a refusal in words of its own.

import { byId, h } from "../shared/dom.js";
import { say } from "../shared/words.js";
import { now } from "./now.js";

/** Says a sentence in the window's own line; `id` is that of the line. */
export const teller = (id) => (sentence, kind = "") => {
  const said = byId(id);
  said.className = `small ${kind}`;
  said.textContent = sentence;
};

/** Tells what was refused by its status, in the words of `said`; without a session the desk is left. */
export const refusing = (tell, said) => (problem) => {
  if (problem.status === 401) return now.leave(say("console.login.ended"));
  return tell(say(said[problem.status] ?? "base.failed", { field: problem.field ?? "" }), "bad");
};

/** Makes of a task what a button does with it. */
export const attempting = (refused) => (task) => () => task().catch(refused);

/** A choice of one among codes and their names. */
export function picker(name, key, options) {
  const choices = options.map(([code, text]) => h("option", { value: code }, text));
  return h("label", { class: "field" }, h("span", {}, say(key)), h("select", { class: "input", name }, choices));
}
