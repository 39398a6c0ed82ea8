/** Consecutive entries in memory: as they came while more may come, then as bytes, which take no more than they need. */
import { assert } from "../../assert.ts";
import { BLOCK_BYTES_MAX, BLOCK_ENTRIES_MAX, BLOCK_MS_MAX } from "../entry_store.ts";
import { numberAt, utf8BytesOf } from "../scan.ts";
import { DIGITS_MAX } from "../scanning/whole.ts";
import { Texts } from "../texts.ts";
import { OpenTexts } from "./open_texts.ts";

/** As UTF-8, a character takes three bytes at most. */
const CHAR_BYTES_MAX = 3;
/** A whole number with its sign and a comma takes no more characters. */
const WHOLE_CHARS_MAX = DIGITS_MAX + 2;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class MemoryBlock {
  readonly id: number;
  readonly origin: string;
  readonly seq: number;
  readonly topic: string | undefined;
  /** When it was opened, ms. */
  readonly since: number;
  at: number;
  count = 0;
  /** As UTF-8: `v1,v2,…`. */
  bytes = 0;
  /** What is kept: the one as long as it is open, then the other. */
  #open: OpenTexts | undefined = new OpenTexts();
  #sealed: Uint8Array | undefined;

  /** Empty, and open since this moment. */
  constructor(id: number, origin: string, seq: number, topic: string | undefined, now: number) {
    this.id = id;
    this.origin = origin;
    this.seq = seq;
    this.topic = topic;
    this.since = now;
    this.at = now;
  }

  /** The number after its last entry's. */
  get end(): number {
    return this.seq + this.count;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
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
    assert(this.#open !== undefined && !this.isFull, "only an open block grows");
    const part = texts.length === 1 ? texts : texts.slice(from, from + this.#roomFor(texts, from));
    this.#open.add(part);
    this.bytes += (this.count === 0 ? 0 : 1) + bytesOf(part);
    this.count += part.length;
    this.at = now;
    return part.length;
  }

  /** Some entries of an open block, or all of any. */
  read(first: number, count: number): Texts {
    if (this.#open !== undefined) return this.#open.read(first, count);
    assert(count === this.count, "where texts end is known while a block is open");
    return new Texts(decoder.decode(this.#sealed), count);
  }

  /** From now on it takes as little memory as it can, and nothing else. Returns all that it was open with, sharing with nothing. */
  seal(): Texts {
    assert(this.#open !== undefined, "a block is sealed once");
    const texts = this.#open.own();
    assert(texts.text.isWellFormed(), "JSON.stringify writes half a surrogate pair as an escape");
    this.#sealed = encoder.encode(texts.text);
    this.#open = undefined;
    return texts;
  }

  /** How many of the texts fit: the one with which the block is full is the last. */
  #roomFor(texts: Texts, from: number): number {
    const most = Math.min(texts.length - from, BLOCK_ENTRIES_MAX - this.count);
    const charsMax = (BLOCK_BYTES_MAX - this.bytes) / (texts.isAscii ? 1 : CHAR_BYTES_MAX);
    if (most === texts.length && texts.chars < charsMax) return most;
    if (texts.wholes !== undefined && most * WHOLE_CHARS_MAX < charsMax) return most;
    const { ends } = texts.scanned;
    const start = from === 0 ? 0 : numberAt(ends, from - 1) + 1;
    let count = 1;
    while (count < most && numberAt(ends, from + count - 1) - start < charsMax) count++;
    return count;
  }
}

/** As UTF-8. */
function bytesOf({ text, isAscii }: Texts): number {
  return isAscii ? text.length : utf8BytesOf(text);
}
