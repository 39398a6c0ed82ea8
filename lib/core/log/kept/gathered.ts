/** Pairs that wait to be added to a table, those that are near each other there together: each look at far memory then serves many. */
import { at, intAt } from "../../assert.ts";

/** So many wait in a bucket, at most: with all buckets that are a few megabytes. */
export const GATHERED_MAX = 2_048;
const GATHERED_MIN = 16;
/** A number for the table, the block, and which of its entries. */
const WIDTH = 3;

export class Gathered {
  readonly #buckets: Int32Array[];
  readonly #counts: Int32Array;

  constructor(buckets: number) {
    this.#buckets = Array.from({ length: buckets }, () => new Int32Array(0));
    this.#counts = new Int32Array(buckets);
  }

  /** Returns whether the bucket is full then. */
  add(bucket: number, print: number, value: number, i: number): boolean {
    const count = intAt(this.#counts, bucket);
    let words = at(this.#buckets, bucket);
    if (WIDTH * count === words.length) {
      const larger = new Int32Array(WIDTH * Math.max(GATHERED_MIN, 2 * count));
      larger.set(words);
      this.#buckets[bucket] = words = larger;
    }
    words[WIDTH * count] = print;
    words[WIDTH * count + 1] = value;
    words[WIDTH * count + 2] = i;
    this.#counts[bucket] = count + 1;
    return count + 1 === GATHERED_MAX;
  }

  /** Empties a bucket, in the order in which it was filled: the next that is added takes the place of these numbers. */
  take(bucket: number): Int32Array {
    const count = intAt(this.#counts, bucket);
    this.#counts[bucket] = 0;
    return at(this.#buckets, bucket).subarray(0, WIDTH * count);
  }
}
