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
  /** The ids of those of which something is on disk, about in the order in which they grew there, and the bytes of its text. */
  readonly #onDisk = new Map<number, number>();
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

  ids(): number[] {
    return Array.from(this.#entries.blocks(), ({ id }) => id);
  }

  /** Those that wait for a commit, as they are now; where origins are named, only those of them. */
  changed(origins?: ReadonlySet<string>): Block[] {
    return Array.from(this.#changed).flatMap((id) => {
      const block = this.#entries.block(id);
      return block !== undefined && (origins?.has(block.origin) ?? true) ? whole(block) : [];
    });
  }

  isOnDisk(id: number): boolean {
    return this.#onDisk.has(id);
  }

  put(run: Run, at: number): readonly Placed[] {
    const placed = this.#entries.put(run, at);
    for (const { block } of placed) this.#changed.add(block);
    return placed;
  }

  drop(id: number): void {
    this.#entries.drop(id);
    this.#changed.delete(id);
    this.#leaveDisk(id);
  }

  /** These are on disk as they are now. Returns the blocks that grow no more, and are gone here. */
  committed(grown: readonly Block[]): Block[] {
    const closed: Block[] = [];
    for (const block of grown) {
      const bytes = Buffer.byteLength(block.texts.text);
      this.#leaveDisk(block.id);
      this.#onDisk.set(block.id, bytes);
      this.#bytesOnDisk += bytes;
      this.#changed.delete(block.id);
      if (bytes >= GROWING_BYTES_MAX) closed.push(block);
    }
    const latest = grown.at(-1)?.at ?? 0;
    for (const id of this.#onDisk.keys()) {
      const block = this.#entries.block(id);
      if (block === undefined || latest - block.at < BLOCK_MS_MAX) break;
      // What it has grown by since is still to be committed.
      if (!this.#changed.has(id)) closed.push(whole(block));
    }
    for (const { id } of closed) this.drop(id);
    return closed;
  }

  /** What waits for a commit is gone, and what is on disk grows no more. */
  revert(): void {
    this.#entries = new MemoryEntries(this.#entries.lastId);
    this.#changed.clear();
    this.#onDisk.clear();
    this.#bytesOnDisk = 0;
  }

  #leaveDisk(id: number): void {
    this.#bytesOnDisk -= this.#onDisk.get(id) ?? 0;
    this.#onDisk.delete(id);
  }
}

/** Its texts read once: of a block that grows each look puts them together anew. */
function whole(block: Block): Block {
  return { ...block, texts: block.texts };
}
