"""What a browser keeps for a site, read out as whoever opens its tools could: databases, caches, storage, cookies."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

_READ = """async () => {
  const promised = (request) => new Promise((done, fail) => { request.onsuccess = () => done(request.result); request.onerror = () => fail(request.error); });
  const latin = (buffer) => new TextDecoder("latin1").decode(new Uint8Array(buffer));
  const shown = (value) => {
    if (value instanceof ArrayBuffer) return latin(value);
    if (ArrayBuffer.isView(value)) return latin(value.buffer);
    if (value instanceof CryptoKey) return `key, extractable: ${value.extractable}`;
    if (value && typeof value === "object") return Object.entries(value).map(([name, one]) => `${name}=${shown(one)}`).join(" ");
    return String(value);
  };
  const found = { databases: {}, caches: {}, storage: [], cookies: document.cookie };
  for (const { name } of await indexedDB.databases()) {
    const database = await promised(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const place = database.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([promised(place.getAllKeys()), promised(place.getAll())]);
      found.databases[`${name}/${store}`] = keys.map((key, at) => `${shown(key)}: ${shown(values[at])}`);
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    const requests = await cache.keys();
    found.caches[name] = await Promise.all(requests.map(async (one) => `${one.url} ${latin(await (await cache.match(one)).arrayBuffer())}`));
  }
  for (const kept of [localStorage, sessionStorage]) found.storage.push(...Object.entries(kept).flat());
  return found;
}"""


def stored(page: Page) -> dict[str, Any]:
    """Everything the browser keeps for the page's site."""
    found: dict[str, Any] = page.evaluate(_READ)
    return found


def as_text(found: dict[str, Any]) -> str:
    """All that was found, as one text to search in."""
    texts = [one for kind in ("databases", "caches") for part in found[kind].values() for one in part]
    return "\n".join([*texts, *found["storage"], found["cookies"]])


def drawers(found: dict[str, Any]) -> set[str]:
    """The drawers that have a key."""
    return {one.split(":")[0] for one in found["databases"].get("kept/keys", [])}


def boxes(found: dict[str, Any]) -> list[str]:
    """What is locked away, one entry a box."""
    return [one for name, part in found["databases"].items() if name.endswith("/boxes") for one in part]
