/** A digest of a set of values: 64 bits that are the same for the same values, in whatever order they came [L4]. */

/** What tells numbers from hashes. */
const WHOLE = 3;

/** Multipliers of FNV-1a and of the finalizers of MurmurHash3, odd as these must be; the second lane has others. */
const STEP = [0x01000193, 0x85ebca6b] as const;
const SEED = [0x811c9dc5, 0x9e3779b9] as const;

const WORD = 2 ** 32;

/** Two lanes of 32 bits: each is the sum of a hash of every value. */
export class SetDigest {
  #high = 0;
  #low = 0;

  /** Takes in the hashes of a value that the set did not have; the order does not matter. */
  add(high: number, low: number): void {
    this.#sum(high, low, 1);
  }

  /** Forgets what `add` has taken in. */
  remove(high: number, low: number): void {
    this.#sum(high, low, -1);
  }

  addWhole(whole: number): void {
    this.#sumWhole(whole, 1);
  }

  removeWhole(whole: number): void {
    this.#sumWhole(whole, -1);
  }

  #sumWhole(whole: number, sign: 1 | -1): void {
    const upper = Math.floor(whole / WORD) | 0;
    const lower = whole | 0;
    const high = mixed(SEED[0] ^ WHOLE ^ lower) ^ upper;
    const low = mixed(SEED[1] ^ WHOLE ^ lower) ^ upper;
    this.#sum(Math.imul(high, STEP[0]), Math.imul(low, STEP[1]), sign);
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    return hex(this.#high) + hex(this.#low);
  }

  #sum(high: number, low: number, sign: 1 | -1): void {
    this.#high = (this.#high + sign * mixed(high)) | 0;
    this.#low = (this.#low + sign * mixed(low ^ Math.imul(high, 0x27d4eb2f))) | 0;
  }
}

/** Every bit of the input changes each of the output with a chance of a half (the finalizer of MurmurHash3). */
export function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b | 0);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35 | 0);
  return h ^ (h >>> 16);
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, "0");
}
