/** A set of whole numbers as bits: there are often many close together. Dense ones take half a byte each, others up to twenty. */
import { hashed, Slots } from "./kept/slots.ts";

/** So many numbers share a slot. */
const WORD_BITS = 32;
/** A power of two. Each grows by itself, so that no addition waits for more than one of them. */
const SEGMENTS = 64;
const HALF = 2 ** 32;

/** Of safe integers; -0 is 0. */
export class WholeNumbers {
  /** By the hash of a word's lower half: its bits, and its upper half beside them. */
  readonly #segments: (Slots | undefined)[] = Array.from({ length: SEGMENTS });
  #size = 0;
  /** The word that was looked for last, and where: mostly it is the next one, too. */
  #word = NaN;
  #key = 0;
  #slot = -1;

  get size(): number {
    return this.#size;
  }

  has(number: number): boolean {
    const word = wordOf(number);
    const slot = this.#seek(word);
    return slot >= 0 &&
      ((this.#segments[segmentOf(this.#key)]?.value(slot) ?? 0) & bitOf(number, word)) !== 0;
  }

  /** Returns whether it is new. */
  add(number: number): boolean {
    const word = wordOf(number);
    const bit = bitOf(number, word);
    const slot = this.#seek(word);
    const segment = this.#segmentFor(this.#key);
    if (slot < 0) this.#slot = segment.add(this.#key, bit, upperOf(word));
    else {
      const bits = segment.value(slot);
      if ((bits & bit) !== 0) return false;
      segment.setValue(slot, bits | bit);
    }
    this.#size++;
    return true;
  }

  /** Returns whether it was held. */
  delete(number: number): boolean {
    const word = wordOf(number);
    const bit = bitOf(number, word);
    const slot = this.#seek(word);
    const key = this.#key;
    const segment = this.#segments[segmentOf(key)];
    const bits = segment === undefined || slot < 0 ? 0 : segment.value(slot);
    if (segment === undefined || (bits & bit) === 0) return false;
    if (bits !== bit) segment.setValue(slot, bits & ~bit);
    else segment.remove(slot);
    if (bits === bit) this.#word = NaN;
    if (segment.size === 0) this.#segments[segmentOf(key)] = undefined;
    this.#size--;
    return true;
  }

  #segmentFor(key: number): Slots {
    const i = segmentOf(key);
    return this.#segments[i] ??= new Slots(3, i / SEGMENTS);
  }

  /** Where a word is in its segment; -1 where it is not. */
  #seek(word: number): number {
    if (word === this.#word) return this.#slot;
    const key = keyOf(word);
    this.#word = word;
    this.#key = key;
    return this.#slot = slotOf(this.#segments[segmentOf(key)], key, word);
  }

  /** Of the slots. */
  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + (segment?.bytes ?? 0), 0);
  }
}

function wordOf(number: number): number {
  return Math.floor(number / WORD_BITS);
}

function bitOf(number: number, word: number): number {
  return 1 << (number - WORD_BITS * word);
}

function upperOf(word: number): number {
  return Math.floor(word / HALF);
}

function keyOf(word: number): number {
  return hashed(word | 0);
}

/** The leading bits of a key say where it stands in its segment. */
function segmentOf(key: number): number {
  return key & (SEGMENTS - 1);
}

function slotOf(segment: Slots | undefined, key: number, word: number): number {
  if (segment === undefined) return -1;
  const upper = upperOf(word);
  let slot = segment.first(key);
  while (slot >= 0 && segment.more(slot) !== upper) slot = segment.next(key, slot);
  return slot;
}
