/** What a reader had of the numbers that were told. */

/** The value that was told, and the entry that it came in. */
export interface Came {
  readonly value?: unknown;
  readonly origin?: unknown;
  readonly seq?: unknown;
}

export class Tally {
  /** What reads. */
  readonly name: string;
  /** It knows a value that was told to two nodes by its id; otherwise only the same entry twice is a fault. */
  readonly #knowsIds: boolean;
  /** By number, the entry that it came in. */
  readonly #had = new Map<number, string>();
  #lastAt = performance.now();
  /** The longest time in which nothing came, ms. */
  #longestMs = 0;
  #doubled = 0;
  /** Came twice under the same id, as it was told to two nodes that had not met. */
  #retold = 0;

  constructor(name: string, knowsIds: boolean) {
    this.name = name;
    this.#knowsIds = knowsIds;
  }

  add({ value, origin, seq }: Came): void {
    const now = performance.now();
    this.#longestMs = Math.max(this.#longestMs, now - this.#lastAt);
    this.#lastAt = now;
    const [n, entry] = [Number(value), `${origin} ${seq}`];
    const known = this.#had.get(n);
    if (known === undefined) this.#had.set(n, entry);
    else if (known === entry || this.#knowsIds) this.#doubled += 1;
    else this.#retold += 1;
  }

  get size(): number {
    return this.#had.size;
  }

  /** Of so many numbers, none is missing and none came twice. */
  isRight(count: number): boolean {
    return this.size === count && this.#doubled === 0;
  }

  /** Of so many numbers, for people. */
  line(count: number): string {
    const told = this.#knowsIds ? "" : `, ${this.#retold} as they were told to two nodes`;
    const paused = `the longest pause ${Math.round(this.#longestMs)} ms`;
    return `${this.name}: ${count - this.size} missed, ${this.#doubled} doubled${told}, ${paused}\n`;
  }
}
