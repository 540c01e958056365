// What stays on this phone, locked: boxes in IndexedDB, sealed with a key that scripts can use and cannot read.
//
// A drawer has one key of its own; without it its boxes are noise. Emptying a drawer deletes the key first.

const STORES = { keys: "keys", boxes: "boxes" };
const NAME = "kept"; // says nothing to whoever reads over a list of databases
const SIZES = [1024, 4096, 16_384, 65_536];
const utf8 = (text) => new TextEncoder().encode(text);

/** What could not be kept in the browser's store, for this page's life only. */
const memory = new Map();
let opened = null;
let database = null;
let closed = false;

const promised = (request) => new Promise((done, fail) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});

const finished = (work) => new Promise((done, fail) => {
  work.oncomplete = () => done();
  work.onabort = () => fail(work.error);
});

function reach() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(STORES.keys);
    request.result.createObjectStore(STORES.boxes);
  };
  return promised(request);
}

/** Open the store; emptying a drawer is then possible without waiting. Null where a page may not keep anything. */
export async function open() {
  if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return null;
  opened ??= reach().then((found) => {
    database = found;
    found.onclose = found.onversionchange = () => { found.close(); opened = database = null; };
    return found;
  });
  try {
    return await opened;
  } catch {
    opened = null;
    return null;
  }
}

/** The content with an end mark, filled up to a size class, so that its length tells little. */
export function padded(content) {
  const wanted = content.length + 1;
  const last = SIZES.at(-1);
  const filled = new Uint8Array(SIZES.find((size) => wanted <= size) ?? Math.ceil(wanted / last) * last);
  filled.set(content);
  filled[content.length] = 0x80;
  return filled;
}

const unpadded = (bytes) => bytes.subarray(0, bytes.lastIndexOf(0x80));

/** Take nothing more: the page is going away. */
export function shut() {
  closed = true;
}

async function keyOf(store, drawer) {
  const known = await promised(store.transaction(STORES.keys).objectStore(STORES.keys).get(drawer));
  if (known) return known;
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const keys = store.transaction(STORES.keys, "readwrite").objectStore(STORES.keys);
  const meanwhile = await promised(keys.get(drawer)); // of another tab
  if (meanwhile || closed) return meanwhile ?? {};
  const made = { id: crypto.randomUUID(), key };
  await promised(keys.put(made, drawer));
  return made;
}

/** Write one box; false when its drawer was emptied meanwhile, or with `over` when the box was taken out. */
async function write(store, drawer, name, content, over) {
  const { id, key } = await keyOf(store, drawer);
  if (!key) return false;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(`${drawer}/${name}`) }, key, padded(content));
  const work = store.transaction([STORES.keys, STORES.boxes], "readwrite");
  const done = finished(work);
  const boxes = work.objectStore(STORES.boxes);
  const [held, there] = [work.objectStore(STORES.keys).get(drawer), boxes.getKey([drawer, name])];
  let written = false;
  there.onsuccess = () => {
    written = held.result?.id === id && (!over || there.result !== undefined);
    if (written) boxes.put({ iv, box }, [drawer, name]);
  };
  await done;
  return written;
}

/** Lock bytes away; true when they outlast this page. With `over`, only in place of what is still there. */
export async function put(drawer, name, content, over = false) {
  const here = `${drawer}/${name}`;
  const store = await open();
  if (closed) return false;
  try {
    if (!store || (over && memory.has(here))) throw new Error("no room");
    const written = await write(store, drawer, name, content, over);
    memory.delete(here);
    return written || over || put(drawer, name, content); // under a new key
  } catch {
    if (!over || memory.has(here)) memory.set(here, content);
    return false;
  }
}

/** The bytes under a name, or null when they are not there or do not open any more. */
export async function get(drawer, name) {
  const here = memory.get(`${drawer}/${name}`);
  const store = here ? null : await open();
  if (!store) return here ?? null;
  const work = store.transaction([STORES.keys, STORES.boxes]);
  const asked = [work.objectStore(STORES.keys).get(drawer), work.objectStore(STORES.boxes).get([drawer, name])];
  const [held, sealed] = await Promise.all(asked.map(promised));
  if (!held || !sealed) return null;
  try {
    const how = { name: "AES-GCM", iv: sealed.iv, additionalData: utf8(`${drawer}/${name}`) };
    return unpadded(new Uint8Array(await crypto.subtle.decrypt(how, held.key, sealed.box)));
  } catch {
    return null;
  }
}

const range = (drawer) => IDBKeyRange.bound([drawer], [drawer, []]);

/** The names in a drawer. */
export async function names(drawer) {
  const own = [...memory.keys()].filter((key) => key.startsWith(`${drawer}/`)).map((key) => key.slice(drawer.length + 1));
  const store = await open();
  if (!store) return own;
  const kept = await promised(store.transaction(STORES.boxes).objectStore(STORES.boxes).getAllKeys(range(drawer)));
  return [...new Set([...own, ...kept.map(([, name]) => name)])];
}

/** Take boxes out of a drawer. */
export async function drop(drawer, ...gone) {
  for (const name of gone) memory.delete(`${drawer}/${name}`);
  const store = await open();
  if (!store || !gone.length) return;
  const work = store.transaction([STORES.keys, STORES.boxes], "readwrite");
  const boxes = work.objectStore(STORES.boxes);
  for (const name of gone) boxes.delete([drawer, name]);
  boxes.count(range(drawer)).onsuccess = ({ target }) => {
    if (!target.result) work.objectStore(STORES.keys).delete(drawer); // an empty drawer needs no key
  };
  await finished(work);
}

/** Empty a drawer. Asked for before the first wait, so that it also happens when the page goes away at once. */
export function empty(drawer) {
  for (const key of [...memory.keys()]) if (key.startsWith(`${drawer}/`)) memory.delete(key);
  return database ? emptied(database, drawer) : open().then((store) => store && emptied(store, drawer));
}

function emptied(store, drawer) {
  const work = store.transaction([STORES.keys, STORES.boxes], "readwrite");
  work.objectStore(STORES.keys).delete(drawer);
  work.objectStore(STORES.boxes).delete(range(drawer));
  work.commit?.();
  return finished(work);
}

const SHAPES = {
  set: (value) => value instanceof Set && [...value],
  bytes: (value) => value instanceof Uint8Array && btoa(String.fromCharCode(...value)),
};
const REVIVED = {
  set: (values) => new Set(values),
  bytes: (text) => Uint8Array.from(atob(text), (symbol) => symbol.charCodeAt(0)),
};

/** Lock a value away; sets and bytes in it come back as such. */
export function putValue(drawer, name, value, over = false) {
  const told = (_, one) => {
    const shape = Object.keys(SHAPES).find((kind) => SHAPES[kind](one));
    return shape ? { [`$${shape}`]: SHAPES[shape](one) } : one;
  };
  return put(drawer, name, utf8(JSON.stringify(value, told)), over);
}

/** A value as it was put away, or null. */
export async function getValue(drawer, name) {
  const bytes = await get(drawer, name);
  const back = (_, one) => {
    const shape = one && typeof one === "object" ? Object.keys(REVIVED).find((kind) => `$${kind}` in one) : null;
    return shape ? REVIVED[shape](one[`$${shape}`]) : one;
  };
  return bytes && JSON.parse(new TextDecoder().decode(bytes), back);
}
