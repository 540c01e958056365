// Looks for the answer to a challenge beside the page: one share of the counters.

import { search } from "./residents/search.js";

self.onmessage = async ({ data: { parameters, start, step } }) => {
  self.postMessage(await search(parameters, start, step).catch(() => null));
};
