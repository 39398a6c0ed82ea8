/** Under which blocks values were noted, by their hashes. */
export class Fingerprints {
  readonly #blocks = new Map<number, number[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  find(high: number, low: number, is: (block: number) => boolean): boolean {
    return this.#blocks.get(high ^ Math.imul(low, 31))?.some(is) ?? false;
  }

  add(high: number, low: number, block: number): void {
    const key = high ^ Math.imul(low, 31);
    const blocks = this.#blocks.get(key);
    if (blocks === undefined) this.#blocks.set(key, [block]);
    else blocks.push(block);
    this.#size++;
  }
}
