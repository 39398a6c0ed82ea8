/** Entries that live and die with the process, kept as the bytes of their texts. */
import { assert, at } from "../assert.ts";
import { type Block, BLOCK_MS_MAX, type EntryStore, type Placed } from "./entry_store.ts";
import { MemoryBlock } from "./kept/memory_block.ts";
import type { Run } from "./runs.ts";
import type { Texts } from "./texts.ts";
import { copied, ENTRY_CACHE_BYTES_MAX, TextsCache } from "./kept/texts_cache.ts";

export class MemoryEntries implements EntryStore {
  readonly #blocks = new Map<number, MemoryBlock>();
  /** By origin, its blocks in order of their entries' numbers. */
  readonly #origins = new Map<string, MemoryBlock[]>();
  readonly #notes = new Map<string, string>();
  readonly #cache: TextsCache;
  readonly #readFirst = (block: MemoryBlock, count: number) => this.#texts(block, 0, count);
  /** The blocks that may grow, the one that was opened first before all others. */
  readonly #open = new Set<MemoryBlock>();
  #openSince = Infinity;
  /** Open ones that nothing more goes into. They are sealed when more comes: what just came is asked for as it came. */
  #full: MemoryBlock[] = [];
  #lastId: number;
  #bytes = 0;

  /** Its blocks get ids above this one. */
  constructor(lastId = 0, cacheBytesMax = ENTRY_CACHE_BYTES_MAX) {
    this.#lastId = lastId;
    this.#cache = new TextsCache(cacheBytesMax);
  }

  /** The largest id that was given, or was to be gone beyond. */
  get lastId(): number {
    return this.#lastId;
  }

  get bytes(): number {
    return this.#bytes;
  }

  put({ origin, seq, texts, topic }: Run, now: number): readonly Placed[] {
    if (this.#full.length > 0 || now - this.#openSince >= BLOCK_MS_MAX) this.#sealAll(now);
    let blocks = this.#origins.get(origin);
    if (blocks === undefined) this.#origins.set(origin, blocks = []);
    let index = indexAfter(blocks, seq);
    assert((blocks[index - 1]?.end ?? 0) <= seq, "no entry is kept twice");
    assert((blocks[index]?.seq ?? Infinity) >= seq + texts.length, "no entry is kept twice");
    const placed: Placed[] = [];
    for (let i = 0; i < texts.length;) {
      let block = blocks[index - 1];
      if (block === undefined || !block.takes(seq + i, topic, now)) {
        // What goes on with another topic leaves it no entry to grow by.
        if (block?.isOpen && !block.isFull && block.end === seq + i) this.#full.push(block);
        block = this.#begin(origin, seq + i, topic, now);
        if (index === blocks.length) blocks.push(block);
        else blocks.splice(index, 0, block);
        index++;
      }
      const before = block.bytes;
      const count = block.put(texts, i, now);
      this.#bytes += block.bytes - before;
      if (block.isFull) this.#full.push(block);
      placed.push({ block: block.id, count });
      i += count;
    }
    return placed;
  }

  keeps(origin: string, seq: number): boolean {
    return this.#blockOf(origin, seq) !== undefined;
  }

  take(origin: string, from: number, to: number): Run {
    const block = this.#blockOf(origin, from);
    assert(block !== undefined && from <= to, "only what is kept is taken");
    const count = Math.min(to + 1, block.end) - from;
    return { origin, seq: from, texts: this.#texts(block, from - block.seq, count), topic: block.topic };
  }

  block(id: number): Block | undefined {
    const block = this.#blocks.get(id);
    return block && this.#view(block);
  }

  *blocks(): Iterable<Block> {
    const last = this.#lastId;
    for (const block of this.#blocks.values()) {
      if (block.id > last) return;
      yield this.#view(block);
    }
  }

  drop(id: number): void {
    const block = this.#blocks.get(id);
    if (block === undefined) return;
    const blocks = this.#origins.get(block.origin) ?? [];
    const index = indexAfter(blocks, block.seq) - 1;
    assert(blocks[index] === block, "a block stands among those of its origin");
    if (blocks.length === 1) this.#origins.delete(block.origin);
    else if (index === 0) blocks.shift();
    else blocks.splice(index, 1);
    this.#blocks.delete(id);
    this.#open.delete(block);
    this.#cache.drop(id);
    this.#bytes -= block.bytes;
  }

  note(name: string, text: string | undefined): void {
    if (text === undefined) this.#notes.delete(name);
    else this.#notes.set(name, text);
  }

  notes(): Iterable<readonly [name: string, text: string]> {
    return this.#notes;
  }

  /** The block that has an entry. */
  #blockOf(origin: string, seq: number): MemoryBlock | undefined {
    const blocks = this.#origins.get(origin) ?? [];
    const block = blocks[indexAfter(blocks, seq) - 1];
    return block !== undefined && seq < block.end ? block : undefined;
  }

  #begin(origin: string, seq: number, topic: string | undefined, now: number): MemoryBlock {
    const block = new MemoryBlock(++this.#lastId, origin, seq, topic, now);
    this.#blocks.set(block.id, block);
    if (this.#open.size === 0) this.#openSince = now;
    this.#open.add(block);
    return block;
  }

  /** Seals those that are full, and those that were opened too long ago. */
  #sealAll(now: number): void {
    for (const block of this.#full) this.#seal(block);
    this.#full = [];
    this.#openSince = Infinity;
    for (const block of this.#open) {
      if (now - block.since < BLOCK_MS_MAX) {
        this.#openSince = block.since;
        return;
      }
      this.#seal(block);
    }
  }

  /** Whoever is a moment behind asks for its texts yet. */
  #seal(block: MemoryBlock): void {
    if (block.isOpen) this.#cache.keep(block.id, 0, block.seal());
    this.#open.delete(block);
  }

  /** What it is now, its texts read only by those who look at them. */
  #view(block: MemoryBlock): Block {
    return new BlockView(block, this.#readFirst);
  }

  #texts(block: MemoryBlock, first: number, count: number): Texts {
    if (block.isOpen) return block.read(first, count);
    return this.#cache.find(block.id, first, count) ??
      this.#cache.keep(block.id, first, this.#read(block, first, count));
  }

  #read(block: MemoryBlock, first: number, count: number): Texts {
    if (count === block.count) return block.read(first, count);
    return copied(this.#texts(block, 0, block.count), first, first + count);
  }
}

/** A block as it was when somebody asked for it. */
class BlockView implements Block {
  readonly id: number;
  readonly origin: string;
  readonly seq: number;
  readonly topic: string | undefined;
  readonly at: number;
  readonly #block: MemoryBlock;
  readonly #count: number;
  readonly #read: (block: MemoryBlock, count: number) => Texts;

  constructor(block: MemoryBlock, read: (block: MemoryBlock, count: number) => Texts) {
    this.id = block.id;
    this.origin = block.origin;
    this.seq = block.seq;
    this.topic = block.topic;
    this.at = block.at;
    this.#block = block;
    this.#count = block.count;
    this.#read = read;
  }

  get texts(): Texts {
    return this.#read(this.#block, this.#count);
  }
}

/** Of the first block that begins after a number. */
function indexAfter(blocks: readonly MemoryBlock[], seq: number): number {
  let high = blocks.length;
  // What comes mostly comes last.
  if (high === 0 || at(blocks, high - 1).seq <= seq) return high;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(blocks, middle).seq <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
