// Keys of the console. They do nothing while somebody types, and nothing together with Ctrl, Alt or the like.

import { liftAll } from "./photos.js";

const TYPED = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

function inert(event) {
  const typing = event.target instanceof Element && event.target.closest(TYPED);
  return Boolean(typing) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
}

/** `press(key, event)` is asked for every key that is not typed into something; true means it was used. */
export function listen(press) {
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target instanceof Element && event.target.matches(TYPED)) {
      event.target.blur();
      event.preventDefault();
      return;
    }
    if (inert(event) || document.querySelector("dialog[open]")) return;
    if (event.key.toLowerCase() === "v") {
      liftAll(true);
      return;
    }
    if (event.repeat && !"jk".includes(event.key)) return;
    if (press(event.key.length === 1 ? event.key.toLowerCase() : event.key, event)) event.preventDefault();
  });
  addEventListener("keyup", (event) => {
    if (event.key.toLowerCase() === "v") liftAll(false);
  });
  addEventListener("blur", () => liftAll(false));
}
