// The page's side of its worker: the page opens without a connection, and what waits is sent when it is back.

import { language } from "../shared/words.js";
import { ofCity } from "../shared/http.js";

const root = document.documentElement;
const worker = navigator.serviceWorker; // undefined where the page has no secure context

const PATIENCE = 3000; // ms that the page makes no request, so that a newer build can take over

/** Whether the page was opened from the home screen. */
export const installed = () => matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;

/** Nobody's data plan pays for a map that may never be opened. */
const sparing = () => navigator.connection?.saveData === true;

function told(active, message) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((done) => {
    port1.onmessage = ({ data }) => done(data);
    active.postMessage(message, [port2]);
  });
}

/** Have the page, what is public about the city, and then the map kept for a time without connection. */
export async function keepShell(city) {
  if (!worker) return;
  if (!(await worker.getRegistration())) await worker.register("/worker.js", { scope: "/" });
  const { active } = await worker.ready;
  const face = root.dataset.as ? `&as=${root.dataset.as}` : "";
  const keep = { of: root.dataset.build, page: `/?lang=${language}${face}`, city: ["/v1/cities", ofCity(city, `?language=${language}`), ofCity(city, "/boundary.geojson")] };
  const kept = await told(active, { keep: { ...keep, whole: !sparing() } });
  if (kept) root.dataset.kept = city;
}

/** Let a newer build that has come meanwhile take over, before anything is begun; the page then opens again. */
export async function takeNewest() {
  const waiting = (await worker?.getRegistration())?.waiting;
  if (!waiting || !worker.controller) return;
  // A request in between would start the old worker again, and Chromium then keeps it until it has been idle for long.
  if (document.readyState !== "complete") await new Promise((done) => { addEventListener("load", done, { once: true }); });
  await new Promise((done) => {
    worker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage({ takeOver: true });
    setTimeout(done, PATIENCE);
  });
}

/** Let the browser send what waits when the connection is back, where it can do so without the page. */
export async function sendLater() {
  const ready = await worker?.getRegistration();
  await ready?.sync?.register("send").catch(() => null);
}

/** Forget what shows that this page was open; asked for without waiting. An app on the home screen keeps its files. */
export function forgetShell() {
  worker?.controller?.postMessage({ forget: { all: !installed() } });
}
