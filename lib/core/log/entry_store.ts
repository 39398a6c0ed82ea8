/** Where the texts of entries are kept [L7], behind one small interface: in memory, on disk, or simulated. */
import type { Run } from "./runs.ts";
import type { Texts } from "./texts.ts";

/** Consecutive entries of one origin and topic that are kept, and dropped, together. */
export interface Block {
  /** Grows with every block. */
  readonly id: number;
  readonly origin: string;
  /** Of the first entry. */
  readonly seq: number;
  readonly texts: Texts;
  readonly topic: string | undefined;
  /** When its last entries came, ms. */
  readonly at: number;
}

/** So many entries of a run are in this block. */
export interface Placed {
  readonly block: number;
  readonly count: number;
}

/** A block holds at most so many entries [L9], none more once it has so many bytes, and none that came so much later, ms. */
export const BLOCK_ENTRIES_MAX = 1_024;
export const BLOCK_BYTES_MAX = 64 * 1024;
export const BLOCK_MS_MAX = 10_000;

/** Synchronous: what was put can be taken at once. */
export interface EntryStore {
  /** Keeps a run that came at this moment, ms; returns the blocks that hold it, in order. */
  put(run: Run, at: number): readonly Placed[];
  /**
   * The entries of an origin from `from` on, no further than `to`, as many as are together in one block. All of them are
   * kept. The same texts, for the same entries, as long as they are in use.
   */
  take(origin: string, from: number, to: number): Run;
  /** Undefined where it was dropped. */
  block(id: number): Block | undefined;
  /** All that are there when this begins, in order of their ids. */
  blocks(): Iterable<Block>;
  drop(id: number): void;
  /** Keeps a text under a name, beside the entries; undefined: no longer. */
  note(name: string, text: string | undefined): void;
  notes(): Iterable<readonly [name: string, text: string]>;
  /** Of all texts that are kept. */
  readonly bytes: number;
  /** Of the entries that were there when it was opened, at least so many are no whole numbers. Absent: it is not known. */
  readonly othersCount?: number;
}
