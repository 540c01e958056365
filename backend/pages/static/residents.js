// The residents' web app: one question a screen, and the receipt at the end.

import { cities, places } from "./shared/city.js";
import { byId, fill, h } from "./shared/dom.js";
import { ask, ofCity } from "./shared/http.js";
import { language, say } from "./shared/words.js";
import { showReceipt } from "./residents/after.js";
import { begunDraft, forgetDraft, forgetReceipt, keepDraft, unkeptReceipt } from "./residents/begun.js";
import { clearDraft, newDraft } from "./residents/draft.js";
import { leadTo, watchForLeaving } from "./residents/forget.js";
import { takeWords } from "./residents/form.js";
import { fillIntro } from "./residents/intro.js";
import { keepShell, takeNewest } from "./residents/keeper.js";
import { readState, sendAll, waiting } from "./residents/send.js";
import { begunCard, keepCard, keepOnePlaceInHistory, leaveNote, receiptCard, waitingCardNow, watchForOffer } from "./residents/shell.js";
import { askState } from "./residents/state.js";
import { stepsFor } from "./residents/steps.js";

const app = { cities: [], city: null, draft: null, begun: null, unkept: null, leave: null, atIntro: false, pause: 0, again: null };

/** Show a screen: title, content, and the actions at the thumb. */
async function show({ title, above, build, intro = false }) {
  app.leave?.();
  app.leave = null;
  app.atIntro = intro;
  const content = h("div", { class: "content" });
  const bar = h("div", { class: "actions" });
  const heading = h("h1", { tabindex: "-1" }, title);
  fill(byId("screen"), above ?? null, heading, content, bar);
  byId("tongues").hidden = !intro;
  document.body.classList.toggle("intro", intro);
  scrollTo(0, 0);
  if (!intro) heading.focus();
  app.leave = (await build(content, bar)) ?? null;
}

const button = (words, onclick, more = "") => h("button", { type: "button", class: `button ${more}`, onclick }, words);

/** Show one question; going on is possible when it is answered, or skipped where it may be. */
function showStep(at) {
  const { draft } = app;
  const steps = stepsFor(draft);
  const step = steps[at];
  const goTo = (key) => showStep(stepsFor(draft).findIndex((one) => one.key === key));
  const back = button(say("form.back"), () => (at === 0 ? showIntro() : showStep(at - 1)), "back");
  document.body.classList.toggle("child", draft.form === "child");
  draft.step = step.key;
  const keep = () => { if (at > 0) keepDraft(draft); };
  keep();
  show({
    title: step.title(draft),
    above: h("p", { class: "progress" }, say("form.progress", { step: at + 1, steps: steps.length })),
    build: (content, bar) => {
      const next = button(say("form.next"), () => showStep(at + 1), "primary");
      const hint = h("p", { class: "need small quiet", id: "need" });
      const changed = () => {
        const ready = step.ready?.(draft) ?? true;
        next.disabled = !ready;
        next.textContent = say(step.skips?.(draft) ? (step.skipWords ?? "form.skip") : "form.next");
        hint.textContent = ready ? "" : (step.need?.(draft) ?? "");
        hint.hidden = !hint.textContent;
        keep();
      };
      fill(bar, step.need ? hint : null, back, next);
      changed();
      const actions = (primary) => fill(bar, back, primary);
      return step.fill(content, { draft, city: app.city, places: app.city.places, changed, next: () => next.click(), goTo, actions, onSent, onWaiting: () => onSent(null) });
    },
  });
}

/** The receipt of a report that has arrived, or that waits on this phone (null). */
function onSent(report) {
  const { draft, city } = app;
  if (!report) sendAgainLater();
  const done = async () => {
    await forgetUnkept(draft.id);
    clearDraft(draft);
    showIntro();
  };
  const title = draft.form === "child" ? "child.thanks" : report ? "receipt.title" : "waiting.title";
  show({
    title: say(title),
    build: (content, bar) => showReceipt(content, { draft, report, city, actions: (...primary) => fill(bar, primary), onDone: done }),
  });
}

function showStateScreen() {
  show({
    title: say("state.title"),
    build: (content, bar) => {
      const back = button(say("form.back"), showIntro, "back");
      askState(content, { city: app.city.id, actions: (primary) => fill(bar, back, primary) });
    },
  });
}

