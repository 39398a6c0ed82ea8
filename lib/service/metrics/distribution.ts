/** How often something took how long: plain numbers, which are written as a histogram at a scrape. */

export class Distribution {
  /** The upper bounds of all buckets but the last, which has none; ascending, seconds. */
  readonly bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  /** Takes what is not negative, seconds. */
  observe(seconds: number): void {
    let bucket = 0;
    while (seconds > (this.bounds[bucket] ?? Infinity)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += seconds;
  }

  /** Seconds, of all together. */
  get sum(): number {
    return this.#sum;
  }

  get count(): number {
    return this.#counts.reduce((total, count) => total + count, 0);
  }

  /** Of each bound, how many were no longer than that. */
  get cumulated(): readonly number[] {
    let total = 0;
    return this.bounds.map((_, bucket) => total += this.#counts[bucket] ?? 0);
  }
}
