// Sentences that are ready to be sent: in the report's own language, chosen by what they say in the reader's.

import { byId, h } from "../shared/dom.js";
import { say } from "../shared/words.js";

const replies = JSON.parse(byId("form").textContent).replies;
const QUESTIONS = ["where", "when", "what", "photo"];
const ANSWERS = ["thanks", "heard", "repair", "help", "another"];

function written(language, code) {
  return (replies[language] ?? replies.en)[`reply.${code}`];
}

/** A list of sentences; the one that is chosen is written into the field, where it can be changed before it is sent. */
export function templatesFor(language, field, verdict = null) {
  const codes = verdict === "ask" ? QUESTIONS : verdict ? ANSWERS : [...QUESTIONS, ...ANSWERS];
  const options = codes.map((code) => h("option", { value: code }, say(`console.reply.${code}`)));
  const select = h("select", { class: "input templates", "aria-label": say("console.reply") }, h("option", { value: "" }, say("console.reply")), options);
  select.addEventListener("change", () => {
    if (!select.value) return;
    const room = Number(field.getAttribute("maxlength"));
    field.value = [field.value.trim(), written(language, select.value)].filter(Boolean).join(" ").slice(0, room);
    select.value = "";
    field.dispatchEvent(new Event("input"));
    field.focus();
  });
  return select;
}
