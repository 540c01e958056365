// The small card of one region: its range, its period, and what it cannot tell.

import { byId, fill, h, icon } from "../shared/dom.js";
import { number, say } from "../shared/words.js";
import { isScore } from "./classes.js";
import { notesOf } from "./notes.js";
import { crossName, extentOf, periodInWords, placeOf, rangeOf } from "./wording.js";

/** Show the card of a region; `onClose` is called when it is closed. */
export function showCard(region, view, onClose) {
  const card = byId("card");
  const place = region.part === "area" ? "" : placeOf(region, view.areas);
  const crossed = view.cross === null ? "" : crossName(view.layer, view.cross);
  fill(
    card,
    h("button", { type: "button", class: "button plain close", onclick: onClose }, icon("x"), h("span", {}, say("base.close"))),
    h("p", { class: "range" }, rangeOf(region, view)),
    h("p", { class: "where" }, [crossed, place, extentOf(region, view.areas)].filter(Boolean).join(" · ")),
    h("p", { class: "quiet" }, say("map.card.period", { period: periodInWords(view.period) })),
    sureness(region, view),
    h("p", { class: "small" }, say(region.shown ? "map.card.cannot" : "map.card.none_why")),
    notesOf(region, view),
  );
  card.hidden = false;
}

// What is shown passes this many reports, or so many standard errors: then it is hardly ever noise alone.
const FEWEST = 8;

/** How certain a number is, or from how many reports on one would be told here. */
function sureness(region, { layer, cross, tilejson }) {
  if (!region.shown) {
    const count = Math.max(FEWEST, Math.ceil(tilejson.farola.k * region.se));
    return Number.isFinite(count) ? h("p", { class: "quiet small" }, say("map.card.from", { count: number(count) })) : null;
  }
  if (isScore({ layer, cross })) return h("p", { class: "quiet small" }, say("map.card.sure"));
  const { estimate, se } = region;
  return h("p", { class: "quiet small" }, say("map.sum.error", { estimate: number(estimate), se: number(se) }));
}

/** Put the card away. */
export function hideCard() {
  byId("card").hidden = true;
}
