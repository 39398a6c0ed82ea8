/** The short cut: a value that enters below a relay goes to the root as well, and so is everywhere one hop earlier. */
/** So many hints a second may reach the root, from all members together (a guess: a percent of a core). */
export const EAGER_PUSHES_HZ_MAX = 150;

export class EagerPush {
  readonly #everyMs: number;
  #openAt = -Infinity;

  /** All members together, so many others and this one, take it no more often than a root may be written to. */
  constructor(others: number) {
    this.#everyMs = 1_000 * others / EAGER_PUSHES_HZ_MAX;
  }

  /** Whether a value takes it now; after one that did, none does for a while. */
  take(now: number): boolean {
    if (now < this.#openAt) return false;
    this.#openAt = now + this.#everyMs;
    return true;
  }
}