async function choose(id) {
  const [about, found] = await Promise.all([ask(ofCity(id, `?language=${language}`)), places(id)]);
  app.city = { ...about, places: found };
  takeWords(about);
  app.draft = newDraft(id);
  leadTo(about.leave_url);
  keepShell(id).catch(() => null); // without it, the page needs a connection
}

function showIntro() {
  document.body.classList.remove("child");
  return show({
    title: say("form.title"),
    intro: true,
    build: (content, bar) => {
      fillIntro(content, bar, {
        cities: app.cities,
        city: app.city,
        onCity: async (id) => { await choose(id); showIntro(); },
        onStart: (form) => { app.draft.form = form; showStep(0); },
        onReceipt: showStateScreen,
      });
      content.append(...[keepCard(), leaveNote()].filter(Boolean));
      return tellWhatIsHere(content);
    },
  });
}

/** Above the first screen: what was begun on this phone, and what waits. */
async function tellWhatIsHere(content) {
  const place = h("div", { class: "here", id: "here" });
  content.prepend(place);
  const begun = app.begun && begunCard({ onGoOn: goOn, onForget: async () => { await forgetBegun(); showIntro(); } });
  const unkept = app.unkept && receiptCard({ onShow: showUnkept, onForget: async () => { await forgetUnkept(app.unkept.id); showIntro(); } });
  fill(place, unkept, begun, await waitingCardNow(showIntro));
}

/** The receipt of a report whose page went away before the receipt was kept. */
async function showUnkept() {
  const { city, secret } = app.unkept;
  if (city !== app.city.id) await choose(city);
  const report = await readState(city, secret).catch(() => null);
  app.draft = { ...newDraft(city), ...app.unkept };
  onSent(report && { ...report, help_lines: app.city.help_lines });
}

/** Forget one receipt; another may still wait to be kept. */
async function forgetUnkept(id) {
  await forgetReceipt(id);
  app.unkept = await unkeptReceipt();
}

async function forgetBegun() {
  if (app.begun) clearDraft(app.begun);
  app.begun = null;
  await forgetDraft();
}

async function goOn() {
  const { begun } = app;
  if (begun.city !== app.city.id) await choose(begun.city);
  app.begun = null;
  app.draft = begun;
  showStep(Math.max(0, stepsFor(begun).findIndex(({ key }) => key === begun.step)));
}

/** Send what waits, whenever there is reason to hope; another tab may do so at the same time. */
async function sendWhatWaits() {
  clearTimeout(app.again);
  const before = await waiting();
  const after = before.length ? await sendAll() : before;
  // The worker, or another tab, may have been first.
  const stale = after.length !== before.length || (!after.length && byId("waiting"));
  if (app.atIntro && stale) showIntro();
  if (after.some(({ refused }) => !refused)) sendAgainLater();
  else app.pause = 0;
}

function sendAgainLater() {
  app.pause = Math.min(2 * app.pause || 4000, 300_000);
  clearTimeout(app.again);
  app.again = setTimeout(sendWhatWaits, app.pause);
}

function watchForConnection() {
  addEventListener("online", sendWhatWaits);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sendWhatWaits(); });
}

function failed(problem) {
  const words = say(problem.status === 0 ? "base.offline" : "base.failed");
  fill(byId("screen"), h("h1", {}, say("form.title")), h("p", { class: "note bad", role: "alert" }, words),
    button(say("base.again"), start, "primary"));
}

async function start() {
  try {
    await takeNewest();
    app.cities = await cities();
    const asked = new URLSearchParams(location.hash.slice(1)).get("city");
    [app.begun, app.unkept] = await Promise.all([begunDraft(), unkeptReceipt()]);
    const city = app.cities.find(({ id }) => id === (asked ?? app.begun?.city)) ?? app.cities[0];
    if (!city) return fill(byId("screen"), h("h1", {}, say("form.title")), h("p", { class: "note" }, say("form.no_city")));
    await choose(city.id);
    await showIntro();
    sendWhatWaits();
  } catch (problem) {
    failed(problem);
  }
  document.documentElement.dataset.ready = "true";
  return null;
}

watchForLeaving(() => app.draft);
watchForOffer();
watchForConnection();
keepOnePlaceInHistory();
start();
