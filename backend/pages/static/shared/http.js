// Asking the API: JSON in, JSON out, and every refusal as one kind of error.

/** A refusal of the server, or a broken connection (status 0). */
export class Problem extends Error {
  constructor(status, body = {}) {
    super(body.detail || body.title || `HTTP ${status}`);
    this.status = status;
    this.type = body.type ?? "";
    this.field = body.field ?? null;
    this.challenge = body.challenge ?? null;
  }
}

async function answerOf(response) {
  if (response.status === 204) return null;
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Problem(response.status, body ?? {});
  // An answer that broke off on its way is no answer: whoever asked asks again under the same key.
  if (body === null) throw new Problem(0);
  return body;
}

/** Ask for an address; the answer's JSON, or a Problem. No cookies travel unless asked for. */
export async function ask(address, options = {}) {
  let response;
  try {
    response = await fetch(address, { credentials: "omit", ...options });
  } catch {
    throw new Problem(0);
  }
  return answerOf(response);
}

/** The address of something of one city. */
export function ofCity(city, path = "") {
  return `/v1/cities/${encodeURIComponent(city)}${path}`;
}
