// Photos leave the phone small and bare: drawn anew, so that nothing stored inside the file travels along.

import { digest } from "./receipt.js";

export const MOST_PHOTOS = 4;
/** What is asked of the phone's own picture chooser; an iPhone then turns its HEIC into JPEG by itself. */
export const TAKEN = ["image/jpeg", "image/png", "image/webp", "image/gif"];
const LONGEST_SIDE = 2048;
const QUALITY = 0.85;
const HEIC_BRANDS = /^ftyp(heic|heix|hevc|heim|heis|mif1|msf1)/;

/** A file that no picture could be made of; `heic` when it is an iPhone's own format. */
class NoPicture extends Error {
  constructor(heic) {
    super("no picture");
    this.heic = heic;
  }
}

async function isHeic(file) {
  const head = new Uint8Array(await file.slice(4, 12).arrayBuffer());
  return HEIC_BRANDS.test(String.fromCharCode(...head)) || /hei[cf]/.test(file.type);
}

/** A picture as a bare JPEG; its bitmap and canvas are given back at once, for phones with little memory. */
async function asJpeg(picture) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const brush = canvas.getContext("2d", { alpha: false });
  brush.fillStyle = "white"; // under a drawing with a transparent ground
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", QUALITY); });
  canvas.width = canvas.height = 0;
  if (!blob) throw new Error("no picture");
  return blob;
}

/** A file as a photo to send: {blob, size, sha256, preview}; throws `NoPicture` when it is none. */
export async function prepare(file) {
  let blob;
  try {
    blob = await asJpeg(await createImageBitmap(file, { imageOrientation: "from-image" }));
  } catch {
    throw new NoPicture(await isHeic(file));
  }
  const sha256 = digest(new Uint8Array(await blob.arrayBuffer()));
  return { blob, size: blob.size, sha256, preview: URL.createObjectURL(blob) };
}

/** A photo that was locked away, with its bytes. */
export function shownAgain(photo, bytes) {
  const blob = new Blob([bytes], { type: "image/jpeg" });
  return { ...photo, blob, preview: URL.createObjectURL(blob) };
}

/** Forget a photo. */
export function forget(photo) {
  URL.revokeObjectURL(photo.preview);
}
