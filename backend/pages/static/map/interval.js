// A number with its uncertainty as a picture: a line from low to high and a dot between; the words stand beside it.

import { draw } from "../shared/dom.js";

const [WIDTH, HEIGHT, PAD] = [120, 16, 4];

/** The scale on which some intervals ({low, high}) and zero are seen. */
export function scaleOf(intervals) {
  const from = Math.min(0, ...intervals.map(({ low }) => low));
  const to = Math.max(0.001, ...intervals.map(({ high }) => high));
  return (value) => PAD + ((WIDTH - 2 * PAD) * (value - from)) / (to - from);
}

/** Draw one interval: `kind` names its colour in the style sheet. */
export function interval({ low, high }, middle, scale, kind = "") {
  const svg = draw("svg", { class: `interval ${kind}`, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true", focusable: "false" });
  const half = HEIGHT / 2;
  svg.append(
    draw("line", { class: "zero", x1: scale(0), x2: scale(0), y1: 0, y2: HEIGHT }),
    draw("line", { class: "reach", x1: scale(low), x2: scale(high), y1: half, y2: half }),
    draw("circle", { class: "middle", cx: scale(middle), cy: half, r: 3.5 }),
  );
  return svg;
}
