/** The texts that were asked for lately, so that all who ask for the same entries get the same texts. */
import { Texts } from "../texts.ts";

export const ENTRY_CACHE_BYTES_MAX = 16 * 1024 * 1024;

/** What objects and maps take for each range, at most. */
const RANGE_BYTES = 320;
/** Two for a character, at most; for each value the index where it ends, and two hashes. */
const CHAR_BYTES = 2;
const VALUE_BYTES = 12;
/** More than there are entries in a block. */
const COUNTS = 4_096;

/** By block, the texts of ranges of its entries. */
type Generation = Map<number, Map<number, Texts>>;

/**
 * Holds what was used last: when new texts have taken half of what they may, all that was not used meanwhile is let go. Entries count
 * from 0 in their block. A text that is kept must not be a part of a longer one, which would be kept with it.
 */
export class TextsCache {
  readonly #bytesMax: number;
  #young: Generation = new Map();
  #old: Generation = new Map();
  #youngBytes = 0;
  #oldBytes = 0;

  constructor(bytesMax = ENTRY_CACHE_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /** No less than all that is held takes. */
  get bytes(): number {
    return this.#youngBytes + this.#oldBytes;
  }

  find(block: number, first: number, count: number): Texts | undefined {
    const range = COUNTS * first + count;
    const young = this.#young.get(block)?.get(range);
    if (young !== undefined) return young;
    const old = this.#old.get(block)?.get(range);
    if (old !== undefined) this.keep(block, first, old);
    return old;
  }

  /** Returns the texts. What is too long for the cache is not kept. */
  keep(block: number, first: number, texts: Texts): Texts {
    const bytes = RANGE_BYTES + CHAR_BYTES * texts.text.length + VALUE_BYTES * texts.length;
    if (2 * bytes > this.#bytesMax) return texts;
    if (2 * (this.#youngBytes + bytes) > this.#bytesMax) {
      [this.#old, this.#oldBytes] = [this.#young, this.#youngBytes];
      [this.#young, this.#youngBytes] = [new Map(), 0];
    }
    let ranges = this.#young.get(block);
    if (ranges === undefined) this.#young.set(block, ranges = new Map());
    ranges.set(COUNTS * first + texts.length, texts);
    this.#youngBytes += bytes;
    return texts;
  }

  /** Lets go of all texts of a block. */
  drop(block: number): void {
    this.#young.delete(block);
    this.#old.delete(block);
  }
}

/** The values from..to - 1, as a text of their own: a slice would keep the whole text alive. */
export function copied(texts: Texts, from: number, to: number): Texts {
  const slice = texts.slice(from, to);
  if (slice.wholes !== undefined) return Texts.ofWholes(slice.wholes);
  const { text, length } = slice;
  if (!slice.isScanned) return new Texts(copyOf(text), length);
  const { scanned } = slice;
  const { ends, hashes } = scanned;
  return new Texts(copyOf(text), length, { ...scanned, ends: ends.slice(), hashes: hashes.slice() });
}

/** Engines share the characters of a slice with the text it is from, not those of a text that was put together. */
export function copyOf(text: string): string {
  return ` ${text}`.slice(1);
}
