/** How values are told, read and watched, over TCP and over HTTP. */
import type { Abortable } from "../abortable.ts";

/** What a watcher has had, as a text: `n1.k3:1-50;n2.x:7`. Every node goes on from it. */
export type Position = string;

/** How a key is put or deleted. */
export interface PutOptions extends Abortable {
  /**
   * Entries of one topic with equal ids are one, whichever node each was told to. Absent: an id that nobody else makes, so
   * that what the library tells again, to the next node, still enters once.
   */
  readonly id?: string | undefined;
}

/** How a value is told. */
export interface BroadcastOptions extends Abortable {
  /** As for `put`, and null: no id. Equal values of one topic without an id are one, as a set has them. */
  readonly id?: string | null | undefined;
  /** At most 128 bytes of UTF-8, without white space, / * , = or a leading -. */
  readonly topic?: string | undefined;
  /** At most 512 bytes of UTF-8. The latest entry of a key counts. */
  readonly key?: string | undefined;
}

/** What is read. */
export interface ReadOptions extends Abortable {
  /** Names of topics, or how they begin and then `*`; at most 64. Absent: what was told without a topic. */
  readonly topics?: readonly string[] | undefined;
  /** No more than the latest entry of each key, and none without a key. */
  readonly latest?: boolean | undefined;
}

/** What is watched, and from where on. */
export interface WatchOptions extends ReadOptions {
  /**
   * What an earlier watch of the same topics has had, or `now`: what is there when the watch begins is passed over. Absent:
   * everything comes that is there.
   */
  readonly from?: Position | "now" | undefined;
  /** No node answers any more, or one answers again. Meanwhile all are tried again and again. */
  readonly onOutage?: ((isOut: boolean) => void) | undefined;
}
