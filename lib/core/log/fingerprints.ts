/** Which block may hold a value, by two hashes of 32 bits: a set of (hashes, block) in ten to thirteen bytes each. */
import { at } from "../assert.ts";

/** A power of two. Each grows by itself, so that no addition waits for more than one of them. */
const SEGMENTS = 256;
/** The slots of a segment when its first pair comes. */
const SLOTS_MIN = 8;
const LOAD_MAX = 0.8;
/** A segment with less is made smaller. */
const LOAD_MIN = 0.4;
/** Right after a segment was made larger, or smaller. */
const LOAD_FRESH = 0.64;

/**
 * Holds pairs of a value's hashes and the block that holds the value, each pair once. It keeps 8 bits of `high`, as the segment, and
 * 32 of both hashes mixed, as the fingerprint. So a look-up of a value that is not held asks about a block in vain in n of 2^40 cases, n
 * being the size: one of 100,000 with 10 million values.
 *
 * All ids that are held at once lie within 2^32.
 *
 * The hashes are not secret. Somebody who makes k blocks hold values of equal hashes makes a look-up of one more such value ask about k
 * blocks, and one of 256 other values is looked for in up to k slots, a nanosecond each. That many equal values in one block count once.
 */
export class Fingerprints {
  readonly #segments: (Segment | undefined)[] = Array.from({ length: SEGMENTS });
  /** The largest id that ever came: the ids of all others follow from their low halves. */
  #newest = 0;
  #size = 0;
  #bytes = 0;

  /** Pairs. */
  get size(): number {
    return this.#size;
  }

  /** Of the slots. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Asks about every block that may hold a value with these hashes, until `is` says that one does. */
  find(high: number, low: number, is: (block: number) => boolean): boolean {
    const segment = this.#segments[segmentOf(high)];
    if (segment === undefined) return false;
    const print = printOf(high, low);
    for (let slot = segment.first(print); slot >= 0; slot = segment.next(print, slot)) {
      if (is(this.#newest - ((this.#newest - segment.value(slot)) >>> 0))) return true;
    }
    return false;
  }

  add(high: number, low: number, block: number): void {
    const index = segmentOf(high);
    const segment = this.#segments[index] ??= new Segment();
    const before = segment.bytes;
    if (!segment.add(printOf(high, low), block | 0)) return;
    if (block > this.#newest) this.#newest = block;
    this.#size++;
    this.#bytes += segment.bytes - (segment.size === 1 ? 0 : before);
  }

  /** Returns whether the pair was held. */
  delete(high: number, low: number, block: number): boolean {
    const index = segmentOf(high);
    const segment = this.#segments[index];
    const before = segment?.bytes ?? 0;
    if (segment === undefined || !segment.delete(printOf(high, low), block | 0)) return false;
    if (segment.size === 0) this.#segments[index] = undefined;
    this.#size--;
    this.#bytes -= before - (segment.size === 0 ? 0 : segment.bytes);
    return true;
  }
}

/** An open-addressing table: a fingerprint stands in the slot that it scales to, or in the next free one after it. */
class Segment {
  size = 0;
  #capacity = SLOTS_MIN;
  /** Fingerprint and value of each slot; a fingerprint of 0: the slot is free. */
  #slots = new Int32Array(2 * SLOTS_MIN);

  get bytes(): number {
    return this.#slots.byteLength;
  }

  value(slot: number): number {
    return at(this.#slots, 2 * slot + 1);
  }

  /** The first slot with a fingerprint; -1 where there is none. */
  first(print: number): number {
    return this.#seek(print, home(print, this.#capacity));
  }

  /** The next one after a slot that has it. */
  next(print: number, slot: number): number {
    return this.#seek(print, this.#after(slot));
  }

  /** Returns whether it is new. */
  add(print: number, value: number): boolean {
    const slots = this.#slots;
    const capacity = this.#capacity;
    let slot = home(print, capacity);
    for (let found = slots[2 * slot]; found !== 0; found = slots[2 * slot]) {
      if (found === print && slots[2 * slot + 1] === value) return false;
      slot = slot + 1 === capacity ? 0 : slot + 1;
    }
    if (++this.size > LOAD_MAX * capacity) {
      this.#resize();
      this.#put(print, value);
    } else {
      slots[2 * slot] = print;
      slots[2 * slot + 1] = value;
    }
    return true;
  }

  /** Returns whether it was there. */
  delete(print: number, value: number): boolean {
    let slot = this.first(print);
    while (slot >= 0 && this.value(slot) !== value) slot = this.next(print, slot);
    if (slot < 0) return false;
    this.#free(slot);
    this.size--;
    if (this.size < LOAD_MIN * this.#capacity && this.#capacity > SLOTS_MIN) this.#resize();
    return true;
  }

  #seek(print: number, from: number): number {
    const slots = this.#slots;
    const capacity = this.#capacity;
    for (let slot = from;; slot = slot + 1 === capacity ? 0 : slot + 1) {
      const found = slots[2 * slot];
      if (found === print) return slot;
      if (found === 0) return -1;
    }
  }

  #put(print: number, value: number): void {
    const slots = this.#slots;
    let slot = home(print, this.#capacity);
    while (slots[2 * slot] !== 0) slot = this.#after(slot);
    slots[2 * slot] = print;
    slots[2 * slot + 1] = value;
  }

  /** What stands behind a slot that becomes free, and not where it should, moves up. */
  #free(slot: number): void {
    const slots = this.#slots;
    const capacity = this.#capacity;
    let free = slot;
    for (let each = this.#after(slot);; each = this.#after(each)) {
      const print = at(slots, 2 * each);
      if (print === 0) break;
      if (distance(home(print, capacity), each, capacity) < distance(free, each, capacity)) continue;
      slots[2 * free] = print;
      slots[2 * free + 1] = at(slots, 2 * each + 1);
      free = each;
    }
    slots[2 * free] = 0;
  }

  #resize(): void {
    const old = this.#slots;
    this.#capacity = Math.max(SLOTS_MIN, Math.ceil((this.size + 1) / LOAD_FRESH));
    this.#slots = new Int32Array(2 * this.#capacity);
    for (let i = 0; i < old.length; i += 2) {
      if (old[i] !== 0) this.#put(at(old, i), at(old, i + 1));
    }
  }

  #after(slot: number): number {
    return slot + 1 === this.#capacity ? 0 : slot + 1;
  }
}

/** By its leading bits: in a table of another size fingerprints stand in the same order, which makes moving them fast. */
function home(print: number, capacity: number): number {
  return ((print >>> 0) * capacity / 2 ** 32) | 0;
}

function distance(from: number, to: number, capacity: number): number {
  return to >= from ? to - from : to - from + capacity;
}

function segmentOf(high: number): number {
  return Math.imul(high, 0x9e3779b1) >>> 24;
}

/** Every bit of it depends on every bit of the hashes (the finalizer of MurmurHash3); never 0. */
function printOf(high: number, low: number): number {
  let bits = low ^ Math.imul(high, 0x85ebca77);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) || 1;
}
