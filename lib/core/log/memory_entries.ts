/** Entries that live and die with the process. */
import { assert } from "../assert.ts";
import { type Block, BLOCK_ENTRIES_MAX, type EntryStore, type Placed } from "./entry_store.ts";
import type { Run } from "./runs.ts";
import { Texts } from "./texts.ts";

interface Kept extends Omit<Block, "texts"> {
  readonly texts: string[];
  at: number;
}

export class MemoryEntries implements EntryStore {
  readonly #blocks = new Map<number, Kept>();
  readonly #origins = new Map<string, Kept[]>();
  readonly #notes = new Map<string, string>();
  #lastId = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  put(run: Run, at: number): readonly Placed[] {
    let blocks = this.#origins.get(run.origin);
    if (blocks === undefined) this.#origins.set(run.origin, blocks = []);
    const placed: { block: number; count: number }[] = [];
    let seq = run.seq;
    for (const text of run.texts) {
      let block = blocks.at(-1);
      if (
        block === undefined || block.seq + block.texts.length !== seq || block.topic !== run.topic ||
        block.texts.length >= BLOCK_ENTRIES_MAX
      ) {
        block = { id: ++this.#lastId, origin: run.origin, seq, texts: [], topic: run.topic, at };
        blocks.push(block);
        this.#blocks.set(block.id, block);
      }
      block.texts.push(text);
      block.at = at;
      this.#bytes += text.length;
      seq++;
      const last = placed.at(-1);
      if (last?.block === block.id) last.count++;
      else placed.push({ block: block.id, count: 1 });
    }
    return placed;
  }

  take(origin: string, from: number, to: number): Run {
    const block = this.#origins.get(origin)?.find(({ seq, texts }) =>
      seq <= from && from < seq + texts.length
    );
    assert(block !== undefined, "only what is kept is taken");
    const texts = block.texts.slice(from - block.seq, to + 1 - block.seq);
    return { origin, seq: from, texts: Texts.of(texts), topic: block.topic };
  }

  block(id: number): Block | undefined {
    const block = this.#blocks.get(id);
    return block && { ...block, texts: Texts.of(block.texts) };
  }

  *blocks(): Iterable<Block> {
    for (const block of [...this.#blocks.values()]) yield { ...block, texts: Texts.of(block.texts) };
  }

  drop(id: number): void {
    const block = this.#blocks.get(id);
    if (block === undefined) return;
    this.#blocks.delete(id);
    const blocks = this.#origins.get(block.origin) ?? [];
    blocks.splice(blocks.indexOf(block), 1);
    for (const text of block.texts) this.#bytes -= text.length;
  }

  note(name: string, text: string | undefined): void {
    if (text === undefined) this.#notes.delete(name);
    else this.#notes.set(name, text);
  }

  notes(): Iterable<readonly [name: string, text: string]> {
    return this.#notes;
  }
}
