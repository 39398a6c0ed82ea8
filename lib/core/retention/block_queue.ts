/** The blocks of one topic in order of age, in as little room as numbers take, and when the oldest is due to go [G2]. */
import { assert, at } from "../assert.ts";
import type { Limits } from "./rules.ts";

/** What is to be known of a block. */
export interface Sized {
  readonly id: number;
  /** When its last entry came, ms. */
  readonly at: number;
  /** Of its texts. */
  readonly bytes: number;
  /** Of its entries. */
  readonly count: number;
}

/** Numbers for each block: its id, at, bytes, count. */
const FIELDS = 4;
const CAPACITY_MIN = 4;

const NOTHING: Sized = { id: 0, at: 0, bytes: 0, count: 0 };

export class BlockQueue {
  readonly topic: string;
  readonly #limits: Limits;
  readonly #moved: () => void;
  /** A ring. */
  #fields = new Float64Array(FIELDS * CAPACITY_MIN);
  #first = 0;
  #length = 0;
  #bytes = 0;
  #count = 0;

  /** `moved` is called where the moment may have changed at which the oldest block is due. */
  constructor(topic: string, limits: Limits, moved: () => void = () => {}) {
    this.topic = topic;
    this.#limits = limits;
    this.#moved = moved;
  }

  get length(): number {
    return this.#length;
  }

  /**
   * When the oldest block is due to go: once its last entry is too old, and at once where what remains is enough; Infinity
   * where neither comes to pass by itself.
   */
  get dueAt(): number {
    if (this.#length === 0) return Infinity;
    const { ageMs = Infinity, bytes = Infinity, count = Infinity } = this.#limits;
    const oldest = this.#at(0);
    const isSpare = this.#bytes - oldest.bytes >= bytes || this.#count - oldest.count >= count;
    return isSpare ? oldest.at : oldest.at + ageMs;
  }

  has(id: number): boolean {
    const i = this.#placeOf(id);
    return i < this.#length && this.#at(i).id === id;
  }

  /** So much came into a block, which is there already or is new. Ids grow. */
  add({ id, at, bytes, count }: Sized): void {
    const i = this.#placeOf(id);
    assert(i === this.#length || this.#at(i).id === id, "a new block is younger than all others");
    if (i === this.capacity) this.#resize(2 * this.capacity);
    const before = i < this.#length ? this.#at(i) : NOTHING;
    this.#write(i, { id, at, bytes: before.bytes + bytes, count: before.count + count });
    this.#length = Math.max(this.#length, i + 1);
    this.#bytes += bytes;
    this.#count += count;
    this.#moved();
  }

  /** Takes the oldest block out, and returns its id. */
  shift(): number {
    assert(this.#length > 0, "only a block that is there goes");
    const { id, bytes, count } = this.#at(0);
    this.#first = (this.#first + 1) % this.capacity;
    this.#length--;
    this.#bytes -= bytes;
    this.#count -= count;
    if (this.capacity > CAPACITY_MIN && 4 * this.#length <= this.capacity) this.#resize(this.capacity / 2);
    this.#moved();
    return id;
  }

  /** Of how many blocks there is room to know. */
  get capacity(): number {
    return this.#fields.length / FIELDS;
  }

  /** The index of the block with this id; where there is none, of the first with a larger one. */
  #placeOf(id: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (at(this.#fields, this.#offset(middle)) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #at(i: number): Sized {
    const from = this.#offset(i);
    return {
      id: at(this.#fields, from),
      at: at(this.#fields, from + 1),
      bytes: at(this.#fields, from + 2),
      count: at(this.#fields, from + 3),
    };
  }

  #write(i: number, { id, at, bytes, count }: Sized): void {
    this.#fields.set([id, at, bytes, count], this.#offset(i));
  }

  #offset(i: number): number {
    return FIELDS * ((this.#first + i) % this.capacity);
  }

  #resize(capacity: number): void {
    const fields = new Float64Array(FIELDS * capacity);
    for (let i = 0; i < this.#length; i++) {
      const from = this.#offset(i);
      fields.set(this.#fields.subarray(from, from + FIELDS), FIELDS * i);
    }
    this.#fields = fields;
    this.#first = 0;
  }
}
