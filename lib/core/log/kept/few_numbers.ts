/** A set of a few whole numbers that is filled and emptied again and again, and never takes other memory than at first. */
import { assert } from "../../assert.ts";

export class FewNumbers {
  readonly #max: number;
  readonly #mask: number;
  readonly #numbers: Float64Array;
  /** By slot, in which round it was taken last: to empty all is to begin another round. */
  readonly #rounds: Float64Array;
  #round = 1;
  #size = 0;

  /** At most `max` of them, half a power of two. */
  constructor(max: number) {
    this.#max = max;
    this.#mask = 2 * max - 1;
    assert((this.#mask & (2 * max)) === 0, "slots are a power of two");
    this.#numbers = new Float64Array(2 * max);
    this.#rounds = new Float64Array(2 * max);
  }

  /** Returns whether it is new. */
  add(number: number): boolean {
    let slot = Math.imul(number | 0, 0x9e3779b1) >>> 16 & this.#mask;
    for (; this.#rounds[slot] === this.#round; slot = slot + 1 & this.#mask) {
      if (this.#numbers[slot] === number) return false;
    }
    assert(this.#size < this.#max, "there is always a free slot");
    this.#rounds[slot] = this.#round;
    this.#numbers[slot] = number;
    this.#size++;
    return true;
  }

  clear(): void {
    this.#round++;
    this.#size = 0;
  }
}
