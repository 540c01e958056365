// A QR code as a drawing: dark on light in either theme, as cameras expect it.

import encodeQR from "qr";

import { draw } from "../shared/dom.js";


export function qrCode(text, label) {
  const rows = encodeQR(text, "raw", { ecc: "medium" });
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  const svg = draw("svg", { class: "qr", viewBox: `0 0 ${rows.length} ${rows.length}`, role: "img", "aria-label": label });
  svg.append(draw("rect", { width: rows.length, height: rows.length, fill: "#fff" }), draw("path", { d: path, fill: "#000" }));
  return svg;
}
