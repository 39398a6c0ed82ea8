/** Finds keys of topics among a million: a hash table over typed arrays, with the keys as UTF-8 in one array of bytes. */
import { assert, at } from "../assert.ts";
import { KEY_BYTES_MAX } from "./names.ts";

/** Stands for "no index" in a chain. */
const NONE = -1;
const FIRST_CAPACITY = 64;
const GROWTH = 1.5;
/** No character takes more bytes of UTF-8 than this for each of its UTF-16 units. */
const UNIT_BYTES_MAX = 3;

/** Gives each (topic, key) an index, a small number that stays its own until it is removed. Topics are numbers here. */
export class KeyTable {
  /** By hash, the index at which a chain begins; a power of two of them. */
  #heads = new Int32Array(FIRST_CAPACITY).fill(NONE);
  #next = new Int32Array(FIRST_CAPACITY);
  #hashes = new Uint32Array(FIRST_CAPACITY);
  #topics = new Uint32Array(FIRST_CAPACITY);
  /** Where in #bytes each key begins, and how many bytes it has: none where the index is free. */
  #starts = new Uint32Array(FIRST_CAPACITY);
  #lengths = new Uint16Array(FIRST_CAPACITY);
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #bytesUsed = 0;
  #bytesFree = 0;
  #end = 0;
  readonly #freeIndices: number[] = [];
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  /** The key that is looked for. */
  readonly #wanted = new Uint8Array(UNIT_BYTES_MAX * KEY_BYTES_MAX);

  get size(): number {
    return this.#end - this.#freeIndices.length;
  }

  /** Every index is below this. */
  get end(): number {
    return this.#end;
  }

  /** What all of it takes, bytes. */
  get bytes(): number {
    const columns = [this.#heads, this.#next, this.#hashes, this.#topics, this.#starts, this.#lengths];
    return columns.reduce((sum, { byteLength }) => sum + byteLength, this.#bytes.byteLength);
  }

  isUsed(index: number): boolean {
    return at(this.#lengths, index) > 0;
  }

  topicOf(index: number): number {
    return at(this.#topics, index);
  }

  keyOf(index: number): string {
    const start = at(this.#starts, index);
    return this.#decoder.decode(this.#bytes.subarray(start, start + at(this.#lengths, index)));
  }

  find(topic: number, key: string): number | undefined {
    const length = this.#encode(key);
    const hash = this.#hash(topic, length);
    let index = at(this.#heads, hash & (this.#heads.length - 1));
    while (index !== NONE && !this.#isWanted(index, topic, hash, length)) index = at(this.#next, index);
    return index === NONE ? undefined : index;
  }

  /** Of a key that is not there. */
  add(topic: number, key: string): number {
    const length = this.#encode(key);
    assert(length > 0 && length <= KEY_BYTES_MAX, "a key has a length that keys may have");
    const index = this.#freeIndices.pop() ?? this.#end++;
    if (index === this.#next.length) this.#grow();
    this.#hashes[index] = this.#hash(topic, length);
    this.#topics[index] = topic;
    this.#starts[index] = this.#store(length);
    this.#lengths[index] = length;
    this.#chain(index);
    return index;
  }

  remove(index: number): void {
    assert(this.isUsed(index), "what is removed is there");
    const head = at(this.#hashes, index) & (this.#heads.length - 1);
    const after = at(this.#next, index);
    if (this.#heads[head] === index) this.#heads[head] = after;
    else {
      let before = at(this.#heads, head);
      while (this.#next[before] !== index) before = at(this.#next, before);
      this.#next[before] = after;
    }
    this.#bytesFree += at(this.#lengths, index);
    this.#lengths[index] = 0;
    this.#freeIndices.push(index);
  }

  #chain(index: number): void {
    const head = at(this.#hashes, index) & (this.#heads.length - 1);
    this.#next[index] = at(this.#heads, head);
    this.#heads[head] = index;
  }

  /** Writes the key into #wanted; returns how many bytes it has. */
  #encode(key: string): number {
    const wanted = this.#wanted;
    let i = 0;
    for (; i < key.length && i < KEY_BYTES_MAX; i++) {
      const unit = key.charCodeAt(i);
      if (unit >= 0x80) break;
      wanted[i] = unit;
    }
    return i === key.length ? i : this.#encoder.encodeInto(key, wanted).written;
  }

  /** FNV-1a, and the finalizer of MurmurHash3. */
  #hash(topic: number, length: number): number {
    let hash = 0x811c9dc5 ^ topic;
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ at(this.#wanted, i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #isWanted(index: number, topic: number, hash: number, length: number): boolean {
    if (this.#hashes[index] !== hash || this.#topics[index] !== topic || this.#lengths[index] !== length) {
      return false;
    }
    const start = at(this.#starts, index);
    for (let i = 0; i < length; i++) if (this.#bytes[start + i] !== this.#wanted[i]) return false;
    return true;
  }

  /** Copies the wanted key to where keys are kept; returns where it begins. */
  #store(length: number): number {
    if (this.#bytesUsed + length > this.#bytes.length) this.#makeRoom(length);
    const start = this.#bytesUsed;
    this.#bytes.set(this.#wanted.subarray(0, length), start);
    this.#bytesUsed += length;
    return start;
  }

  /** Moves the keys that are left together, in larger or smaller room. */
  #makeRoom(length: number): void {
    const needed = this.#bytesUsed - this.#bytesFree + length;
    const moved = new Uint8Array(Math.ceil(GROWTH * needed));
    let used = 0;
    for (let index = 0; index < this.#end; index++) {
      const [start, keyLength] = [at(this.#starts, index), at(this.#lengths, index)];
      if (keyLength === 0) continue;
      moved.set(this.#bytes.subarray(start, start + keyLength), used);
      this.#starts[index] = used;
      used += keyLength;
    }
    this.#bytes = moved;
    this.#bytesUsed = used;
    this.#bytesFree = 0;
  }

  #grow(): void {
    const capacity = Math.ceil(GROWTH * this.#next.length);
    this.#hashes = enlarged(this.#hashes, new Uint32Array(capacity));
    this.#topics = enlarged(this.#topics, new Uint32Array(capacity));
    this.#starts = enlarged(this.#starts, new Uint32Array(capacity));
    this.#lengths = enlarged(this.#lengths, new Uint16Array(capacity));
    this.#next = enlarged(this.#next, new Int32Array(capacity));
    if (capacity <= this.#heads.length) return;
    this.#heads = new Int32Array(2 * this.#heads.length).fill(NONE);
    for (let index = 0; index < this.#end; index++) if (this.isUsed(index)) this.#chain(index);
  }
}

/** The larger array, with what the smaller one holds. */
export function enlarged<T extends Float64Array | Int32Array | Uint32Array | Uint16Array>(
  old: T,
  large: T,
): T {
  large.set(old);
  return large;
}
