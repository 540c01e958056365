// What was decided lately and can still be reversed: a new event with a reason, and the report is decided anew.

import { byId, fill, h } from "../shared/dom.js";
import { nameOf, say } from "../shared/words.js";
import * as door from "./door.js";
import { now } from "./now.js";
import { refusing, teller } from "./window.js";
import { reasonName, shortDay, titleOf } from "./wording.js";

const LONGEST_NOTE = "500";
const SAID = { 0: "base.offline", 403: "console.decided.colleague", 404: "console.problem.conflict", 409: "console.decided.late" };

const tell = teller("decided-said");
const refused = refusing(tell, SAID);

function about(report) {
  const told = say("console.context.by", { who: report.by, day: shortDay(report.decided_on) });
  return h("div", {}, h("strong", {}, titleOf(report)), h("p", { class: "quiet small" }, `${nameOf("state", report.state)}: ${nameOf("reason", report.reason)} · ${told}`));
}

/** The reason, a note for colleagues and the button, in the place of the row's own button. */
function asking(report, onReversed) {
  const options = now.session.reasons.reverse.map((reason) => h("option", { value: reason.code }, reasonName(reason)));
  const reason = h("select", { class: "input", "aria-label": say("console.decided.why") }, options);
  const note = h("input", { class: "input", maxlength: LONGEST_NOTE, autocomplete: "off", "aria-label": say("console.bar.note"), placeholder: say("console.bar.note") });
  const form = h("form", { class: "inline-form" }, reason, note, h("button", { class: "button primary" }, say("console.bar.reverse")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const told = { reason: reason.value, ...(note.value.trim() ? { note: note.value.trim() } : {}) };
    try {
      await door.reverse(report.id, told);
      byId("decided").close();
      onReversed(report.id);
    } catch (problem) {
      refused(problem);
    }
  });
  return form;
}

function row(report, onReversed) {
  const item = h("li", {}, about(report));
  const open = h("button", { type: "button", class: "button" }, say("console.bar.reverse"));
  open.addEventListener("click", () => {
    const form = asking(report, onReversed);
    open.replaceWith(form);
    form.querySelector("select").focus();
  });
  item.append(open);
  return item;
}

export async function openDecided(onReversed) {
  const list = byId("decided-list");
  fill(list);
  tell(say("console.decided.loading"));
  byId("decided").showModal();
  try {
    const { reports } = await door.readDecided();
    fill(list, reports.map((report) => row(report, onReversed)));
    tell(reports.length ? "" : say("console.decided.none"));
    (list.querySelector("button") ?? byId("decided").querySelector("form button")).focus();
  } catch (problem) {
    refusing(tell, { 0: SAID[0] })(problem);
  }
}
