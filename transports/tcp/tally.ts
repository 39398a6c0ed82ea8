/** Counts events by their kind, as plain numbers that only grow. */

/** The kind under which everything is counted that has none of the known ones. */
export const OTHER = "other";

/** Strangers choose some of the kinds, and must not make this grow: those that were not named at first are one. */
export class Tally {
  readonly #counts: Map<string, number>;

  constructor(kinds: readonly string[]) {
    this.#counts = new Map([...kinds, OTHER].map((kind) => [kind, 0]));
  }

  add(kind: string, count = 1): void {
    const before = this.#counts.get(kind);
    if (before !== undefined) this.#counts.set(kind, before + count);
    else this.#counts.set(OTHER, (this.#counts.get(OTHER) ?? 0) + count);
  }

  /** Every kind, also those of which there was nothing. */
  get counts(): readonly (readonly [kind: string, count: number])[] {
    return [...this.#counts];
  }

  /** The kinds of which there was something. */
  get seen(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts.filter(([, count]) => count > 0));
  }
}
