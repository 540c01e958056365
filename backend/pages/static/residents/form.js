// The lists of the form, as the page carries them in a block of data, and what hangs on the kind of a report.

import { language, learn, say } from "../shared/words.js";

export const FORM = JSON.parse(document.getElementById("form").textContent);

/** Take over how a city calls things in the visitor's language: {words: {[language]: {names, audit, child}}}. */
export function takeWords(city) {
  const { names = {}, audit = {}, child = {} } = city.words?.[language] ?? {};
  const own = {};
  for (const [family, called] of Object.entries(names)) {
    for (const [code, name] of Object.entries(called)) own[`name.${family}.${code}`] = name;
  }
  for (const [question, { name, levels }] of Object.entries(audit)) {
    own[`name.question.${question}`] = name;
    levels.forEach((level, at) => { own[`audit.${question}.${at}`] = level; });
  }
  for (const [code, name] of Object.entries(child)) own[`child.category.${code}`] = name;
  learn(own);
}

/** How a level of a question of the audit is called. */
export const levelName = (question, level) => say(`audit.${question}.${level}`);

/** Whether "about me" is counted for a kind, and so asked. */
export const tellsOfPeople = (kind) => kind === "incident" || kind === "condition";

/** Another kind asks other questions; answers to the old ones go. */
export function takeKind(draft, kind) {
  if (draft.kind === kind) return;
  draft.categories.clear();
  Object.assign(draft, { kind, audit: {}, forward: false, exact: false });
  if (!tellsOfPeople(kind)) draft.about = {};
}
