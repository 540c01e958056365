// The map as a picture: to save it, and because a printer cannot print a canvas that a graphics card drew.

import { byId } from "../shared/dom.js";
import { dayInWords, say } from "../shared/words.js";

const NAME = /[^a-z0-9-]+/g;

function drawn(map) {
  map.redraw();
  return map.getCanvas().toDataURL("image/png");
}

/** Save what the map shows now as a PNG, named after what is looked at. */
export function savePicture(map, { city, layer, period }) {
  const link = document.createElement("a");
  link.href = drawn(map);
  link.download = `${[city, layer, period].join("-").toLowerCase().replace(NAME, "-")}.png`;
  link.click();
}

/** Put a picture of the map, and the day, where only the printer sees them. */
export function preparePrint(map) {
  const image = byId("printed");
  image.src = map ? drawn(map) : "";
  image.hidden = !map;
  byId("printed-on").textContent = say("map.printed_on", { day: dayInWords(new Date().toISOString()) });
}
