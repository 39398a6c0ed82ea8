/** A set of whole numbers as bits: there are often many close together. */
const WORD_BITS = 32;

export class WholeNumbers {
  readonly #bits = new Map<number, number>();

  has(number: number): boolean {
    const word = Math.floor(number / WORD_BITS);
    return ((this.#bits.get(word) ?? 0) & (1 << (number - WORD_BITS * word))) !== 0;
  }

  /** Returns whether it is new. */
  add(number: number): boolean {
    const word = Math.floor(number / WORD_BITS);
    const bit = 1 << (number - WORD_BITS * word);
    const bits = this.#bits.get(word) ?? 0;
    if ((bits & bit) !== 0) return false;
    this.#bits.set(word, bits | bit);
    return true;
  }

  delete(number: number): void {
    const word = Math.floor(number / WORD_BITS);
    const bits = (this.#bits.get(word) ?? 0) & ~(1 << (number - WORD_BITS * word));
    if (bits === 0) this.#bits.delete(word);
    else this.#bits.set(word, bits);
  }
}
