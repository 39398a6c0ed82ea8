/** Which blocks may hold a value, by two hashes of 32 bits: a set of (hashes, block) in ten to thirteen bytes each. */
import { assert } from "../assert.ts";
import { Gathered } from "./kept/gathered.ts";
import { hashed, Slots } from "./kept/slots.ts";

/** Is told of a pair that was not added: its block, and the number that came with it. */
export type OnHeld = (block: number, i: number) => void;

/** A power of two. Each grows by itself, so that no addition waits for more than one of them. */
const SEGMENTS = 256;
const SEGMENT_BITS = 8;
/** A slot has no room for a whole id, and none for 0. */
const IDS = 2 ** 32 - 1;

/**
 * Holds pairs of a value's hashes and the id of a block that holds it, each pair once. It keeps 8 bits of `high`, as the segment, and 32
 * of both hashes mixed, as the fingerprint. So a look-up of a value that is not held asks about a block in vain in n of 2^40 cases, n
 * being the size: one of 100,000 with 10 million values.
 *
 * All ids that are held at once lie within 2^32 - 1.
 *
 * The hashes are not secret. Somebody who makes k blocks hold values of equal hashes makes a look-up of one more such value ask about k
 * blocks, and one of 256 other values is looked for in up to k slots, a nanosecond each. That many equal hashes in one block count once.
 */
export class Fingerprints {
  readonly #segments: (Slots | undefined)[] = Array.from({ length: SEGMENTS });
  /** The largest id that ever came: from it the others follow. */
  #newest = 0;
  #size = 0;
  #bytes = 0;
  #gathered: Gathered | undefined;
  readonly #expected: number;

  /** `expected`: so many pairs it should have room for from the beginning. */
  constructor(expected = 0) {
    this.#expected = expected;
  }

  /** Pairs. */
  get size(): number {
    return this.#size;
  }

  /** Of the slots. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the pair where there is no block to ask about, which is nearly always, in one look. Returns whether it did. */
  addNew(high: number, low: number, block: number): boolean {
    const segment = this.#segment(segmentOf(high));
    const before = segment.size === 0 ? 0 : segment.bytes;
    const isAdded = segment.addNew(printOf(high, low), valueOf(block));
    this.#bytes += segment.bytes - before;
    if (isAdded) this.#added(block);
    return isAdded;
  }

  /**
   * As addNew(), by the time of settle(), and several times faster where the set is large. `onHeld` is told the block, and this number,
   * where there is a block to ask about.
   */
  gather(high: number, low: number, block: number, i: number, onHeld: OnHeld): void {
    if (block > this.#newest) this.#newest = block;
    const segment = segmentOf(high);
    this.#gathered ??= new Gathered(SEGMENTS);
    if (this.#gathered.add(segment, printOf(high, low), valueOf(block), i)) this.#settle(segment, onHeld);
  }

  /** Adds all that was gathered. */
  settle(onHeld: OnHeld): void {
    for (let i = 0; this.#gathered !== undefined && i < SEGMENTS; i++) this.#settle(i, onHeld);
    this.#gathered = undefined;
  }

  #settle(number: number, onHeld: OnHeld): void {
    assert(this.#gathered !== undefined, "something was gathered");
    const segment = this.#segment(number);
    const [size, bytes] = [segment.size, segment.size === 0 ? 0 : segment.bytes];
    segment.addAll(this.#gathered.take(number), (value, i) => onHeld(this.#idOf(value), i));
    this.#size += segment.size - size;
    this.#bytes += segment.bytes - bytes;
  }

  /** Asks about the blocks that may hold a value with these hashes, each once, until `is` says that one does. */
  find(high: number, low: number, is: (block: number) => boolean): boolean {
    const segment = this.#segments[segmentOf(high)];
    if (segment === undefined) return false;
    const print = printOf(high, low);
    for (let slot = segment.first(print); slot >= 0; slot = segment.next(print, slot)) {
      if (is(this.#idOf(segment.value(slot)))) return true;
    }
    return false;
  }

  add(high: number, low: number, block: number): void {
    const segment = this.#segment(segmentOf(high));
    const print = printOf(high, low);
    const value = valueOf(block);
    if (slotOf(segment, print, value) >= 0) return;
    const before = segment.size === 0 ? 0 : segment.bytes;
    segment.add(print, value);
    this.#bytes += segment.bytes - before;
    this.#added(block);
  }

  /** Returns whether the pair was held. */
  delete(high: number, low: number, block: number): boolean {
    const segment = this.#segments[segmentOf(high)];
    const slot = segment === undefined ? -1 : slotOf(segment, printOf(high, low), valueOf(block));
    if (segment === undefined || slot < 0) return false;
    const before = segment.bytes;
    segment.remove(slot);
    if (segment.size === 0) this.#segments[segmentOf(high)] = undefined;
    this.#size--;
    this.#bytes -= before - (segment.size === 0 ? 0 : segment.bytes);
    return true;
  }

  #segment(i: number): Slots {
    return this.#segments[i] ??= new Slots(2, i / SEGMENTS, this.#expected / SEGMENTS);
  }

  #added(block: number): void {
    if (block > this.#newest) this.#newest = block;
    this.#size++;
  }

  #idOf(value: number): number {
    const since = (this.#newest % IDS) + 1 - (value >>> 0);
    return this.#newest - (since < 0 ? since + IDS : since);
  }
}

/** 1 to 2^32 - 1, as 32 bits with a sign. */
function valueOf(block: number): number {
  return ((block % IDS) + 1) | 0;
}

function slotOf(segment: Slots, print: number, value: number): number {
  let slot = segment.first(print);
  while (slot >= 0 && segment.value(slot) !== value) slot = segment.next(print, slot);
  return slot;
}

function segmentOf(high: number): number {
  return Math.imul(high, 0x9e3779b1) >>> (32 - SEGMENT_BITS);
}

function printOf(high: number, low: number): number {
  return hashed(low ^ Math.imul(high, 0x85ebca77));
}
