// A box on a picture: dragged with a pointer, moved and sized with arrow keys, or typed as four numbers.

import { draw, h } from "../shared/dom.js";
import { say } from "../shared/words.js";

const STEP = 0.02;
const START = 0.15;
const EDGES = ["x0", "y0", "x1", "y1"];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const clamp = (value, least, most) => Math.max(least, Math.min(most, Math.round(value)));

/** Edges in whole pixels of the picture, the smaller first, inside it. */
function tidy({ x0, y0, x1, y1 }, { width, height }) {
  return {
    x0: clamp(Math.min(x0, x1), 0, width), y0: clamp(Math.min(y0, y1), 0, height),
    x1: clamp(Math.max(x0, x1), 0, width), y1: clamp(Math.max(y0, y1), 0, height),
  };
}

function place(rect, box) {
  const { x0, y0, x1, y1 } = box ?? { x0: 0, y0: 0, x1: 0, y1: 0 };
  for (const [name, value] of [["x", x0], ["y", y0], ["width", x1 - x0], ["height", y1 - y0]]) rect.setAttribute(name, value);
}

function set(board, box) {
  board.box = box && tidy(box, board.photo);
  place(board.rect, board.box);
  for (const edge of EDGES) board.inputs[edge].value = board.box ? board.box[edge] : "";
}

/** Where a pointer is, in pixels of the picture. */
function pointAt(board, event) {
  const { left, top, width, height } = board.svg.getBoundingClientRect();
  return [((event.clientX - left) / width) * board.photo.width, ((event.clientY - top) / height) * board.photo.height];
}

function draggable(board) {
  let from = null;
  const follow = (event) => {
    if (!from) return;
    const [x1, y1] = pointAt(board, event);
    set(board, { x0: from[0], y0: from[1], x1, y1 });
  };
  board.svg.addEventListener("pointerdown", (event) => {
    from = pointAt(board, event);
    board.svg.setPointerCapture(event.pointerId);
    event.preventDefault();
    board.stage.focus();
  });
  board.svg.addEventListener("pointermove", follow);
  for (const name of ["pointerup", "pointercancel"]) board.svg.addEventListener(name, () => (from = null));
}

function middle({ width, height }) {
  const half = (START * Math.min(width, height)) / 2;
  return { x0: width / 2 - half, y0: height / 2 - half, x1: width / 2 + half, y1: height / 2 + half };
}

/** The first arrow makes a box in the middle; then arrows move it, and with Shift they move its far corner. */
function byArrows(board, event) {
  const direction = ARROWS[event.key];
  if (!direction) return;
  event.preventDefault();
  event.stopPropagation();
  if (!board.box) return set(board, middle(board.photo));
  const [dx, dy] = [direction[0] * board.photo.width * STEP, direction[1] * board.photo.height * STEP];
  const { x0, y0, x1, y1 } = board.box;
  if (event.shiftKey) return set(board, { x0, y0, x1: Math.max(x0 + 1, x1 + dx), y1: Math.max(y0 + 1, y1 + dy) });
  const fits = x0 + dx >= 0 && y0 + dy >= 0 && x1 + dx <= board.photo.width && y1 + dy <= board.photo.height;
  return fits ? set(board, { x0: x0 + dx, y0: y0 + dy, x1: x1 + dx, y1: y1 + dy }) : null;
}

function typed(board) {
  const values = EDGES.map((edge) => board.inputs[edge].valueAsNumber);
  if (values.some(Number.isNaN)) return;
  const [x0, y0, x1, y1] = values;
  board.box = { x0, y0, x1, y1 };
  place(board.rect, tidy(board.box, board.photo));
}

function fieldsOf(board) {
  const field = (edge) => {
    const most = edge.startsWith("x") ? board.photo.width : board.photo.height;
    const input = h("input", { class: "input edge", type: "number", min: "0", max: String(most), step: "1", inputmode: "numeric", oninput: () => typed(board) });
    board.inputs[edge] = input;
    return h("label", { class: "small" }, h("span", {}, say(`console.masks.edge.${edge}`)), input);
  };
  return h("div", { class: "edges" }, EDGES.map(field));
}

function masksOf({ masks, height }) {
  const size = Math.max(12, height / 28);
  return masks.flatMap((mask, number) => {
    if (mask.lifted) return [];
    const box = draw("rect", { class: "mask-box", x: mask.x0, y: mask.y0, width: mask.x1 - mask.x0, height: mask.y1 - mask.y0 });
    const label = draw("text", { class: "mask-number", x: mask.x0 + 4, y: Math.max(size, mask.y0 + size), "font-size": size });
    label.textContent = String(number + 1);
    return [box, label];
  });
}

/** A board to draw on: {stage, fields}; `boxOf` tells what was drawn. */
export function drawing(photo) {
  const board = { photo, box: null, inputs: {} };
  board.svg = draw("svg", { viewBox: `0 0 ${photo.width} ${photo.height}`, class: "masks-svg", "aria-hidden": "true" });
  board.rect = draw("rect", { class: "draft" });
  board.svg.append(...masksOf(photo), board.rect);
  const image = h("img", { src: photo.url, alt: "", width: photo.width, height: photo.height, draggable: "false" });
  board.stage = h("div", { class: "stage", tabindex: "0", role: "group", "aria-label": say("console.masks.stage") }, image, board.svg);
  board.fields = fieldsOf(board);
  board.stage.addEventListener("keydown", (event) => byArrows(board, event));
  draggable(board);
  return board;
}

/** The box that was drawn, in pixels of the picture; null when there is none. */
export function boxOf({ box }) {
  return box && box.x1 > box.x0 && box.y1 > box.y0 ? box : null;
}
