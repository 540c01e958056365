// The app's own icons, drawn from a few shapes: as SVG, and as PNG for home screens.

import { deflateSync } from "node:zlib";

const GROUND = "#0F1A2B";
const METAL = "#A9B6C9";
const LIGHT = "#FFC46B";
const COVER = "#5B7C99";
const PAPER = "#FBFAF7";
const RULE = "#C3CEDA";

// Shapes stand on a square of 32; lines have round ends. `arc` is the quarter from left to top.
const LAMP = {
  ground: GROUND,
  shapes: [
    { circle: [19.5, 13, 7], fill: LIGHT, opacity: 0.3 },
    { circle: [19.5, 13, 3.6], fill: LIGHT },
    { line: [10, 26, 10, 13], width: 2, fill: METAL },
    { arc: [15, 13, 5], width: 2, fill: METAL },
    { line: [15, 8, 19.5, 8], width: 2, fill: METAL },
    { line: [7.5, 26, 12.5, 26], width: 2, fill: METAL },
  ],
};
const NOTEBOOK = {
  ground: PAPER,
  shapes: [
    { box: [8, 6, 16, 20, 2], fill: COVER },
    { box: [11, 8, 11, 16, 1], fill: PAPER },
    ...[12, 15.5, 19].map((y) => ({ line: [13, y, 20, y], width: 1, fill: RULE })),
    ...[10, 14, 18, 22].map((y) => ({ line: [7, y, 9.5, y], width: 1.2, fill: METAL })),
  ],
};
const DRAWINGS = { lamp: LAMP, notes: NOTEBOOK };
const CORNER = 7;

// How far a point lies outside a shape; inside it is negative.
function distance(shape, x, y) {
  if (shape.circle) {
    const [cx, cy, radius] = shape.circle;
    return Math.hypot(x - cx, y - cy) - radius;
  }
  if (shape.box) {
    const [left, top, width, height, corner] = shape.box;
    const dx = Math.abs(x - left - width / 2) - width / 2 + corner;
    const dy = Math.abs(y - top - height / 2) - height / 2 + corner;
    return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - corner;
  }
  if (shape.arc) {
    const [cx, cy, radius] = shape.arc;
    return x <= cx && y <= cy ? Math.abs(Math.hypot(x - cx, y - cy) - radius) - shape.width / 2 : Infinity;
  }
  const [fromX, fromY, toX, toY] = shape.line;
  const [alongX, alongY] = [toX - fromX, toY - fromY];
  const share = ((x - fromX) * alongX + (y - fromY) * alongY) / (alongX ** 2 + alongY ** 2);
  const at = Math.min(1, Math.max(0, share));
  return Math.hypot(x - fromX - at * alongX, y - fromY - at * alongY) - shape.width / 2;
}

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

function layer(pixel, shape, x, y, unit) {
  const cover = Math.min(1, Math.max(0, 0.5 - distance(shape, x, y) / unit)) * (shape.opacity ?? 1);
  const colour = channels(shape.fill);
  const alpha = cover + pixel[3] * (1 - cover);
  const mixed = colour.map((value, at) => (alpha ? (value * cover + pixel[at] * pixel[3] * (1 - cover)) / alpha : 0));
  return [...mixed, alpha];
}

// A maskable icon fills its square, and keeps the drawing within the part that no mask cuts off.
function shapesOf({ ground, shapes }, maskable) {
  return [{ box: maskable ? [-8, -8, 48, 48, 0] : [0, 0, 32, 32, CORNER], fill: ground }, ...shapes];
}

function pixels(drawing, size, maskable) {
  const unit = (maskable ? 40 : 32) / size;
  const shapes = shapesOf(drawing, maskable);
  const rows = [];
  for (let row = 0; row < size; row += 1) {
    const line = [0]; // no filter
    for (let column = 0; column < size; column += 1) {
      const [x, y] = [column, row].map((at) => (at + 0.5) * unit - (maskable ? 4 : 0));
      const [red, green, blue, alpha] = shapes.reduce((pixel, shape) => layer(pixel, shape, x, y, unit), [0, 0, 0, 0]);
      line.push(Math.round(red), Math.round(green), Math.round(blue), Math.round(alpha * 255));
    }
    rows.push(Buffer.from(line));
  }
  return Buffer.concat(rows);
}

function crc32(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

function chunk(name, content) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

function png(drawing, size, maskable) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8); // eight bits of red, green, blue and alpha
  const data = deflateSync(pixels(drawing, size, maskable), { level: 9 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

function tag({ circle, box, arc, line, width, fill, opacity }) {
  const seen = opacity ? ` opacity="${opacity}"` : "";
  if (circle) return `<circle cx="${circle[0]}" cy="${circle[1]}" r="${circle[2]}" fill="${fill}"${seen}/>`;
  if (box) return `<rect x="${box[0]}" y="${box[1]}" width="${box[2]}" height="${box[3]}" rx="${box[4]}" fill="${fill}"/>`;
  const path = line
    ? `M${line[0]} ${line[1]}L${line[2]} ${line[3]}`
    : `M${arc[0] - arc[2]} ${arc[1]}A${arc[2]} ${arc[2]} 0 0 1 ${arc[0]} ${arc[1] - arc[2]}`;
  return `<path d="${path}" fill="none" stroke="${fill}" stroke-width="${width}" stroke-linecap="round"/>`;
}

function svg(drawing) {
  const tags = shapesOf(drawing, false).map(tag).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${tags}</svg>\n`;
}

/** Every icon by its plain name: {"lamp-192.png": bytes, ..., "notes.svg": text}. */
export function appIcons() {
  const drawn = Object.entries(DRAWINGS).flatMap(([name, drawing]) => [
    [`${name}.svg`, svg(drawing)],
    [`${name}-180.png`, png(drawing, 180, true)], // Apple's home screen: no see-through corners
    [`${name}-192.png`, png(drawing, 192, false)],
    [`${name}-512.png`, png(drawing, 512, false)],
    [`${name}-maskable-512.png`, png(drawing, 512, true)],
  ]);
  return Object.fromEntries(drawn);
}
