/** Moments in order, to be asked what the latest before one is, and the next after it. */

export interface Moment {
  readonly at: number;
}

export class Timeline<T extends Moment> {
  readonly #items: T[];

  /** `items`: of equal moments the later in the list is the later one. */
  constructor(items: readonly T[]) {
    this.#items = items.toSorted((a, b) => a.at - b.at);
  }

  get items(): readonly T[] {
    return this.#items;
  }

  /** The latest at that moment or before; undefined where there is none. */
  latest(at: number): T | undefined {
    return this.#items[this.#after(at) - 1];
  }

  /** Those at that moment or before, from the latest back. */
  *back(at: number): Iterable<T> {
    for (let i = this.#after(at) - 1; i >= 0; i--) {
      const item = this.#items[i];
      if (item !== undefined) yield item;
    }
  }

  /** The first moment after that one; Infinity where there is none. */
  nextAt(at: number): number {
    return this.#items[this.#after(at)]?.at ?? Infinity;
  }

  /** How many are at that moment or before. */
  #after(at: number): number {
    let [low, high] = [0, this.#items.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#items[middle]?.at ?? Infinity) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The items with each key, in their order. */
export function grouped<K, T>(items: Iterable<T>, keyOf: (item: T) => K | undefined): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
