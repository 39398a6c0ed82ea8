/** The values that came lately, so that an equal one that comes again, as it may after a change of node, is told from a new one. */
import { areSame, type Content } from "./item.ts";

/** At most so many values are remembered, of so many characters together; at least half of that before the first is forgotten. */
export const RECENT_VALUES_MAX = 65_536;
export const RECENT_CHARS_MAX = 8 * 1_048_576;

/** A node sends each value once; two nodes may have the same value under different numbers. */
export class Recent {
  #younger = new Map<number, Content>();
  #older: ReadonlyMap<number, Content> = new Map();
  #youngerChars = 0;
  #turns = 0;

  /** How often a half was forgotten. What came since this grew by one for the last time but one is remembered. */
  get turns(): number {
    return this.#turns;
  }

  get size(): number {
    return this.#younger.size + this.#older.size;
  }

  /** Whether it did not come lately. An equal hash is a reason to compare, and no more. */
  add(item: Content): boolean {
    const { hash } = item;
    if (hash === undefined) return true;
    const known = this.#younger.get(hash) ?? this.#older.get(hash);
    if (known !== undefined && areSame(known, item)) return false;
    const chars = item.text.length;
    if (
      this.#younger.size >= RECENT_VALUES_MAX / 2 || this.#youngerChars + chars > RECENT_CHARS_MAX / 2
    ) this.#age();
    this.#younger.set(hash, item);
    this.#youngerChars += chars;
    return true;
  }

  #age(): void {
    this.#older = this.#younger;
    this.#younger = new Map();
    this.#youngerChars = 0;
    this.#turns++;
  }
}
