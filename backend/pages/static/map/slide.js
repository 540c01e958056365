// The periods of a layer as a slider beside their list, oldest on the left.

import { byId } from "../shared/dom.js";
import { periodInWords } from "./wording.js";

const FEWEST = 3; // with fewer a list says all

/** Set the slider to the period looked at; it is hidden where there are hardly any. */
export function showSlide(periods, period) {
  const slide = byId("slide");
  slide.hidden = periods.length < FEWEST;
  slide.max = String(periods.length - 1);
  slide.value = String(periods.indexOf(period));
  slide.setAttribute("aria-valuetext", periodInWords(period));
}

/** The period that the slider stands at. */
export function periodOfSlide(periods) {
  return periods[Number(byId("slide").value)];
}
