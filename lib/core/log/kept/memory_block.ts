/** Consecutive entries as the bytes of their texts: it grows for a while, and then takes no more than it needs. */
import { assert, at } from "../../assert.ts";
import { BLOCK_BYTES_MAX, BLOCK_ENTRIES_MAX, BLOCK_MS_MAX } from "../entry_store.ts";
import { Texts } from "../texts.ts";
import { GrowingScan } from "./growing_scan.ts";
import { copyOf } from "./texts_cache.ts";

const CAPACITY_MIN = 64;
/** For shorter texts a loop is faster than the encoder. */
const LOOP_CHARS_MAX = 48;
const COMMA = 44;
/** As UTF-8, a character takes three bytes at most. */
const CHAR_BYTES_MAX = 3;

const NOTHING = new Uint8Array(0);
const EMPTY = Texts.of([]);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a block knows while it may grow. */
interface Growth {
  readonly since: number;
  /** Undefined as long as nothing is written. */
  scan: GrowingScan | undefined;
  /** What came last, as it came, and its index. It is written when more comes, or somebody asks for other entries. */
  last: Texts;
  lastFirst: number;
  isWritten: boolean;
}

export class MemoryBlock {
  readonly id: number;
  readonly origin: string;
  readonly seq: number;
  readonly topic: string | undefined;
  at: number;
  count = 0;
  /** As UTF-8: `v1,v2,…`. */
  bytes = 0;
  #buffer: Uint8Array = NOTHING;
  /** Of the buffer, those that are written. */
  #written = 0;
  #growth: Growth | undefined;

  /** Empty, and open since this moment. */
  constructor(id: number, origin: string, seq: number, topic: string | undefined, now: number) {
    this.id = id;
    this.origin = origin;
    this.seq = seq;
    this.topic = topic;
    this.at = now;
    this.#growth = { since: now, scan: undefined, last: EMPTY, lastFirst: 0, isWritten: true };
  }

  /** The number after its last entry's. */
  get end(): number {
    return this.seq + this.count;
  }

  get isOpen(): boolean {
    return this.#growth !== undefined;
  }

  /** When it was opened, ms; as long as it is open. */
  get since(): number {
    return this.#growth?.since ?? -Infinity;
  }

  get isFull(): boolean {
    return this.count >= BLOCK_ENTRIES_MAX || this.bytes >= BLOCK_BYTES_MAX;
  }

  /** Whether an entry that comes now goes on here. */
  takes(seq: number, topic: string | undefined, now: number): boolean {
    return seq === this.end && this.isOpen && !this.isFull && topic === this.topic &&
      now - this.since < BLOCK_MS_MAX;
  }

  /** Takes as many of the texts from `from` on as there is room for; returns how many. */
  put(texts: Texts, from: number, now: number): number {
    const growth = this.#growth;
    assert(growth !== undefined && !this.isFull, "only an open block grows");
    const part = texts.length === 1 ? texts : texts.slice(from, from + this.#roomFor(texts, from));
    this.#catchUp(growth);
    growth.last = part;
    growth.lastFirst = this.count;
    growth.isWritten = false;
    this.bytes += (this.count === 0 ? 0 : 1) + bytesOf(part);
    this.count += part.length;
    this.at = now;
    return part.length;
  }

  /** The texts that came last, if they are these. */
  latest(first: number, count: number): Texts | undefined {
    const growth = this.#growth;
    return growth?.lastFirst === first && growth.last.length === count ? growth.last : undefined;
  }

  /** Some entries of an open block, or all of any. */
  read(first: number, count: number): Texts {
    const growth = this.#growth;
    if (growth === undefined) {
      assert(count === this.count, "where texts end is known while a block is open");
      return new Texts(this.#decode(0, this.bytes), count);
    }
    const scan = this.#catchUp(growth);
    const [from, to] = [scan.startOf(first), scan.startOf(first + count) - 1];
    if (scan.isAscii) return Texts.ascii(this.#decode(from, to), count, scan.of(first, count));
    return new Texts(copyOf(this.#decode(0, this.bytes).slice(from, to)), count, scan.of(first, count));
  }

  /** From now on it takes as little memory as it can, and nothing else. */
  seal(): void {
    if (this.#growth?.isWritten === false) this.#write(this.#growth.last.text);
    this.#growth = undefined;
    if (this.#buffer.length > this.bytes) this.#buffer = this.#buffer.slice(0, this.bytes);
  }

  /** Writes what came last, and what is found in it. */
  #catchUp(growth: Growth): GrowingScan {
    growth.scan ??= new GrowingScan();
    if (!growth.isWritten) {
      const { last } = growth;
      this.#write(last.text);
      growth.isWritten = true;
      // What comes one by one may never be asked for by itself: it is not scanned for this.
      if (last.isScanned || last.length > 1) growth.scan.add(last.scanned);
      else growth.scan.addOne(last.text.length, isAscii(last.text));
    }
    return growth.scan;
  }

  /** How many of the texts fit: the one with which the block is full is the last. */
  #roomFor(texts: Texts, from: number): number {
    const most = Math.min(texts.length - from, BLOCK_ENTRIES_MAX - this.count);
    const { ends, isAscii } = texts.scanned;
    const charsMax = (BLOCK_BYTES_MAX - this.bytes) / (isAscii ? 1 : CHAR_BYTES_MAX);
    const start = from === 0 ? 0 : at(ends, from - 1) + 1;
    let count = 1;
    while (count < most && at(ends, from + count - 1) - start < charsMax) count++;
    return count;
  }

  #write(text: string): void {
    const start = this.#written === 0 ? 0 : this.#written + 1;
    if (text.length > LOOP_CHARS_MAX || !this.#writeAscii(text, start)) {
      assert(text.isWellFormed(), "JSON.stringify writes half a surrogate pair as an escape");
      const encoded = encoder.encode(text);
      if (start === 0) this.#buffer = encoded;
      else {
        this.#reserve(start + encoded.length);
        this.#buffer.set(encoded, start);
      }
      this.#written = start + encoded.length;
    }
    if (start > 0) this.#buffer[start - 1] = COMMA;
  }

  /** Returns whether it could. */
  #writeAscii(text: string, start: number): boolean {
    this.#reserve(start + text.length);
    const buffer = this.#buffer;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      buffer[start + i] = code;
    }
    this.#written = start + text.length;
    return true;
  }

  /** Just as much for what comes first, as it may be all. */
  #reserve(bytes: number): void {
    if (bytes <= this.#buffer.length) return;
    const room = this.#written === 0 ? bytes : Math.max(bytes, 2 * this.#buffer.length, CAPACITY_MIN);
    const larger = new Uint8Array(room);
    larger.set(this.#buffer);
    this.#buffer = larger;
  }

  #decode(from: number, to: number): string {
    const isAll = from === 0 && to === this.#buffer.length;
    return decoder.decode(isAll ? this.#buffer : this.#buffer.subarray(from, to));
  }
}

/** As UTF-8. */
function bytesOf(texts: Texts): number {
  const { text } = texts;
  const isShort = texts.isScanned || text.length > LOOP_CHARS_MAX ? texts.scanned.isAscii : isAscii(text);
  return isShort ? text.length : encoder.encode(text).length;
}

/** As a scan finds it, for what is short and not scanned yet. */
function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
