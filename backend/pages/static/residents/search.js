// The search for the answer to a challenge: a counter with which the derived key begins as asked.

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (raw) => Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** What derives a key from a password; a page without TLS has to do it by hand. */
async function deriver({ salt, cost, keyLength }) {
  if (!globalThis.crypto.subtle) {
    const [{ pbkdf2Async }, { sha256 }] = await Promise.all([import("@noble/hashes/pbkdf2.js"), import("@noble/hashes/sha2.js")]);
    return (password) => pbkdf2Async(sha256, password, bytes(salt), { c: cost, dkLen: keyLength });
  }
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  return async (password) => {
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    return new Uint8Array(await crypto.subtle.deriveBits(how, key, keyLength * 8));
  };
}

// Keys that are asked for together: asking for one takes about as long as making it.
const TOGETHER = 8;

/** Try every `step`-th counter from `start`: {counter, derivedKey}. */
export async function search(parameters, start, step) {
  if (parameters.algorithm !== "PBKDF2/SHA-256") throw new Error(`No proof is known for ${parameters.algorithm}.`);
  const derive = await deriver(parameters);
  const nonce = bytes(parameters.nonce);
  const attempt = async (counter) => {
    const password = new Uint8Array(nonce.length + 4);
    password.set(nonce);
    new DataView(password.buffer).setUint32(nonce.length, counter);
    return { counter, derivedKey: hex(await derive(password)) };
  };
  for (let counter = start; ; counter += step * TOGETHER) {
    const tries = await Promise.all(Array.from({ length: TOGETHER }, (_, nth) => attempt(counter + nth * step)));
    const found = tries.find(({ derivedKey }) => derivedKey.startsWith(parameters.keyPrefix));
    if (found) return found;
  }
}
