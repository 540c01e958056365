// How the work goes, in figures that tell of no one report and no one moderator.

import { byId } from "../shared/dom.js";
import { number, say } from "../shared/words.js";

/** Seconds as people say them: under a minute, then minutes. */
function took(seconds) {
  return seconds < 60 ? say("console.figures.seconds", { count: number(Math.round(seconds)) }) : say("console.figures.minutes", { count: number(Math.round(seconds / 60)) });
}

/** One line below how much waits; what it means is in its title. */
export function showFigures(told) {
  const rate = told.action_rate === null ? null : `${Math.round(told.action_rate * 100)} %`;
  const line = [
    say("console.figures.came", { today: number(told.came_today), yesterday: number(told.came_yesterday) }),
    rate && say("console.figures.rate", { rate, count: number(told.decided) }),
    told.handling_s !== null && say("console.figures.took", { time: took(told.handling_s) }),
  ].filter(Boolean).join(" · ");
  byId("queue-figures").textContent = line;
  byId("queue-figures").title = `${line}. ${say("console.figures.what")}`;
}
