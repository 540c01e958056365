// Bundles the pages' scripts, styles, fonts and icons into static/built/ under names made from their content.
//
// Every .js and .css directly below static/ is an entry; folders below it hold their parts. Icons are those
// that templates and scripts ask for with icon("name").

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { appIcons } from "./icons.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "static");
const built = join(source, "built");
const require = createRequire(import.meta.url);

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (path === built) return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function writeHashed(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const extension = extname(name);
  const target = `${basename(name, extension)}-${hash}${extension}`;
  writeFileSync(join(built, target), content);
  return target;
}

function iconNames() {
  const texts = [...filesBelow(source), ...filesBelow(join(here, "templates"))]
    .filter((path) => /\.(js|html)$/.test(path))
    .map((path) => readFileSync(path, "utf8"));
  const asked = texts.flatMap((text) => [...text.matchAll(/\bicon\(\s*["']([a-z0-9-]+)["']/g)]);
  return [...new Set(asked.map((match) => match[1]))].sort();
}

function iconSprite() {
  const folder = join(dirname(require.resolve("lucide-static/package.json")), "icons");
  const symbols = iconNames().map((name) => {
    const drawing = readFileSync(join(folder, `${name}.svg`), "utf8");
    const inside = drawing.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s+/g, " ");
    return `<symbol id="${name}" viewBox="0 0 24 24">${inside.trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

async function bundle() {
  const entries = readdirSync(source).filter((name) => /\.(js|css)$/.test(name));
  const result = await build({
    entryPoints: entries.map((name) => join(source, name)),
    outdir: built,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: ["chrome109", "firefox115", "safari16"],
    entryNames: "[name]-[hash]",
    chunkNames: "part-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file", ".woff": "file", ".svg": "file" },
    legalComments: "linked",
    metafile: true,
    logLevel: "warning",
  });
  const outputs = Object.entries(result.metafile.outputs);
  const named = outputs.filter(([, output]) => output.entryPoint);
  return {
    manifest: Object.fromEntries(named.map(([path, output]) => [basename(output.entryPoint), basename(path)])),
    outputs: result.metafile.outputs,
  };
}

// The residents' worker: one file, because it is installed as one.
async function bundleWorker() {
  const result = await build({
    entryPoints: [join(source, "residents", "worker.js")],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["chrome109", "firefox115", "safari16"],
    legalComments: "none",
    logLevel: "warning",
  });
  return writeHashed("worker.js", result.outputFiles[0].text);
}

// What the residents' page needs without a connection: `first` for every screen, `map` from the place on.
function shell(outputs, manifest) {
  const named = Object.fromEntries(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const later = new Set();
  const gather = (name) => {
    if (later.has(name)) return;
    later.add(name);
    for (const { path, external } of named[name].imports) if (!external) gather(basename(path));
  };
  for (const entry of ["residents.js", "proof-worker.js"]) gather(manifest[entry]);
  const isMap = (name) => Object.keys(named[name].inputs).some((path) => path.includes("maplibre-gl"));
  const map = [...later].filter(isMap);
  const fonts = Object.keys(named).filter((name) => /^atkinson.*\.woff2$/.test(name));
  const own = ["residents.css", "base.css", "icons.svg", "farola.svg", "lamp.svg", "notes.svg"].map((name) => manifest[name]);
  const first = [...later].filter((name) => !isMap(name)).concat(own, fonts);
  return { first, map: [...map, manifest["map-worker.js"]] };
}

function sweep(kept) {
  // What an earlier build left; swept last, so that a running server always finds its files.
  for (const name of readdirSync(built)) if (!kept.has(name)) rmSync(join(built, name), { recursive: true });
}

mkdirSync(built, { recursive: true });
const { manifest, outputs } = await bundle();
manifest["icons.svg"] = writeHashed("icons.svg", iconSprite());
manifest["farola.svg"] = writeHashed("farola.svg", readFileSync(join(source, "farola.svg")));
manifest["map-worker.js"] = writeHashed(
  "map-worker.js",
  readFileSync(require.resolve("maplibre-gl/dist/maplibre-gl-worker.mjs")),
);
for (const [name, content] of Object.entries(appIcons())) manifest[name] = writeHashed(name, content);
manifest["worker.js"] = await bundleWorker();
manifest["shell.json"] = writeHashed("shell.json", JSON.stringify(shell(outputs, manifest)));
writeFileSync(join(built, "manifest.json.new"), JSON.stringify(manifest, null, 2) + "\n");
renameSync(join(built, "manifest.json.new"), join(built, "manifest.json"));
sweep(new Set([...Object.keys(outputs).map((path) => basename(path)), ...Object.values(manifest), "manifest.json"]));
console.log(`${Object.keys(manifest).length} files of the pages built`);
