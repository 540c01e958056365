// The log-in form; it is skipped when this tab still has a session.

import { cities } from "../shared/city.js";
import { byId, fill, h } from "../shared/dom.js";
import { language, say } from "../shared/words.js";
import { lastCity, logIn, logOut, oidcAddress, readWays, remember, resume } from "./door.js";
import { openFactors } from "./factors.js";
import { askSecond } from "./second.js";

const SAID = { 0: "base.offline", 401: "console.login.wrong", 429: "console.login.often", 503: "console.login.busy" };
// How the way to the city's own log-in ended, behind the # of the address.
const BACK = { "#refused": "console.login.refused", "#away": "console.login.away" };
const known = { cities: [], enter: null };

const chosenCity = () => known.cities.find(({ id }) => id === byId("city").value);

async function loadCities() {
  if (known.cities.length) return;
  known.cities = await cities();
  const options = known.cities.map(({ id, name }) => h("option", { value: id, selected: id === lastCity() }, name));
  fill(byId("city"), options);
}

/** The button of the city's own log-in, where it has one. */
async function showWays() {
  const city = chosenCity();
  const ways = city && (await readWays(city.id).catch(() => null));
  if (city !== chosenCity()) return;
  byId("oidc").hidden = !ways?.oidc;
  if (!ways?.oidc) return;
  byId("oidc").href = oidcAddress(city.id, language);
  byId("oidc-name").textContent = ways.oidc_name ? say("console.login.oidc.named", { name: ways.oidc_name }) : say("console.login.oidc");
}

function tell(sentence) {
  byId("login-said").textContent = sentence;
}

function begin(said = "") {
  byId("second").hidden = true;
  byId("login").hidden = false;
  tell(said);
  byId("name").focus();
}

function askForSecond(city, session) {
  byId("login").hidden = true;
  byId("second").hidden = false;
  const say2 = (sentence) => (byId("second-said").textContent = sentence);
  const ended = () => begin(say("console.login.ended"));
  say2("");
  askSecond(byId("second-body"), session, say2, { done: (next) => goOn(city, next), ended });
}

/** A city may require a second factor: who has none adds one before anything else. */
function enrolFirst(city) {
  let next = null;
  const window = byId("factors");
  const leave = (said) => {
    next = { said };
    window.close();
  };
  window.addEventListener("close", () => (next?.step ? goOn(city, next) : giveUp(next?.said)), { once: true });
  byId("login").hidden = true;
  openFactors((session) => {
    next = session;
    window.close();
  }, leave);
}

async function giveUp(said = "") {
  await logOut().catch(() => null);
  begin(said);
}

/** A session goes on where its log-in stands. */
async function goOn(city, session) {
  if (session.step === "factor") return askForSecond(city, session);
  if (session.step === "enrol") return enrolFirst(city);
  byId("second").hidden = true;
  return known.enter(city, session);
}

async function submit(event) {
  event.preventDefault();
  const button = byId("login").querySelector("button");
  if (button.disabled) return;
  button.disabled = true;
  tell("");
  try {
    const city = chosenCity();
    const session = await logIn(city.id, byId("name").value, byId("password").value);
    byId("password").value = "";
    await goOn(city, session);
  } catch (problem) {
    tell(say(SAID[problem.status] ?? "base.failed"));
  } finally {
    button.disabled = false;
  }
}

async function stillIn() {
  const city = known.cities.find(({ id }) => id === lastCity());
  if (!city) return false;
  const session = await resume(city.id).catch(() => null);
  if (session) await goOn(city, session);
  return Boolean(session);
}

/** Show the form, unless a session is still running and nothing was said against it. */
export async function offerLogIn(enter, said = "") {
  known.enter = enter;
  said ||= BACK[location.hash] ? say(BACK[location.hash]) : "";
  if (location.hash in BACK) history.replaceState(null, "", location.pathname + location.search);
  try {
    await loadCities();
    showWays();
    if (!said && known.first !== false) {
      known.first = false;
      if (await stillIn()) return;
    }
  } catch {
    said = say("base.failed");
  }
  begin(said);
}

byId("city").addEventListener("change", showWays);
byId("oidc").addEventListener("click", () => remember(chosenCity().id));
byId("second-back").addEventListener("click", () => giveUp());
byId("login").addEventListener("submit", submit);
