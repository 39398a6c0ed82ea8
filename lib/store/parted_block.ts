/** A block in parts, as its entries came: joined for those who ask, and growing until it is committed. */
import { Buffer } from "node:buffer";
import { type Block, BLOCK_BYTES_MAX, BLOCK_ENTRIES_MAX, BLOCK_MS_MAX } from "../core/log/entry_store.ts";
import type { Run } from "../core/log/runs.ts";
import { Texts } from "../core/log/texts.ts";

export class PartedBlock implements Block {
  readonly id: number;
  readonly origin: string;
  readonly seq: number;
  readonly topic: string | undefined;
  at: number;
  count = 0;
  /** Of its text, UTF-8. */
  bytes = -1;
  readonly #since: number;
  #parts: Texts[] = [];
  /** The number of the first entry of each part. */
  #seqs: number[] = [];
  /** What was taken last: it is often taken again, for another neighbour. */
  #taken: { readonly from: number; readonly to: number; readonly texts: Texts } | undefined;

  constructor(id: number, { origin, seq, topic }: Omit<Run, "texts">, at: number) {
    this.id = id;
    this.origin = origin;
    this.seq = seq;
    this.topic = topic;
    this.at = at;
    this.#since = at;
  }

  /** One that is whole. */
  static of(block: Block): PartedBlock {
    const parted = new PartedBlock(block.id, block, block.at);
    parted.#append(block.seq, block.texts);
    return parted;
  }

  get texts(): Texts {
    return this.take(this.seq, this.seq + this.count - 1);
  }

  /** Whether the last entries that it has are this one or later. */
  reaches(seq: number): boolean {
    return seq < this.seq + this.count;
  }

  /** Adds as many entries of a run as go on and fit, and returns how many. */
  add({ seq, texts, topic }: Run, at: number): number {
    const goesOn = seq === this.seq + this.count && topic === this.topic && at - this.#since <= BLOCK_MS_MAX;
    const fitting = goesOn ? this.#fitting(texts) : 0;
    if (fitting === 0) return 0;
    this.#append(seq, texts.slice(0, fitting));
    this.at = Math.max(this.at, at);
    return fitting;
  }

  /** Joins the parts for good. */
  join(): void {
    [this.#parts, this.#seqs] = [[this.texts], [this.seq]];
  }

  /** Of entries from..to, which are in it. */
  take(from: number, to: number): Texts {
    if (this.#taken?.from === from && this.#taken.to === to) return this.#taken.texts;
    const [first, last] = [this.#partOf(from), this.#partOf(to)];
    const parts = this.#parts.slice(first, last + 1).map((part, i) => {
      const seq = this.#seqs[first + i] ?? 0;
      return part.slice(Math.max(0, from - seq), to - seq + 1);
    });
    const [only] = parts;
    const texts = only !== undefined && parts.length === 1
      ? only
      : new Texts(parts.map(({ text }) => text).join(), to - from + 1);
    this.#taken = { from, to, texts };
    return texts;
  }

  #append(seq: number, texts: Texts): void {
    this.#parts.push(texts);
    this.#seqs.push(seq);
    this.count += texts.length;
    this.bytes += 1 + Buffer.byteLength(texts.text);
  }

  /** A run that does not fit is cut only where it would fill more than a block: to cut it takes longer. */
  #fitting(texts: Texts): number {
    const most = Math.min(texts.length, BLOCK_ENTRIES_MAX - this.count);
    if (this.bytes >= BLOCK_BYTES_MAX || most === 0) return 0;
    if (most === 1 && texts.length === 1) return 1;
    const textBytes = Buffer.byteLength(texts.text);
    if (most === texts.length && this.bytes + textBytes < BLOCK_BYTES_MAX) return most;
    if (this.count > 0 && texts.length <= BLOCK_ENTRIES_MAX && textBytes <= BLOCK_BYTES_MAX) return 0;
    let bytes = this.bytes;
    let fitting = 0;
    while (fitting < most && bytes < BLOCK_BYTES_MAX) bytes += 1 + Buffer.byteLength(texts.at(fitting++));
    return fitting;
  }

  /** The part that holds an entry. */
  #partOf(seq: number): number {
    return lastNotAfter(this.#seqs.length, (i) => this.#seqs[i] ?? 0, seq);
  }
}

/** The last of so many ascending numbers that is not larger than one; -1 where all are. */
export function lastNotAfter(length: number, at: (i: number) => number, wanted: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(middle) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
