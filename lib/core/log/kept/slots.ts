/** A hash table in one array of 32-bit integers: open addressing, no objects, no trace of what was removed. */
import { assert, intAt } from "../../assert.ts";

const SLOTS_MIN = 8;
const LOAD_MAX = 0.8;
/** With less it is made smaller. */
const LOAD_MIN = 0.4;
/** A table that grows becomes so many times as large. */
const GROWTH = 1.25;
/** Of smaller arrays, giving them back costs more than it gives. */
const GIVEN_BACK_BYTES_MIN = 4_096;

/**
 * A slot is the index of its first number. Each holds a key, a value that is not 0, and perhaps one more number. A key may be in several slots. It must be hashed: it
 * stands in the slot that it scales to, or in the next free one after it.
 */
export class Slots {
  readonly #width: number;
  readonly #phase: number;
  #size = 0;
  #capacity: number;
  /** Key, value and what is beside it, of each slot; a value of 0: the slot is free. */
  #words: Int32Array<ArrayBuffer>;

  /**
   * Of so many numbers in a slot, with room for so many slots. `phase`, from 0 to 1: tables that are filled alike, and of which each has
   * another one, grow one after the other. If all did at once, they would leave as much to be collected as they take.
   */
  constructor(width: 2 | 3, phase = 0, size = 0) {
    this.#width = width;
    this.#phase = phase;
    this.#capacity = this.#capacityFor(size);
    this.#words = new Int32Array(width * this.#capacity);
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  /** The first slot that holds the key; -1 where none does. */
  first(key: number): number {
    return this.#seek(key, this.#home(key));
  }

  /** The next one after a slot that does. */
  next(key: number, slot: number): number {
    return this.#seek(key, this.#after(slot));
  }

  value(slot: number): number {
    return intAt(this.#words, slot + 1);
  }

  /** What is beside the value. */
  more(slot: number): number {
    return intAt(this.#words, slot + 2);
  }

  setValue(slot: number, value: number): void {
    assert(value !== 0, "0 stands for a free slot");
    this.#words[slot + 1] = value;
  }

  /** Returns the slot. Those that were found before are others now. */
  add(key: number, value: number, more = 0): number {
    assert(value !== 0, "0 stands for a free slot");
    if (++this.#size > LOAD_MAX * this.#capacity) this.#resize();
    return this.#put(key, value, more);
  }

  /** Adds a key that is in no slot. Returns whether it did. */
  addNew(key: number, value: number): boolean {
    assert(value !== 0, "0 stands for a free slot");
    if (this.#size + 1 > LOAD_MAX * this.#capacity) this.#resize(this.#size + 1);
    const words = this.#words;
    const width = this.#width;
    let slot = this.#home(key);
    for (; words[slot + 1] !== 0; slot = slot + width === words.length ? 0 : slot + width) {
      if (words[slot] === key) return false;
    }
    words[slot] = key;
    words[slot + 1] = value;
    this.#size++;
    return true;
  }

  /**
   * As addNew(), many times: each three of these numbers are a key, a value, and what `onHeld` is told with the value where the key is in a
   * slot already.
   */
  addAll(numbers: Int32Array, onHeld: (value: number, told: number) => void): void {
    const most = this.#size + numbers.length / 3;
    if (most > LOAD_MAX * this.#capacity) this.#resize(most);
    const words = this.#words;
    const { length } = words;
    const width = this.#width;
    const scale = this.#capacity / 2 ** 32;
    let added = 0;
    for (let k = 0; k < numbers.length; k += 3) {
      const key = intAt(numbers, k);
      // As #home() has it: with fields in it, the loop takes one and a half times as long.
      let slot = width * (((key >>> 0) * scale) | 0);
      while (words[slot + 1] !== 0 && words[slot] !== key) slot = slot + width === length ? 0 : slot + width;
      if (words[slot + 1] !== 0) onHeld(intAt(numbers, k + 1), intAt(numbers, k + 2));
      else {
        words[slot] = key;
        words[slot + 1] = intAt(numbers, k + 1);
        added++;
      }
    }
    this.#size += added;
  }

  /** What stands behind the slot, and not where it should, moves up. Slots that were found before are others now. */
  remove(slot: number): void {
    const words = this.#words;
    let free = slot;
    for (let each = this.#after(slot); words[each + 1] !== 0; each = this.#after(each)) {
      if (this.#distance(this.#home(intAt(words, each)), each) < this.#distance(free, each)) continue;
      words.copyWithin(free, each, each + this.#width);
      free = each;
    }
    words[free + 1] = 0;
    if (--this.#size < LOAD_MIN * this.#capacity && this.#capacity > 2 * SLOTS_MIN) this.#resize();
  }

  #seek(key: number, from: number): number {
    const words = this.#words;
    const width = this.#width;
    for (let slot = from; words[slot + 1] !== 0; slot = slot + width === words.length ? 0 : slot + width) {
      if (words[slot] === key) return slot;
    }
    return -1;
  }

  #put(key: number, value: number, more: number): number {
    const words = this.#words;
    const width = this.#width;
    let slot = this.#home(key);
    while (words[slot + 1] !== 0) slot = slot + width === words.length ? 0 : slot + width;
    words[slot] = key;
    words[slot + 1] = value;
    if (width === 3) words[slot + 2] = more;
    return slot;
  }

  #resize(size = this.#size): void {
    const old = this.#words;
    const width = this.#width;
    this.#capacity = this.#capacityFor(size);
    this.#words = new Int32Array(width * this.#capacity);
    for (let slot = 0; slot < old.length; slot += width) {
      const value = intAt(old, slot + 1);
      if (value !== 0) this.#put(intAt(old, slot), value, width === 3 ? intAt(old, slot + 2) : 0);
    }
    giveBack(old);
  }

  /** The least that is enough of SLOTS_MIN, GROWTH times that, and so on, from the phase on. */
  #capacityFor(size: number): number {
    const steps = Math.log(size / (LOAD_MAX * SLOTS_MIN)) / Math.log(GROWTH);
    return Math.ceil(SLOTS_MIN * GROWTH ** (Math.max(0, Math.ceil(steps - this.#phase)) + this.#phase));
  }

  /** By the leading bits of the key: in a table of another size keys stand in the same order, which makes moving them fast. */
  #home(key: number): number {
    return this.#width * (((key >>> 0) * this.#capacity / 2 ** 32) | 0);
  }

  #after(slot: number): number {
    return slot + this.#width === this.#words.length ? 0 : slot + this.#width;
  }

  #distance(from: number, to: number): number {
    return to >= from ? to - from : to - from + this.#words.length;
  }
}

/** Its memory is free at once, and not only after a collection that looks at all that is old; Node.js 20 cannot do that. */
function giveBack(words: Int32Array<ArrayBuffer>): void {
  if (words.byteLength >= GIVEN_BACK_BYTES_MIN) words.buffer.transfer?.(0);
}

/** Every bit of it depends on every bit of the number, and no two numbers have one hash (the finalizer of MurmurHash3). */
export function hashed(number: number): number {
  let bits = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
