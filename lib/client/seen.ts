/** The values that were seen, so that equal ones are told apart from new ones. */
import { createHash } from "node:crypto";
import { canonical } from "../core/log/canonical.ts";
import type { Json } from "../core/message.ts";

/** A key longer than this, in characters, is replaced by its SHA-256; so a value costs about 100 bytes, however long it is. */
export const KEY_CHARS_MAX = 44;

export class Seen {
  readonly #keys = new Set<string | number>();

  /** Whether no equal value was seen before. A value too deep to be any node's is never new. */
  add(value: Json): boolean {
    const key = boundedKeyOf(value);
    if (key === undefined) return false;
    const before = this.#keys.size;
    this.#keys.add(key);
    return this.#keys.size > before;
  }
}

/** A key that is equal for equal values and for no others, and at most KEY_CHARS_MAX long; undefined for a value too deep. */
export function boundedKeyOf(value: Json): string | number | undefined {
  const key = canonical(value);
  if (typeof key !== "string" || key.length <= KEY_CHARS_MAX) return key;
  // Base64 ends with "=", which no JSON does: a hash is nobody's text.
  return createHash("sha256").update(key).digest("base64");
}
