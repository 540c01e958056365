// A QR code as a drawing: dark on light in either theme, as cameras expect it.

import encodeQR from "qr";

const SVG = "http://www.w3.org/2000/svg";

function element(name, told) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(told)) made.setAttribute(key, value);
  return made;
}

export function qrCode(text, label) {
  const rows = encodeQR(text, "raw", { ecc: "medium" });
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  const svg = element("svg", { class: "qr", viewBox: `0 0 ${rows.length} ${rows.length}`, role: "img", "aria-label": label });
  svg.append(element("rect", { width: rows.length, height: rows.length, fill: "#fff" }), element("path", { d: path, fill: "#000" }));
  return svg;
}
