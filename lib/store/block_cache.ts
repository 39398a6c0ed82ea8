/** The blocks that were used last, so that many who follow the log share one text. */
import type { PartedBlock } from "./parted_block.ts";

/** So much memory they may take, bytes, about. */
export const CACHE_BYTES_MAX = 32 * 1_048_576;

/** What a block takes beside its text, and an entry for where it ends and its hashes, bytes, about. */
const BLOCK_COST = 512;
const ENTRY_COST = 12;

export class BlockCache {
  /** In the order in which they were used. */
  readonly #blocks = new Map<number, PartedBlock>();
  #cost = 0;

  get(id: number): PartedBlock | undefined {
    const block = this.#blocks.get(id);
    if (block === undefined) return undefined;
    this.#blocks.delete(id);
    this.#blocks.set(id, block);
    return block;
  }

  add(block: PartedBlock): void {
    this.delete(block.id);
    this.#blocks.set(block.id, block);
    this.#cost += costOf(block);
    for (const [id] of this.#blocks) {
      if (this.#cost <= CACHE_BYTES_MAX) return;
      this.delete(id);
    }
  }

  delete(id: number): void {
    const block = this.#blocks.get(id);
    if (block === undefined) return;
    this.#cost -= costOf(block);
    this.#blocks.delete(id);
  }
}

function costOf({ bytes, count }: PartedBlock): number {
  return BLOCK_COST + bytes + ENTRY_COST * count;
}
