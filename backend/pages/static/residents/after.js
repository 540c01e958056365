// After sending: the receipt, what happens next and until when, and whom to call.

import { fill, h, icon } from "../shared/dom.js";
import { dayInWords, number, say } from "../shared/words.js";
import { FORM } from "./form.js";
import { agree, emergencyPhone, helpLines } from "./parts.js";
import { grouped, written } from "./receipt.js";
import { sendPhotos } from "./send.js";

/** Hand over a file; its name says nothing. */
export function saveAsFile(text, name = "notes.txt", type = "text/plain") {
  const address = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

async function copy(symbols, status) {
  try {
    await navigator.clipboard.writeText(symbols);
    status.textContent = say("receipt.copied");
  } catch {
    status.textContent = say("receipt.not_copied");
  }
}

function receiptCard(symbols, label, lead = null) {
  const status = h("span", { role: "status", class: "small" });
  const canCopy = Boolean(navigator.clipboard);
  return h("section", { class: "card receipt" },
    h("h2", {}, label),
    lead && h("p", {}, lead),
    h("p", { class: "symbols", id: "receipt", dir: "ltr" }, symbols.split("-").map((group) => h("span", {}, group))),
    h("div", { class: "row" },
      canCopy ? h("button", { type: "button", class: "button", onclick: () => copy(symbols, status) }, icon("copy"), say("receipt.copy")) : null,
      h("button", { type: "button", class: "button", onclick: () => saveAsFile(`${say("receipt.file")}\n\n${symbols}\n`) }, icon("download"), say("receipt.save")), status),
    h("p", { class: "small quiet" }, say("receipt.write")));
}

const plain = (typed) => typed.toUpperCase().replace(/[\s-]/g, "").replace(/[IL]/g, "1").replace(/O/g, "0");

/** Whoever kept the receipt says so by a tick, or by typing its last group back. */
function confirmation(symbols, words, onKept) {
  const last = plain(symbols.split("-").at(-1));
  const box = agree(words("kept"), null, false, onKept);
  const typed = h("input", { class: "input code last-group", dir: "ltr", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: "6" });
  typed.addEventListener("input", () => {
    if (plain(typed.value) !== last) return;
    box.querySelector("input").checked = true;
    onKept(true);
  });
  return [box, h("label", { class: "field" }, h("span", {}, words("last_group")), typed)];
}

function photoProgress(draft, report) {
  const line = h("p", { class: "note", role: "status", id: "photo-progress" });
  const count = number(draft.photos.length);
  const go = async () => {
    line.textContent = say("receipt.photos_left");
    try {
      await sendPhotos(draft, report, (at) => { line.textContent = `${say("form.check.photo", { name: number(at), count })}. ${say("receipt.photos_left")}`; });
      line.textContent = say("receipt.photos_done");
      line.classList.add("good");
    } catch {
      const again = h("button", { type: "button", class: "button", onclick: go }, icon("refresh-cw"), say("base.again"));
      fill(line, h("span", {}, say("receipt.photo_failed")), " ", again);
    }
  };
  go();
  return line;
}

/** A day so many days after another, "2026-11-20" to "2026-12-20". */
function after(day, days) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function untilWhen(received) {
  const until = (key, days) => h("li", {}, say(`receipt.until.${key}`, { day: dayInWords(after(received, days)) }));
  return h("section", {}, h("h2", {}, say("receipt.until")),
    h("ul", {}, until("words", FORM.kept.words), until("receipt", FORM.kept.receipt)));
}

function whatNext() {
  const items = [[icon("eraser"), "remove"], [icon("user-round-check"), "read"], [icon("grid-2x2"), "map"], [icon("phone-off"), "not"]];
  return h("section", { class: "who" }, h("h2", {}, say("receipt.next")),
    h("ol", {}, items.map(([drawing, key]) => h("li", {}, drawing, h("span", {}, say(`receipt.next.${key}`))))));
}

function childrensWords(city) {
  const line = (drawing, key) => h("li", {}, drawing, h("span", {}, say(key, { phone: emergencyPhone(city) })));
  return h("section", { class: "who" }, h("ul", {},
    line(icon("heart"), "child.thanks.fault"), line(icon("users-round"), "child.thanks.adult"),
    line(icon("user-round-check"), "child.thanks.read"), line(icon("phone"), "child.thanks.nobody")));
}

function help(lines, child) {
  if (!lines?.length) return null;
  return h("section", {}, h("h2", {}, say(child ? "child.help" : "receipt.help")),
    child ? h("p", {}, say("child.help.lead")) : null, helpLines(lines, child ? "children" : null));
}

/**
 * The screen with the receipt of a report. `report` is the server's answer, or null when the report waits on this phone
 * for a connection; the help lines then are the city's own.
 */
export function showReceipt(container, { draft, report, city, actions, onDone }) {
  const child = draft.form === "child";
  const words = (key) => say(child ? `child.receipt.${key}` : `receipt.${key}`);
  const symbols = grouped(written(draft.secret));
  const done = h("button", { type: "button", class: "button primary", disabled: true, onclick: onDone }, say("receipt.done"));
  const need = h("p", { class: "need small quiet" }, words("need"));
  const onKept = (kept) => { done.disabled = !kept; need.hidden = kept; };
  const lines = report?.help_lines ?? city?.help_lines;
  fill(container,
    child ? help(lines, child) : null,
    report ? null : h("p", { class: "note" }, say("waiting.what")),
    child ? null : h("p", {}, say("receipt.lead")),
    child ? receiptCard(symbols, say("child.receipt"), say("child.receipt.lead")) : receiptCard(symbols, say("receipt.label")),
    confirmation(symbols, words, onKept),
    report && draft.photos.length ? photoProgress(draft, report.id) : null,
    child ? childrensWords(city) : whatNext(),
    report ? untilWhen(report.received_on) : null,
    child ? null : help(lines, child));
  actions(need, done);
}
