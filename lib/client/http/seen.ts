/** Entries that came lately, so that one that was told to two nodes comes once, though it has two numbers. */
import { canonical } from "../../core/log/canonical.ts";
import type { Entry } from "./entries.ts";

/** At most so many are remembered, of so many characters together; at least half of that before the first is forgotten. */
export const SEEN_MAX = 65_536;
export const SEEN_CHARS_MAX = 8 * 1_048_576;

export class Seen {
  #younger = new Set<string | number>();
  #older: ReadonlySet<string | number> = new Set();
  #youngerChars = 0;
  /** How often the older half was forgotten. What came since the last time but one is remembered. */
  turns = 0;

  /** Whether it did not come lately. What is put under a key without an id is always another. */
  add({ value = null, topic, key, id }: Entry): boolean {
    if (key !== undefined && id === undefined) return true;
    const name = id === undefined ? `${topic}\n${canonical(value)}` : `${topic}\n\n${id}`;
    if (this.#younger.has(name) || this.#older.has(name)) return false;
    if (this.#younger.size >= SEEN_MAX / 2 || this.#youngerChars + name.length > SEEN_CHARS_MAX / 2) {
      this.#older = this.#younger;
      this.#younger = new Set();
      this.turns += 1;
      this.#youngerChars = 0;
    }
    this.#younger.add(name);
    this.#youngerChars += name.length;
    return true;
  }
}
