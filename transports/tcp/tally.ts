/** Counts events by their kind, as plain numbers that only grow. */

/** The kind under which everything is counted that has none of the known ones. */
export const OTHER = "other";

interface Count {
  readonly kind: string;
  value: number;
}

/** Strangers choose some of the kinds, and must not make this grow: those that were not named at first are one. */
export class Tally {
  readonly #other: Count = { kind: OTHER, value: 0 };
  readonly #counts: ReadonlyMap<string, Count>;
  /** Mostly the same kind comes again. */
  #last = this.#other;

  constructor(kinds: readonly string[]) {
    this.#counts = new Map(kinds.map((kind) => [kind, { kind, value: 0 }]));
  }

  add(kind: string, count = 1): void {
    if (kind !== this.#last.kind) this.#last = this.#counts.get(kind) ?? this.#other;
    this.#last.value += count;
  }

  /** Every kind, also those of which there was nothing. */
  get counts(): readonly (readonly [kind: string, count: number])[] {
    return [...this.#counts.values(), this.#other].map(({ kind, value }) => [kind, value]);
  }

  /** The kinds of which there was something. */
  get seen(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts.filter(([, count]) => count > 0));
  }
}
