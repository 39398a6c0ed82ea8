/** How much room values take on the wire, as UTF-8 JSON. */
import type { Json } from "./message.ts";

/** A broadcast value may take this many bytes as JSON: with what goes along it must fit in one line of the carriers [N6]. */
export const VALUE_BYTES_MAX = 256 * 1024;
/** As many as JSON needs for a character: \u001f. */
export const ESCAPED_BYTES = 6;
/** Room for any JSON number. */
export const NUMBER_BYTES = 24;
const SHORT_CHARS = 64;

/** No less than a value takes on the wire, among others. Short strings are many, and not worth a closer look. */
export function roomFor(value: Json): number {
  if (typeof value === "number") return NUMBER_BYTES + 1;
  const isShort = typeof value === "string" && value.length <= SHORT_CHARS;
  return 1 + (isShort ? 2 + ESCAPED_BYTES * value.length : byteLength(value));
}

/** How many bytes a value takes on the wire, at most: as UTF-8 JSON. */
export function byteLength(value: Json): number {
  return typeof value === "number" ? NUMBER_BYTES : bytesOf(JSON.stringify(value));
}

/** How many bytes a text takes as UTF-8. */
export function bytesOf(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Each half of a surrogate pair counts two of the pair's four.
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  return bytes;
}
