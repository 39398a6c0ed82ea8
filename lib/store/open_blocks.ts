/** The blocks that wait for a commit, and those on disk that still grow: else values that come one by one had a row each. */
import { Buffer } from "node:buffer";
import { type Block, BLOCK_MS_MAX, type Placed } from "../core/log/entry_store.ts";
import { MemoryEntries } from "../core/log/memory_entries.ts";
import type { Run } from "../core/log/runs.ts";

/**
 * A block on disk grows until its text takes so many bytes: with its hashes nearly a page, which is written with each commit
 * anyway.
 */
export const GROWING_BYTES_MAX = 3_300;

export class OpenBlocks {
  #entries: MemoryEntries;
  /** The ids of those that wait for a commit. */
  readonly #changed = new Set<number>();
  /** The ids of those of which something is on disk, the one that grew first before all others. */
  readonly #onDisk = new Set<number>();
  #bytesOnDisk = 0;

  /** Ids go on after `lastId`. */
  constructor(lastId: number) {
    this.#entries = new MemoryEntries(lastId);
  }

  get entries(): Omit<MemoryEntries, "put" | "drop"> {
    return this.#entries;
  }

  /** How much longer all texts are than what is on disk of them. */
  get bytes(): number {
    return this.#entries.bytes - this.#bytesOnDisk;
  }

  /** Those that wait for a commit. */
  changed(): Block[] {
    return Array.from(this.#changed).flatMap((id) => this.#entries.block(id) ?? []);
  }

  isOnDisk(id: number): boolean {
    return this.#onDisk.has(id);
  }

  put(run: Run, at: number): readonly Placed[] {
    const placed = this.#entries.put(run, at);
    for (const { block } of placed) this.#changed.add(block);
    return placed;
  }

  /** `bytesOnDisk`: of its text as far as it is there. */
  drop(id: number, bytesOnDisk: number): void {
    this.#entries.drop(id);
    this.#changed.delete(id);
    if (this.#onDisk.delete(id)) this.#bytesOnDisk -= bytesOnDisk;
  }

  /** All of them are on disk now. Returns those that grow no more, and are gone here. */
  committed(): Block[] {
    const grown = this.changed();
    const closed = grown.filter(({ texts }) => Buffer.byteLength(texts.text) >= GROWING_BYTES_MAX);
    for (const { id } of grown) {
      this.#onDisk.delete(id);
      this.#onDisk.add(id);
    }
    const latest = grown.at(-1)?.at ?? 0;
    for (const id of this.#onDisk) {
      const block = this.#entries.block(id);
      if (block === undefined || latest - block.at < BLOCK_MS_MAX) break;
      closed.push(block);
    }
    const whole = closed.map((block) => ({ ...block, texts: block.texts }));
    for (const { id } of closed) {
      this.#entries.drop(id);
      this.#onDisk.delete(id);
    }
    this.#changed.clear();
    this.#bytesOnDisk = this.#entries.bytes;
    return whole;
  }

  /** What waits for a commit is gone, and what is on disk grows no more. */
  revert(): void {
    this.#entries = new MemoryEntries(this.#entries.lastId);
    this.#changed.clear();
    this.#onDisk.clear();
    this.#bytesOnDisk = 0;
  }
}
