/** What one watcher has seen in the phase that is on: each value's moment, and how many came more than once. */
import { Moments } from "./moments.ts";

export class Arrivals {
  #moments = new Moments();
  /** Values below belong to an earlier phase. */
  #from = 0;
  #wanted = Infinity;
  #distinct = 0;
  #duplicates = 0;
  #onAll: () => void = () => {};

  get distinct(): number {
    return this.#distinct;
  }

  get duplicates(): number {
    return this.#duplicates;
  }

  begin(from: number): void {
    this.#moments = new Moments();
    this.#from = from;
    this.#wanted = Infinity;
    this.#distinct = 0;
    this.#duplicates = 0;
  }

  take(value: number, at: number): void {
    const i = value - this.#from;
    if (i < 0) return;
    if (this.#moments.get(i) !== 0) {
      this.#duplicates++;
      return;
    }
    this.#moments.set(i, at);
    if (++this.#distinct === this.#wanted) this.#onAll();
  }

  /** Resolves once so many distinct values are there; to false when no further one came for `patienceMs`. */
  async all(wanted: number, patienceMs: number): Promise<boolean> {
    this.#wanted = wanted;
    if (this.#distinct >= wanted) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#onAll = () => resolve(true);
    let before = this.#distinct;
    const timer = setInterval(() => {
      if (this.#distinct === before) resolve(false);
      before = this.#distinct;
    }, patienceMs);
    return await promise.finally(() => clearInterval(timer));
  }

  write(path: string, count: number): void {
    this.#moments.write(path, count);
  }
}
