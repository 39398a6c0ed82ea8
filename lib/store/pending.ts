/** What waits for the next commit: blocks that still grow, blocks to be dropped, and notes. */
import type { Placed } from "../core/log/entry_store.ts";
import type { Run } from "../core/log/runs.ts";
import { lastNotAfter, PartedBlock } from "./parted_block.ts";

export class Pending {
  /** In order of their ids. */
  readonly blocks = new Map<number, PartedBlock>();
  /** Blocks on disk that are dropped, and the bytes of their texts. */
  readonly #dropped = new Map<number, number>();
  readonly notes = new Map<string, string | undefined>();
  /** So much longer than on disk all texts will be. */
  bytes = 0;
  /** In order of their first entries. */
  readonly #ofOrigin = new Map<string, PartedBlock[]>();

  get isEmpty(): boolean {
    return this.blocks.size === 0 && this.#dropped.size === 0 && this.notes.size === 0;
  }

  /** `nextId` gives an id for each block that is begun. */
  put(run: Run, at: number, nextId: () => number): Placed[] {
    const placed: Placed[] = [];
    let block = this.find(run.origin, run.seq);
    for (let done = 0; done < run.texts.length;) {
      const rest = done === 0
        ? run
        : { ...run, seq: run.seq + done, texts: run.texts.slice(done, run.texts.length) };
      let before = block?.bytes ?? 0;
      let count = block?.add(rest, at) ?? 0;
      if (block === undefined || count === 0) {
        block = this.#begin(new PartedBlock(nextId(), rest, at));
        before = 0;
        count = block.add(rest, at);
      }
      this.bytes += block.bytes - before;
      placed.push({ block: block.id, count });
      done += count;
    }
    return placed;
  }

  /** The last block that begins at this entry of an origin or before. */
  find(origin: string, seq: number): PartedBlock | undefined {
    const blocks = this.#ofOrigin.get(origin);
    return blocks?.[lastNotAfter(blocks.length, (i) => blocks[i]?.seq ?? 0, seq)];
  }

  get dropped(): Iterable<number> {
    return this.#dropped.keys();
  }

  isDropped(id: number): boolean {
    return this.#dropped.has(id);
  }

  /** Drops a block on disk, whose text has so many bytes. */
  drop(id: number, bytes: number): void {
    this.#dropped.set(id, bytes);
    this.bytes -= bytes;
  }

  /** Drops a block that is not on disk yet. */
  delete(block: PartedBlock): void {
    this.blocks.delete(block.id);
    this.bytes -= block.bytes;
    const blocks = this.#ofOrigin.get(block.origin)?.filter((each) => each !== block) ?? [];
    this.#ofOrigin.set(block.origin, blocks);
  }

  #begin(block: PartedBlock): PartedBlock {
    this.blocks.set(block.id, block);
    const blocks = this.#ofOrigin.get(block.origin) ?? [];
    const after = lastNotAfter(blocks.length, (i) => blocks[i]?.seq ?? 0, block.seq) + 1;
    if (after === blocks.length) blocks.push(block);
    else blocks.splice(after, 0, block);
    this.#ofOrigin.set(block.origin, blocks);
    return block;
  }
}
