/** A digest of a set of values: 64 bits that are the same for the same values, in whatever order they came [L4]. */
import { isWhole, type Key, keyOf, ValueSet } from "./value_set.ts";
import type { Json } from "../message.ts";

/** What a value is hashed as: a string may spell the text of another value. */
const STRING = 1;
const TEXT = 2;
const WHOLE = 3;

/** Multipliers of FNV-1a and of the finalizers of MurmurHash3, odd as these must be; the second lane has others. */
const STEP = [0x01000193, 0x85ebca6b] as const;
const SEED = [0x811c9dc5, 0x9e3779b9] as const;

const WORD = 2 ** 32;

/** Two lanes of 32 bits: each is the sum of a hash of every value. */
export class SetDigest {
  #high = 0;
  #low = 0;

  /** Takes in a value that the set did not have; the order does not matter. */
  add(value: Json, key: Key): void {
    if (isWhole(key)) return this.#addWhole(key);
    const text = String(key);
    const kind = typeof value === "string" ? STRING : TEXT;
    let [high, low] = [SEED[0] ^ kind, SEED[1] ^ kind];
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      high = Math.imul(high ^ unit, STEP[0]);
      low = Math.imul(low ^ unit, STEP[1]);
    }
    this.#sum(high ^ text.length, low ^ text.length);
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    return hex(this.#high) + hex(this.#low);
  }

  #addWhole(whole: number): void {
    const [upper, lower] = [Math.floor(whole / WORD) | 0, whole | 0];
    const high = mixed(SEED[0] ^ WHOLE ^ lower) ^ upper;
    const low = mixed(SEED[1] ^ WHOLE ^ lower) ^ upper;
    this.#sum(Math.imul(high, STEP[0]), Math.imul(low, STEP[1]));
  }

  #sum(high: number, low: number): void {
    this.#high = (this.#high + mixed(high)) | 0;
    this.#low = (this.#low + mixed(low ^ Math.imul(high, 0x27d4eb2f))) | 0;
  }
}

export function digestOf(values: Iterable<Json>): string {
  const digest = new SetDigest();
  const keys = new ValueSet();
  for (const value of values) {
    const key = keyOf(value);
    if (key !== undefined && keys.add(value, key)) digest.add(value, key);
  }
  return digest.toString();
}

/** Every bit of the input changes each of the output with a chance of a half (the finalizer of MurmurHash3). */
function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, "0");
}
