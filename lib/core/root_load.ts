/** How much the root would have to send if it were the one relay for all. */

/** Over so long a time it is weighed, ms. */
export const WEIGH_MS = 2_000;
/** Messages a second that are too many for one node (a guess: a percent of a core). */
export const ROOT_HZ_MAX = 200;

export class RootLoad {
  readonly #others: number;
  #since: number;
  #flushes = 0;

  /** `others`: to how many a star's root passes on. */
  constructor(others: number, now: number) {
    this.#others = others;
    this.#since = now;
  }

  /** It passes on. Once per WEIGH_MS the load is told, as a multiple of ROOT_HZ_MAX. */
  flushed(now: number): number | undefined {
    this.#flushes++;
    const elapsedMs = now - this.#since;
    if (elapsedMs < WEIGH_MS) return undefined;
    const load = this.#flushes * this.#others * 1000 / elapsedMs / ROOT_HZ_MAX;
    this.#flushes = 0;
    this.#since = now;
    return load;
  }
}
