/** The blocks that were read from the disk lately, and matched their checksums. */
import type { Block } from "../core/log/entry_store.ts";
import { copied, TextsCache } from "../core/log/kept/texts_cache.ts";
import type { Texts } from "../core/log/texts.ts";

/** Of so many blocks it is known what they are beside their texts, whose memory is bounded, too. */
export const CACHED_BLOCKS_MAX = 16_384;
/** What these texts take: what peers and watchers of the last second or two ask for. Whatever else they ask for is on the disk. */
export const CACHED_TEXTS_BYTES_MAX = 8 * 1_048_576;

interface Head extends Omit<Block, "texts"> {
  readonly count: number;
}

export class BlockCache {
  /** Those that were used last, and those before: when there are many new ones, those that were not used meanwhile go. */
  #young = new Map<number, Head>();
  #old = new Map<number, Head>();
  readonly #texts = new TextsCache(CACHED_TEXTS_BYTES_MAX);

  find(id: number): Block | undefined {
    const head = this.#young.get(id) ?? this.#old.get(id);
    const texts = head && this.#texts.find(id, 0, head.count);
    if (head === undefined || texts === undefined) return undefined;
    if (!this.#young.has(id)) this.#add(head);
    return { ...head, texts };
  }

  /** Returns the block. */
  keep(block: Block): Block {
    const { id, origin, seq, topic, at, texts } = block;
    this.#add({ id, origin, seq, topic, at, count: texts.length });
    this.#texts.keep(id, 0, texts);
    return block;
  }

  /** The texts from `first` to `end` - 1 of a block, which are the same ones for all who ask. */
  part({ id, texts }: Block, first: number, end: number): Texts {
    if (first === 0 && end === texts.length) return texts;
    return this.#texts.find(id, first, end - first) ??
      this.#texts.keep(id, first, copied(texts, first, end));
  }

  drop(id: number): void {
    this.#young.delete(id);
    this.#old.delete(id);
    this.#texts.drop(id);
  }

  #add(head: Head): void {
    if (2 * this.#young.size >= CACHED_BLOCKS_MAX) [this.#old, this.#young] = [this.#young, new Map()];
    this.#young.set(head.id, head);
  }
}
