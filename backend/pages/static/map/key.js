// One line of the key to what a list or a picture shows.

import { h } from "../shared/dom.js";

export function key(kind, words) {
  return h("li", {}, h("span", { class: `swatch ${kind}`, "aria-hidden": "true" }), h("span", {}, words));
}
