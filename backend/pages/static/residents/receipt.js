// The receipt: 128 random bits made on this phone. Only what is derived from them is ever sent.

import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECKS = `${ALPHABET}*~$=U`;
const SYMBOLS = 26;
const utf8 = (text) => new TextEncoder().encode(text);

/** A new secret of 16 bytes. */
export function newSecret() {
  return crypto.getRandomValues(new Uint8Array(16));
}

function asNumber(bytes) {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

/** The secret in 26 symbols of Crockford's base 32 and one check symbol. */
export function written(secret) {
  const number = asNumber(secret);
  const places = [...Array(SYMBOLS).keys()].reverse();
  const body = places.map((place) => ALPHABET[Number((number >> BigInt(5 * place)) & 31n)]).join("");
  return body + CHECKS[Number(number % 37n)];
}

/** Symbols in groups of four, easier to read aloud. */
export function grouped(symbols) {
  return symbols.match(/.{1,4}/g).join("-");
}

/** The secret behind what somebody typed, or null when there is a slip in it. */
export function readSecret(typed) {
  const symbols = typed.toUpperCase().replace(/[\s-]/g, "").replace(/[IL]/g, "1").replace(/O/g, "0");
  if (symbols.length !== SYMBOLS + 1) return null;
  const values = [...symbols.slice(0, SYMBOLS)].map((symbol) => ALPHABET.indexOf(symbol));
  if (values.includes(-1)) return null;
  const number = values.reduce((sum, value) => (sum << 5n) | BigInt(value), 0n);
  if (number >> 128n || CHECKS[Number(number % 37n)] !== symbols[SYMBOLS]) return null;
  return Uint8Array.from({ length: 16 }, (_, at) => Number((number >> BigInt(8 * (15 - at))) & 255n));
}

/** Bytes as base64url without padding. */
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The bytes behind base64url. */
function bytesOf(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (symbol) => symbol.charCodeAt(0));
}

const derive = (secret, info) => hkdf(sha256, secret, new Uint8Array(), utf8(info), 32);

/** What the server is shown instead of the secret. */
export function shown(secret) {
  return base64url(derive(secret, "farola receipt"));
}

/** The header that opens a report. */
export function authorization(secret) {
  return { Authorization: `Receipt ${shown(secret)}` };
}

/** The public key with which a moderator's reply is locked for this phone. */
export function replyKey(secret) {
  return base64url(x25519.getPublicKey(derive(secret, "farola reply")));
}

const SIGMA = new Uint32Array(utf8("expand 32-byte k").buffer);
const words = (bytes) => new Uint32Array(Uint8Array.from(bytes).buffer);

/** The key of a box between two key pairs: HSalsa20 of their shared secret. */
function boxKey(own, theirs) {
  const key = new Uint32Array(8);
  hsalsa(SIGMA, words(x25519.getSharedSecret(own, theirs)), new Uint32Array(4), key);
  return new Uint8Array(key.buffer);
}

/** The text of a libsodium sealed box (base64url) that was locked to this secret's reply key; throws if it was not. */
export function openReply(secret, sealed) {
  const box = bytesOf(sealed);
  const own = derive(secret, "farola reply");
  const sender = box.subarray(0, 32);
  const joined = new Uint8Array([...sender, ...x25519.getPublicKey(own)]);
  const padded = xsalsa20poly1305(boxKey(own, sender), blake2b(joined, { dkLen: 24 })).decrypt(box.subarray(32));
  return new TextDecoder("utf-8", { fatal: true }).decode(padded.subarray(0, padded.lastIndexOf(0x80)));
}

/** A random name for one attempt to send (RFC 9562 version 4), also where the page has no secure context. */
export function attemptName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The SHA-256 of bytes, in hexadecimal. */
export function digest(bytes) {
  return [...sha256(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
