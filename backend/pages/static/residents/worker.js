// The worker of the residents' page: the page opens without a connection, and what waits goes when it is back.
//
// It keeps files that are the same for everybody, the page in the languages used, and what is public about a
// city. It never keeps an answer that belongs to a receipt, and leaves every other page alone.

import { sendAll, waiting } from "./queue.js";
import { empty } from "./vault.js";

const { build, first, map } = self.SHELL;
const SHELL = `shell-${build}`;
const CITY = "city";
const PATIENCE = 3000; // ms until what is kept is shown instead of a slow answer
const PUBLIC = /^\/v1\/cities(\/[^/]+(\/boundary\.geojson)?)?$/;
const own = new Map([[SHELL, true], [CITY, true]]);

// By name: also those of the build before.
const isFile = ({ pathname }) => /^\/assets\/(residents|part|proof-worker|map-worker|base|icons|farola|lamp|notes|atkinson)/.test(pathname);
const isPage = (address) => new URL(address).pathname === "/";
const fetched = (address) => fetch(new Request(address, { credentials: "omit", cache: "no-cache" }));

async function keep(name, addresses) {
  const cache = await caches.open(name);
  await Promise.all(addresses.map(async (address) => {
    const answer = await fetched(address);
    if (answer.ok) await cache.put(address, answer);
  }));
}

async function keepFiles(names) {
  const cache = await caches.open(SHELL);
  const there = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  await cache.addAll(names.map((name) => `/assets/${name}`).filter((path) => !there.has(path)));
}

/** What an earlier build kept: its pages, and whether a map was among it. */
async function earlier() {
  const names = (await caches.keys()).filter((name) => name.startsWith("shell-") && !own.has(name));
  const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  const addresses = keys.flat().map(({ url }) => url);
  return { pages: addresses.filter(isPage), withMap: addresses.some((address) => /map-worker/.test(address)) };
}

async function install() {
  const { pages, withMap } = await earlier();
  await keepFiles(withMap ? [...first, ...map] : first);
  await keep(SHELL, pages);
}

/** Forget earlier builds, but for the last one: a page of it may still be open, and ask for its map. */
async function activate() {
  const others = (await caches.keys()).filter((name) => !own.has(name));
  for (const name of others.slice(0, -1)) await caches.delete(name);
  await self.clients.claim();
}

/** Keep the page in the language used, and the city; `whole` with the program of the map. */
async function keepShell({ of, page, city, whole }) {
  if (of !== build) return false; // a page of another build waits for its own worker
  if (!(await caches.match(page, { cacheName: SHELL }))) await keep(SHELL, [page]);
  await keep(CITY, city);
  await keepFiles(whole ? [...first, ...map] : first);
  return true;
}

/** Forget what a resident began, and what shows that the page was open; what waits stays locked until it is sent. */
async function forget({ all }) {
  await empty("draft");
  await empty("receipt");
  if (!all) return;
  for (const name of await caches.keys()) await caches.delete(name);
  if ((await waiting()).length) await self.registration.sync?.register("send").catch(() => null);
  else await self.registration.unregister();
}

async function inTime(request) {
  const slow = new Promise((_, fail) => { setTimeout(() => fail(new Error("slow")), PATIENCE); });
  return Promise.race([fetch(request), slow]);
}

async function freshOrKept(request) {
  const cache = await caches.open(CITY);
  const kept = (await cache.match(request)) ?? (await cache.match(request, { ignoreSearch: true })); // in another language
  if (!kept) return fetch(request);
  try {
    const fresh = await inTime(request);
    return fresh.status < 500 ? fresh : kept;
  } catch {
    return kept;
  }
}

/** The pages that were kept, those first that agree most with what is asked: [{page, exact}]. */
async function keptPages(url) {
  const asked = (name, address) => new URL(address).searchParams.get(name);
  const wanted = { lang: asked("lang", url), as: asked("as", url) };
  const worth = ({ url: address }) => (wanted.lang ?? asked("lang", address)) === asked("lang", address)
    ? 1 + (wanted.as === asked("as", address)) : 0;
  const cache = await caches.open(SHELL);
  const pages = (await cache.keys()).filter((request) => isPage(request.url)).reverse();
  return Promise.all(pages.sort((one, other) => worth(other) - worth(one))
    .map(async (request) => ({ page: await cache.match(request), exact: worth(request) === 2 })));
}

/**
 * The page is shown as it was kept, at once: it and its files are of one build, whatever the connection does. A new
 * build comes with a new worker, which takes over when the page is opened next. Another language is asked for first.
 */
async function page(request) {
  const [best] = await keptPages(request.url);
  if (!best) return fetch(request);
  if (best.exact) return best.page;
  try {
    const fresh = await inTime(request);
    return fresh.status < 500 ? fresh : best.page;
  } catch {
    return best.page;
  }
}

async function file(request) {
  return (await caches.match(request)) ?? fetch(request);
}

/** How a request is answered, or null when it is none of this worker's. */
function answerer({ url: address, method, mode, headers }) {
  const url = new URL(address);
  if (method !== "GET" || url.origin !== self.location.origin || headers.has("Authorization")) return null;
  if (mode === "navigate") return url.pathname === "/" ? page : null;
  if (isFile(url)) return file;
  return PUBLIC.test(url.pathname) && /^(\?language=[a-z]+)?$/.test(url.search) ? freshOrKept : null;
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const answer = answerer(event.request);
  if (answer) event.respondWith(answer(event.request));
});
self.addEventListener("message", (event) => {
  const { keep: wanted, forget: unwanted, takeOver } = event.data;
  if (takeOver) event.waitUntil(self.skipWaiting());
  const answer = (kept) => event.ports[0]?.postMessage(kept);
  if (wanted) event.waitUntil(keepShell(wanted).catch(() => false).then(answer));
  if (unwanted) event.waitUntil(forget(unwanted));
});
self.addEventListener("sync", (event) => {
  // What still waits makes the browser ask again later.
  const sent = async () => { if ((await sendAll()).some(({ refused }) => !refused)) throw new Error("some still wait"); };
  if (event.tag === "send") event.waitUntil(sent());
});
