/** A run in columns, as the script of a report reads it: numbers in long lists of the same kind. */
import type { Fate } from "../values/words.ts";

/** Times are whole numbers of these, since the load began. */
export const TICKS_PER_MS = 100;
/** Further types of messages are one, "other". */
export const TYPES_MAX = 40;

/** Why a message did not arrive; it did at 0. */
export const drops = ["", "partition", "loss", "down", "overflow"] as const;

export interface Columns {
  readonly nodes: readonly string[];
  /** Messages of these types, the most frequent first. */
  readonly types: readonly string[];
  /** By type: what its messages brought is no more than a guess, as nobody knows their protocol. */
  readonly inferred: readonly boolean[];
  readonly messages: MessageColumns;
  /** Messages that were not recorded any more. */
  readonly overlooked: number;
  readonly values: ValueColumns;
  readonly cuts: readonly CutColumn[];
  readonly outages: readonly OutageColumn[];
  /** From so many ms on a value is late. */
  readonly lateMs: number;
  /** When the last operation was over and the last message sent, ticks. */
  readonly end: number;
}

/** In the order in which they were sent. */
export interface MessageColumns {
  /** Ticks from one to the next. */
  readonly sent: readonly number[];
  /** Ticks. */
  readonly took: readonly number[];
  readonly src: readonly number[];
  readonly dest: readonly number[];
  readonly type: readonly number[];
  readonly drop: readonly number[];
  readonly bytes: readonly number[];
  /** How many values it brought, and how many of these are listed. */
  readonly brought: readonly number[];
  readonly listed: readonly number[];
  /** The places of the listed values, one message after the other, each as its distance from the one before. */
  readonly listing: readonly number[];
}

/** In the order of their broadcasts. */
export interface ValueColumns {
  readonly text: readonly string[];
  readonly fate: readonly Fate[];
  /** The node that it was told; -1 if nobody broadcast it. */
  readonly node: readonly number[];
  /** Ticks from one to the next. */
  readonly told: readonly number[];
  /** ms; null where there is none. */
  readonly stableMs: readonly (number | null)[];
  readonly trueMs: readonly (number | null)[];
  /** One value after the other, for each node: ticks after it was told, or -1 for never. */
  readonly had: readonly number[];
  /** Value, node, ticks, and 1 if the node has it again. */
  readonly lost: readonly (readonly [number, number, number, number])[];
  /** By the place of the value: why it took as long as it did, a sentence for each step. */
  readonly why: Readonly<Record<number, readonly string[]>>;
}

/** `to`: null where it did not end. */
export interface CutColumn {
  readonly from: number;
  readonly to: number | null;
  /** By node: on which side it is; all the same where there is a way round. */
  readonly side: readonly number[];
  readonly said: string;
}

export interface OutageColumn {
  readonly from: number;
  readonly to: number | null;
  readonly node: number;
  readonly state: "paused" | "down";
}

/** The differences from one to the next, the first one from 0. */
export function deltas(numbers: readonly number[]): number[] {
  return numbers.map((n, i) => n - (i === 0 ? 0 : numbers[i - 1] ?? 0));
}

/** The numbers that have these differences. */
export function sums(differences: readonly number[]): number[] {
  let sum = 0;
  return differences.map((difference) => sum += difference);
}
