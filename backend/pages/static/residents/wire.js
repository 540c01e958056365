// What goes over the wire when a report is sent: the proof of work, the report, its photos piece by piece.

import { ask, ofCity, Problem } from "../shared/http.js";
import { solve } from "./proof.js";
import { authorization } from "./receipt.js";

const PIECE = 1_000_000; // bytes; after a break at most one piece is sent again
const LONGEST = 60_000; // ms until a connection without an answer counts as lost; meanwhile no other tab can send

const soon = (address, options) => ask(address, { ...options, signal: AbortSignal.timeout(LONGEST) });
const proof = async (address) => ({ Altcha: await solve(await soon(address)) });

async function post(city, path, text, headers) {
  const options = async (address) => ({
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers, ...(await proof(address)) },
    body: text,
  });
  const challenge = ofCity(city, "/challenge");
  try {
    return await soon(ofCity(city, path), await options(challenge));
  } catch (problem) {
    if (problem.field !== "Altcha") throw problem;
    // The first proof came too late, was too easy for now, or was spent by a lost answer.
    return soon(ofCity(city, path), await options(problem.challenge ?? challenge));
  }
}

/** Send one report under the name of its attempt. */
export function postReport(city, { text, key }) {
  return post(city, "/reports", text, { "Idempotency-Key": `"${key}"` });
}

/** Send several reports with one proof; each has an answer of its own: [{key, status, body}]. */
export async function postBatch(city, items) {
  const reports = items.map(({ key, text }) => `{"key":"${key}","report":${text}}`);
  return (await post(city, "/reports/batch", `{"reports":[${reports}]}`, {})).answers;
}

/** Where a report stands, by its secret. */
export function readState(city, secret) {
  return soon(ofCity(city, "/receipt"), { headers: authorization(secret) });
}

/** fetch for tus-js-client, which a worker of the page has and XMLHttpRequest not. */
class FetchRequest {
  #headers = {};
  #stop = new AbortController();

  constructor(method, address) {
    Object.assign(this, { method, address });
  }

  getMethod() { return this.method; }

  getURL() { return this.address; }

  setHeader(name, value) { this.#headers[name] = value; }

  getHeader(name) { return this.#headers[name]; }

  setProgressHandler() {} // fetch does not tell; progress is told by photo

  async send(body = null) {
    const how = { method: this.method, headers: this.#headers, body, signal: this.#stop.signal, credentials: "omit" };
    const answer = await fetch(this.address, how);
    const text = await answer.text();
    return { getStatus: () => answer.status, getHeader: (name) => answer.headers.get(name), getBody: () => text, getUnderlyingObject: () => answer };
  }

  async abort() { this.#stop.abort(); }

  getUnderlyingObject() { return null; }
}

const fetchStack = { getName: () => "fetch", createRequest: (method, address) => new FetchRequest(method, address) };

/**
 * Send one photo: {city, secret, report, name, bytes, upload}. `upload` is where an earlier attempt got to;
 * `onUpload` hears the address as soon as there is one.
 */
export async function sendPhoto({ city, secret, report, name, bytes, upload, onUpload }) {
  const { Upload } = await import("tus-js-client");
  return new Promise((done, fail) => {
    const sending = new Upload(new Blob([bytes]), {
      endpoint: new URL(ofCity(city, "/uploads"), location.href).href,
      uploadUrl: upload,
      httpStack: fetchStack,
      headers: authorization(secret),
      metadata: { report, name },
      retryDelays: [0, 1000, 3000, 8000],
      chunkSize: PIECE,
      storeFingerprintForResuming: false, // leave no trace on the phone
      removeFingerprintOnSuccess: true,
      onUploadUrlAvailable: () => onUpload(sending.url),
      onSuccess: () => done(),
      onError: (error) => fail(new Problem(error.originalResponse?.getStatus() ?? 0)),
    });
    sending.start();
  });
}
