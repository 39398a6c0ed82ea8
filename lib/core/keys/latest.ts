/** The latest entry of each key of each topic: the same on every node that holds the same entries. */
import { at } from "../assert.ts";
import { CountedNames } from "./counted_names.ts";
import { enlarged, KeyTable } from "./key_table.ts";
import { KEYS_MAX, matches } from "./names.ts";

/** An entry as the others know it. */
export interface EntryName {
  readonly origin: string;
  readonly seq: number;
}

/** An entry that put a value under a key, or deleted the key. */
export interface Put extends EntryName {
  /** Its hybrid time. */
  readonly stamp: number;
  readonly deleted: boolean;
}

export interface LatestPut extends Put {
  readonly topic: string;
  readonly key: string;
}

/** About 80 bytes for a key of 20. */
export class Latest {
  readonly #keys = new KeyTable();
  readonly #topics = new CountedNames();
  readonly #origins = new CountedNames();
  /** Of the latest entry, by the index of its key. */
  #stamps = new Float64Array();
  #seqs = new Float64Array();
  /** Twice the number of the origin's name, and one more where the key was deleted. */
  #origin = new Uint32Array();

  /** How many keys there are, the deleted ones included. */
  get size(): number {
    return this.#keys.size;
  }

  /** What they take, bytes. */
  get bytes(): number {
    return this.#keys.bytes + this.#stamps.byteLength + this.#seqs.byteLength + this.#origin.byteLength;
  }

  /** Whether an entry of this key may enter: those that there are already always may. */
  hasRoomFor(topic: string, key: string): boolean {
    return this.size < KEYS_MAX || this.#find(topic, key) !== undefined;
  }

  /**
   * Takes in an entry of a key. Returns the entry that it supersedes, or the noted one where that is superseded already;
   * undefined where it is the key's first, or was noted before. The order in which entries are noted makes no difference to
   * which is the latest.
   */
  note(topic: string, key: string, put: Put): EntryName | undefined {
    const index = this.#find(topic, key);
    if (index === undefined) {
      this.#write(this.#add(topic, key), put);
      return undefined;
    }
    const held = this.#read(index);
    const order = comparePuts(put, held);
    if (order === 0) return undefined;
    if (order < 0) return { origin: put.origin, seq: put.seq };
    this.#origins.release(at(this.#origin, index) >>> 1);
    this.#write(index, put);
    return { origin: held.origin, seq: held.seq };
  }

  /** Undefined where there is none. A deleted key has a latest entry, too. */
  get(topic: string, key: string): Put | undefined {
    const index = this.#find(topic, key);
    return index === undefined ? undefined : this.#read(index);
  }

  isLatest(topic: string, key: string, origin: string, seq: number): boolean {
    const latest = this.get(topic, key);
    return latest?.seq === seq && latest.origin === origin;
  }

  /** The key was deleted, and everybody has heard of it: nothing is left of it. */
  forget(topic: string, key: string): void {
    const index = this.#find(topic, key);
    if (index === undefined) return;
    this.#topics.release(this.#keys.topicOf(index));
    this.#origins.release(at(this.#origin, index) >>> 1);
    this.#keys.remove(index);
  }

  /** Of all topics that the patterns name, in no order. What is noted or forgotten meanwhile may be among them or not. */
  *entries(patterns: readonly string[]): IterableIterator<LatestPut> {
    for (let index = 0; index < this.#keys.end; index++) {
      if (!this.#keys.isUsed(index)) continue;
      const topic = this.#topics.nameOf(this.#keys.topicOf(index));
      if (matches(patterns, topic)) yield { topic, key: this.#keys.keyOf(index), ...this.#read(index) };
    }
  }

  #find(topic: string, key: string): number | undefined {
    const number = this.#topics.numberOf(topic);
    return number === undefined ? undefined : this.#keys.find(number, key);
  }

  #add(topic: string, key: string): number {
    const index = this.#keys.add(this.#topics.use(topic), key);
    if (index >= this.#stamps.length) {
      const capacity = Math.ceil(1.5 * (index + 1));
      this.#stamps = enlarged(this.#stamps, new Float64Array(capacity));
      this.#seqs = enlarged(this.#seqs, new Float64Array(capacity));
      this.#origin = enlarged(this.#origin, new Uint32Array(capacity));
    }
    return index;
  }

  #write(index: number, { stamp, origin, seq, deleted }: Put): void {
    this.#stamps[index] = stamp;
    this.#seqs[index] = seq;
    this.#origin[index] = 2 * this.#origins.use(origin) + (deleted ? 1 : 0);
  }

  #read(index: number): Put {
    const word = at(this.#origin, index);
    return {
      stamp: at(this.#stamps, index),
      origin: this.#origins.nameOf(word >>> 1),
      seq: at(this.#seqs, index),
      deleted: (word & 1) === 1,
    };
  }
}

/** Above 0 where a is later: by stamp, then by origin as text, then by number. The order that decides which entry of a key is the latest. */
export function comparePuts(a: Put, b: Put): number {
  if (a.stamp !== b.stamp) return a.stamp - b.stamp;
  if (a.origin !== b.origin) return a.origin < b.origin ? -1 : 1;
  return a.seq - b.seq;
}
