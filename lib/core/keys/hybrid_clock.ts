/** A hybrid logical clock (Kulkarni et al. 2014): stamps that follow the time of day and never contradict what was seen. */
import { assert } from "../assert.ts";

/** A stamp is the time of day, ms since 1970, times this, and a counter for what falls into one ms. */
export const STAMPS_PER_MS = 1_000;

/** Stamps above are malformed, so that each can be written exactly, and those of any clock of today be exceeded: the year 2255. */
export const STAMP_MAX = Number.MAX_SAFE_INTEGER - 1;

/** A node's own time follows the stamps of others no further than so far ahead of its own clock. */
export const CLOCK_AHEAD_MAX_MS = 60_000;

/**
 * Gives the entries of keys their stamps, by which everybody decides alike which is the latest of its key.
 *
 * What is promised: all nodes that hold the same entries name the same latest, as the order of stamps, then origins, then
 * numbers depends on nothing else. A node that writes a key overwrites all that it holds of that key, however far ahead the
 * clock of whoever wrote that was. Of two writes that did not know of each other the one with the later hybrid time wins: in
 * clusters whose clocks differ by D, that of a clock that is ahead also wins against writes made up to D after it.
 *
 * A clock that is far ahead harms its own keys only, and only until they are written again: others adopt its stamps up to
 * CLOCK_AHEAD_MAX_MS ahead of their own clocks, so that what they write is never stamped further ahead for its sake.
 *
 * A node's clock never goes back while it runs, so one that was wrong at the start is right only after a restart.
 */
export class HybridClock {
  #last = 0;

  /** A stamp was seen at this moment, ms since 1970: what is written from now on is later, if that is not too far ahead. */
  saw(stamp: number, now: number): void {
    if (stamp > this.#last && stamp <= ceiling(now)) this.#last = stamp;
  }

  /**
   * The stamp of what is written now, ms since 1970: above those given before, those seen (as far as they were adopted) and
   * `above`, the stamp of what it overwrites. Undefined where there is no such stamp.
   */
  next(now: number, above = 0): number | undefined {
    assert(above <= STAMP_MAX, "what is overwritten has a stamp of the right form");
    const own = Math.max(STAMPS_PER_MS * Math.floor(now), this.#last + 1);
    const stamp = Math.max(own, above + 1);
    if (!isStamp(stamp)) return undefined;
    this.#last = stamp <= ceiling(now) ? stamp : own;
    return stamp;
  }
}

export function isStamp(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= STAMP_MAX;
}

/** The moment that a stamp tells, ms since 1970. */
export function msOf(stamp: number): number {
  return stamp / STAMPS_PER_MS;
}

function ceiling(now: number): number {
  return STAMPS_PER_MS * (now + CLOCK_AHEAD_MAX_MS);
}
