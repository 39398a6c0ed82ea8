/** Which values were seen, by what they are equal to. */
import { createHash } from "node:crypto";
import { canonical } from "../core/log/canonical.ts";
import type { Json } from "../core/message.ts";

/** Longer ones are remembered by their SHA-256, in characters; so a value costs about 100 bytes, however long it is. */
export const KEY_CHARS_MAX = 44;

export class Seen {
  readonly #keys = new Set<string | number>();

  /** Whether no equal value was seen before. A value too deep to be any node's is never new. */
  add(value: Json): boolean {
    const key = keyOf(value);
    if (key === undefined) return false;
    const before = this.#keys.size;
    this.#keys.add(key);
    return this.#keys.size > before;
  }
}

/** Equal for equal values and for no others, and never longer than KEY_CHARS_MAX; undefined for a value too deep. */
export function keyOf(value: Json): string | number | undefined {
  const key = canonical(value);
  if (typeof key !== "string" || key.length <= KEY_CHARS_MAX) return key;
  // Base64 ends with "=", which no JSON does: a hash is nobody's text.
  return createHash("sha256").update(key).digest("base64");
}
