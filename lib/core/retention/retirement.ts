/** Finds ended lives of which nothing is left: they are retired, lest digests grow with every restart [G7]. */
import { lifeOf } from "../incarnation.ts";
import type { Log } from "../log/log.ts";
import type { Switches } from "../mechanisms.ts";

/** No member that was away for longer is promised that all it brings is taken in, ms: a week. */
export const ABSENCE_MAX_MS = 7 * 86_400_000;
/** Between two searches, ms. */
export const RETIRE_MS = 3_600_000;

export interface RetirementOptions {
  readonly log: Log;
  readonly on: Switches;
  /** The latest life of a node that is known; 0 where none is. */
  readonly latestOf: (node: string) => number;
}

export class Retirement {
  readonly #options: RetirementOptions;
  #nextAt: number;

  constructor(options: RetirementOptions, now: number) {
    this.#options = options;
    this.#nextAt = options.log.hasGone && options.on.has("retirement") ? now + RETIRE_MS : Infinity;
  }

  get deadline(): number {
    return this.#nextAt;
  }

  /** Something is gone: perhaps it was the last of its origin. */
  dropped(now: number): void {
    if (this.#options.on.has("retirement")) this.#nextAt = Math.min(this.#nextAt, now + RETIRE_MS);
  }

  /** Retires what can be. Returns whether anything was. */
  wake(now: number): boolean {
    if (this.#nextAt > now) return false;
    let isRetired = false;
    let waits = false;
    for (const [node, lives] of this.#livesByNode()) {
      const last = lastEmpty(lives, now);
      if (last !== undefined) isRetired = this.#options.log.retire(node, last.incarnation) || isRetired;
      waits ||= lives.some((life) => life !== last && life.isEmpty && life.endedBy < Infinity);
    }
    this.#nextAt = waits ? now + RETIRE_MS : Infinity;
    return isRetired;
  }

  /** The lives of each node of which entries are held, the first of them first. */
  #livesByNode(): Map<string, Life[]> {
    const { log, latestOf } = this.#options;
    const nodes = new Map<string, Life[]>();
    for (const { name } of log.grownSince(-1)) {
      const { node, incarnation } = lifeOf(name);
      if (Number.isNaN(incarnation)) continue;
      const lives = nodes.get(node) ?? [];
      nodes.set(node, lives);
      lives.push({ incarnation, isEmpty: log.isEmpty(name), endedBy: Infinity });
    }
    for (const [node, lives] of nodes) {
      lives.sort((a, b) => a.incarnation - b.incarnation);
      const latest = latestOf(node);
      for (const [i, life] of lives.entries()) {
        const next = lives[i + 1]?.incarnation ?? latest;
        // A life is numbered by the time at which it begins, and the one before it has ended then.
        if (next > life.incarnation) life.endedBy = next;
      }
    }
    return nodes;
  }
}

interface Life {
  readonly incarnation: number;
  /** Whether nothing of it is left. */
  readonly isEmpty: boolean;
  /** When it had ended at the latest, ms; Infinity while it may go on. */
  endedBy: number;
}

/** The last of those, from the first one on, that ended long ago and of which nothing is left. */
function lastEmpty(lives: readonly Life[], now: number): Life | undefined {
  const i = lives.findIndex(({ isEmpty, endedBy }) => !isEmpty || endedBy + ABSENCE_MAX_MS > now);
  return lives[(i < 0 ? lives.length : i) - 1];
}
