/** Keeps the position of a watch from growing without bound by entries that a node makes up. */
import type { Digest } from "../../core/log/digest.ts";
import type { Brought } from "../answers.ts";

/** A position has so many intervals at most: a thousand nodes that were restarted a hundred times each in memory have as many. */
export const POSITION_SPANS_MAX = 131_072;
/** Why a node is given up that brings more, for people. */
export const OVERFULL = `brings more than a position has room for, which is ${POSITION_SPANS_MAX} intervals`;

export class Room {
  readonly #position: Digest;
  /** It has no more intervals than that. */
  #spansMost = Infinity;

  constructor(position: Digest) {
    this.#position = position;
  }

  /** Whether the position may take in what a message brings. */
  isEnoughFor(brought: Brought): boolean {
    const { runs, gaps, passedOver } = brought;
    this.#spansMost += runs.length + gaps.length + passedOver.spanCount;
    if (this.#spansMost <= POSITION_SPANS_MAX) return true;
    const after = this.#position.clone();
    addBrought(after, brought);
    this.#spansMost = after.spanCount;
    return this.#spansMost <= POSITION_SPANS_MAX;
  }
}

/** All that a message names counts as had. */
export function addBrought(position: Digest, { runs, gaps, passedOver }: Brought): void {
  for (const { origin, seq, items: { length } } of runs) {
    if (length > 0) position.addSpan(origin, seq, seq + length - 1);
  }
  for (const gap of gaps) position.add(gap);
  position.addAll(passedOver);
}
