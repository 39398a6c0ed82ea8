/** The values of the default topic, which is all that `read` knows of [H10]. */
import { readRecord } from "./record.ts";
import type { Block, EntryStore } from "../log/entry_store.ts";
import { IntervalSet } from "../log/interval_set.ts";
import type { Run } from "../log/runs.ts";

export class DefaultTopic {
  readonly #entries: EntryStore;
  /** The blocks in which its entries are kept, and about how many characters they have. */
  readonly #blocks = new IntervalSet();
  /** The one that was kept last: most entries go on in it. */
  #last: number | undefined;
  #chars = 0;

  constructor(entries: EntryStore) {
    this.#entries = entries;
  }

  /** So many of its entries are kept in this block. */
  keep(run: Run, block: number, count: number): void {
    if (block !== this.#last) this.#blocks.add(block);
    this.#last = block;
    this.#chars += charsOf(run, count);
  }

  /** A block of it is dropped. */
  drop(block: Block): void {
    this.#blocks.deleteSpan(block.id, block.id);
    this.#last = undefined;
    this.#chars = Math.max(0, this.#chars - charsOf(block, block.texts.length));
  }

  /**
   * `[v1,v2,…]`: every value once, in order of arrival; undefined where that is over `charsMax` long. `repeatsOf` tells which
   * entries of an origin are shown to nobody.
   */
  read(charsMax: number, repeatsOf: (origin: string) => IntervalSet | undefined): string | undefined {
    if (this.#chars > charsMax) return undefined;
    const parts: string[] = [];
    for (const [first, last] of this.#blocks.spans()) {
      for (let id = first; id <= last; id++) {
        const block = this.#entries.block(id);
        if (block === undefined) continue;
        for (const part of valuesIn(block, repeatsOf(block.origin))) parts.push(part);
      }
    }
    return `[${parts.join(",")}]`;
  }
}

/** The texts of values, several of which may be one text. A deletion is none. */
function* valuesIn({ seq, texts, topic }: Block, repeats: IntervalSet | undefined): Iterable<string> {
  if (repeats === undefined && topic === undefined) return yield texts.text;
  for (let i = 0; i < texts.length; i++) {
    if (repeats?.has(seq + i)) continue;
    if (topic === undefined) yield texts.at(i);
    else {
      const record = readRecord(texts.at(i));
      if (record !== undefined && record.deleted !== true) yield record.text;
    }
  }
}

/** Of the part of a run that is kept together, close enough. */
function charsOf({ texts }: Pick<Run, "texts">, count: number): number {
  return Math.ceil(texts.chars * count / texts.length);
}
