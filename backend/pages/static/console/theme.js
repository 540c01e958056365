// Light or dark: as the system says, dark from sunset to sunrise in the city, or as somebody chose for this tab.

import { byId } from "../shared/dom.js";
import { say } from "../shared/words.js";
import { cityCentre } from "./context.js";

const REMEMBERED = "farola.console.theme";
const CHOICES = ["auto", "light", "dark"];
const DAY_MS = 86_400_000;
const RADIANS = Math.PI / 180;
const HORIZON = -0.833;
const EVERY_MS = 5 * 60_000;
const system = matchMedia("(prefers-color-scheme: dark)");

/**
 * Whether the sun is below the horizon: the declination and equation of time in Spencer's short series (1971), good to
 * a few minutes, which is all a colour needs.
 */
export function isNight([lon, lat], at = new Date()) {
  const day = (at - Date.UTC(at.getUTCFullYear(), 0, 1)) / DAY_MS;
  const turn = (2 * Math.PI * day) / 365;
  const declination = 0.006918 - 0.399912 * Math.cos(turn) + 0.070257 * Math.sin(turn) - 0.006758 * Math.cos(2 * turn) + 0.000907 * Math.sin(2 * turn);
  const equation = 229.18 * (0.000075 + 0.001868 * Math.cos(turn) - 0.032077 * Math.sin(turn) - 0.014615 * Math.cos(2 * turn) - 0.040849 * Math.sin(2 * turn));
  const minutes = at.getUTCHours() * 60 + at.getUTCMinutes() + equation + 4 * lon;
  const angle = (minutes / 4 - 180) * RADIANS;
  const height = Math.sin(lat * RADIANS) * Math.sin(declination) + Math.cos(lat * RADIANS) * Math.cos(declination) * Math.cos(angle);
  return Math.asin(height) / RADIANS < HORIZON;
}

const chosen = () => sessionStorage.getItem(REMEMBERED) ?? "auto";

function apply() {
  const centre = cityCentre();
  const dark = system.matches || (centre !== null && isNight(centre));
  const theme = chosen() === "auto" ? (dark ? "dark" : "light") : chosen();
  document.documentElement.dataset.theme = theme;
  byId("theme-said").textContent = say(`console.theme.${chosen()}`);
}

function turn() {
  sessionStorage.setItem(REMEMBERED, CHOICES[(CHOICES.indexOf(chosen()) + 1) % CHOICES.length]);
  apply();
}

/** Follow the sun over the city, once it is known which. */
export const followTheme = apply;

byId("theme").addEventListener("click", turn);
system.addEventListener("change", apply);
setInterval(apply, EVERY_MS);
apply();
