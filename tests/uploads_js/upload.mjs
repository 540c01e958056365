// Uploads one photo with tus-js-client, as told on standard input, and prints where it lies.
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { Upload } from "tus-js-client";

const told = JSON.parse(readFileSync(0, "utf8"));
const content = Buffer.from(told.content, "base64");

function run(source, options) {
  return new Promise((resolve, reject) => {
    const upload = new Upload(source, {
      endpoint: told.endpoint,
      headers: { Authorization: `Receipt ${told.receipt}` },
      metadata: { report: told.report, name: told.name, filename: told.filename },
      retryDelays: [0, 0, 0, 0, 0, 0],
      chunkSize: told.chunk ?? Infinity,
      onSuccess: () => resolve(upload.url),
      onError: reject,
      ...options,
    });
    upload.start();
  });
}

// Stops after the first piece, as a page that is closed does, and hands on where it was.
function interrupted() {
  return new Promise((resolve, reject) => {
    const upload = new Upload(content, {
      endpoint: told.endpoint,
      headers: { Authorization: `Receipt ${told.receipt}` },
      metadata: { report: told.report, name: told.name },
      chunkSize: told.chunk ?? Infinity,
      onChunkComplete: () => upload.abort().then(() => resolve(upload.url)),
      onError: reject,
    });
    upload.start();
  });
}

const ways = {
  whole: () => run(content, {}),
  resumed: async () => run(content, { uploadUrl: await interrupted() }),
  parallel: () => run(content, { parallelUploads: 3 }),
  deferred: () => run(Readable.from(slices()), { uploadLengthDeferred: true }),
  creating: () => run(content, { uploadDataDuringCreation: true }),
};

function* slices() {
  for (let at = 0; at < content.length; at += 60_000) yield content.subarray(at, at + 60_000);
}

console.log(JSON.stringify({ url: await ways[told.way]() }));
