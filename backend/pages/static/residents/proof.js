// The proof of work that a report brings along: sought by workers beside the page, so that the page stays quick.

import { search } from "./search.js";

const MOST_WORKERS = 4;

function beside(address, parameters) {
  const count = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency ?? 1));
  const workers = Array.from({ length: count }, () => new Worker(address, { type: "module" }));
  return new Promise((done, fail) => {
    workers.forEach((worker, start) => {
      worker.onmessage = ({ data }) => (data ? done(data) : fail(new Error("no answer")));
      worker.onerror = fail;
      worker.postMessage({ parameters, start, step: count });
    });
  }).finally(() => workers.forEach((worker) => worker.terminate()));
}

async function solution(parameters) {
  const address = globalThis.document?.documentElement.dataset.proofWorker;
  if (!address) return search(parameters, 0, 1); // already beside the page
  try {
    return await beside(address, parameters);
  } catch {
    return search(parameters, 0, 1); // slower, and still an answer
  }
}

/** The value of the header Altcha for a challenge. */
export async function solve(challenge) {
  return btoa(JSON.stringify({ challenge, solution: await solution(challenge.parameters) }));
}
