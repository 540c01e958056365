// The log-in form; it is skipped when this tab still has a session.

import { cities } from "../shared/city.js";
import { byId, fill, h } from "../shared/dom.js";
import { say } from "../shared/words.js";
import { lastCity, logIn, resume } from "./door.js";

const SAID = { 0: "base.offline", 401: "console.login.wrong", 503: "console.login.busy" };
const known = { cities: [], enter: null };

const chosenCity = () => known.cities.find(({ id }) => id === byId("city").value);

async function loadCities() {
  if (known.cities.length) return;
  known.cities = await cities();
  const options = known.cities.map(({ id, name }) => h("option", { value: id, selected: id === lastCity() }, name));
  fill(byId("city"), options);
}

function tell(sentence) {
  byId("login-said").textContent = sentence;
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
    await known.enter(city, session);
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
  if (session) await known.enter(city, session);
  return Boolean(session);
}

/** Show the form, unless a session is still running and nothing was said against it. */
export async function offerLogIn(enter, said = "") {
  known.enter = enter;
  try {
    await loadCities();
    if (!said && known.first !== false) {
      known.first = false;
      if (await stillIn()) return;
    }
  } catch {
    said = say("base.failed");
  }
  byId("login").hidden = false;
  tell(said);
  byId("name").focus();
}

byId("login").addEventListener("submit", submit);
