/** The times at which entries came, coarsely: enough to tell for how long the oldest has not been acknowledged. */
import type { Run } from "../../core/log/runs.ts";

/** At most so many times are remembered; when there are more, every second one is forgotten. */
export const MARKS_MAX = 4_096;
/** The first of entries that came within such a time stands for them all, ms. */
export const MARK_EVERY_MS = 10;

interface Mark {
  readonly at: number;
  readonly origin: string;
  readonly seq: number;
}

export class UnackedAge {
  #marks: Mark[] = [];

  note(runs: readonly Run[], now: number): void {
    const [first] = runs;
    if (first === undefined || now - (this.#marks.at(-1)?.at ?? -Infinity) < MARK_EVERY_MS) return;
    this.#marks.push({ at: now, origin: first.origin, seq: first.seq });
    if (this.#marks.length > MARKS_MAX) this.#marks = this.#marks.filter((_, i) => i % 2 === 0);
  }

  /** When the oldest entry came of which `isHeld` is false; undefined if it is true of all. */
  oldest(isHeld: (origin: string, seq: number) => boolean): number | undefined {
    return this.#marks.find(({ origin, seq }) => !isHeld(origin, seq))?.at;
  }

  /** Forgets the oldest entries, as far as everyone holds them. */
  forget(isHeldByAll: (origin: string, seq: number) => boolean): void {
    const young = this.#marks.findIndex(({ origin, seq }) => !isHeldByAll(origin, seq));
    this.#marks = young < 0 ? [] : this.#marks.slice(young);
  }
}
