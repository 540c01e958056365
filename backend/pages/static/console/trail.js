// The trail: who did what and when, by pseudonym, newest first. It is read, never written, from here.

import { byId, fill, h } from "../shared/dom.js";
import { language, nameOf, say } from "../shared/words.js";
import * as door from "./door.js";
import { attempting, refusing, teller } from "./window.js";

const SHORT_ID = 8;
const PAGE = 50;
const moment = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

const tell = teller("trail-said");
const attempt = attempting(refusing(tell, { 0: "base.offline" }));

/** What was done, in words; codes that have none show themselves. */
function details({ verdict, reason, report, layer, period }) {
  const judged = [verdict && say(`console.bar.${verdict}`), reason && nameOf("reason", reason)].filter(Boolean).join(": ");
  const release = layer && `${nameOf("layer", layer)} ${period}`;
  return [judged, release, report && say("console.trail.report", { report: String(report).slice(0, SHORT_ID) })].filter(Boolean).join(" · ");
}

function row({ at, by, entry }) {
  const when = h("time", { datetime: at, class: "quiet small" }, moment.format(new Date(at)));
  const what = h("div", {}, h("strong", {}, say(`console.trail.${entry.what}`)), h("p", { class: "quiet small" }, details(entry)));
  return h("li", {}, what, h("div", { class: "trail-who" }, h("span", {}, by ?? say("console.trail.nobody")), when));
}

async function read(before) {
  const { entries } = await door.readTrail(before ? { before } : {});
  byId("trail-list").append(...entries.map(row));
  const last = entries.at(-1);
  const more = h("button", { type: "button", class: "button", onclick: attempt(() => read(last.sequence)) }, say("console.trail.more"));
  fill(byId("trail-more"), entries.length === PAGE ? more : null);
  tell(byId("trail-list").childElementCount ? "" : say("console.trail.none"));
  if (before) byId("trail-list").children[byId("trail-list").childElementCount - entries.length]?.scrollIntoView({ block: "nearest" });
}

export function openTrail() {
  fill(byId("trail-list"));
  fill(byId("trail-more"));
  tell(say("console.decided.loading"));
  byId("trail").showModal();
  byId("trail-list").focus();
  return attempt(() => read())();
}
