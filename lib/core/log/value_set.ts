/** Which values are held, by their keys: strings as they are, all others as their canonical text, numbers as themselves. */
import { canonical } from "./canonical.ts";
import type { Json } from "../message.ts";

/** Under which a value is remembered; strings apart from all others, as one may spell another value. */
export type Key = string | number;

/** So many numbers share the bits of one integer. */
const WORD_BITS = 32;

export class ValueSet {
  /** Whole numbers, 32 to an integer of bits: there are often many close together, and 32 cost no more than one. */
  readonly #bits = new Map<number, number>();
  readonly #strings = new Set<Key>();
  readonly #others = new Set<Key>();

  has(value: Json, key: Key): boolean {
    if (!isWhole(key)) return this.#setOf(value).has(key);
    const word = wordOf(key);
    return ((this.#bits.get(word) ?? 0) & bitOf(key, word)) !== 0;
  }

  /** Returns whether it is new. */
  add(value: Json, key: Key): boolean {
    if (!isWhole(key)) {
      const isNew = !this.has(value, key);
      if (isNew) this.#setOf(value).add(key);
      return isNew;
    }
    const word = wordOf(key);
    const bit = bitOf(key, word);
    const bits = this.#bits.get(word) ?? 0;
    if ((bits & bit) !== 0) return false;
    this.#bits.set(word, bits | bit);
    return true;
  }

  #setOf(value: Json): Set<Key> {
    return typeof value === "string" ? this.#strings : this.#others;
  }
}

export function isWhole(key: Key): key is number {
  return Number.isSafeInteger(key);
}

/** A string is its own key: a text of it would double what it takes. Undefined for a value too deep. */
export function keyOf(value: Json): Key | undefined {
  return typeof value === "string" ? value : canonical(value);
}

function wordOf(number: number): number {
  return Math.floor(number / WORD_BITS);
}

function bitOf(number: number, word: number): number {
  return 1 << (number - WORD_BITS * word);
}
