/** Reads a file that somebody names: whole, but never without end. */
import { Buffer } from "node:buffer";
import { closeSync, openSync, readSync, statSync } from "node:fs";

const CHUNK_BYTES = 65_536;

/** Its text, as UTF-8. Throws what fileFault puts into words where it is no plain file, or longer than `bytesMax`. */
export function readText(path: string, bytesMax: number): string {
  const found = statSync(path);
  // To open a pipe would wait for somebody who writes to it, and a device may never end.
  if (!found.isFile()) throw new Error(found.isDirectory() ? "it is a directory" : "it is no plain file");
  if (found.size > bytesMax) throw tooLong(bytesMax);
  const file = openSync(path, "r");
  try {
    return readAll(file, bytesMax).toString("utf8");
  } finally {
    closeSync(file);
  }
}

/** The size that a file states is not to be relied on: those of /proc state none. */
function readAll(file: number, bytesMax: number): Buffer {
  const chunks: Buffer[] = [];
  for (let length = 0;;) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const count = readSync(file, chunk, 0, CHUNK_BYTES, null);
    if (count === 0) return Buffer.concat(chunks);
    length += count;
    if (length > bytesMax) throw tooLong(bytesMax);
    chunks.push(chunk.subarray(0, count));
  }
}

function tooLong(bytesMax: number): Error {
  return new Error(`it is longer than ${bytesMax} bytes`);
}
