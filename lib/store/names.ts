/** The names of origins and topics by number, so that a row repeats none. */

export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();
  #last = 0;

  /** Takes a name that has this number. */
  set(number: number, name: string): void {
    this.#numbers.set(name, number);
    this.#names.set(number, name);
    this.#last = Math.max(this.#last, number);
  }

  /** Gives a name the next number. */
  add(name: string): number {
    this.set(this.#last + 1, name);
    return this.#last;
  }

  delete(number: number): void {
    this.#numbers.delete(this.#names.get(number) ?? "");
    this.#names.delete(number);
  }

  numberOf(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  nameOf(number: number): string | undefined {
    return this.#names.get(number);
  }

  numbers(): Iterable<number> {
    return [...this.#names.keys()];
  }
}
