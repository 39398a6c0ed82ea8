/** Names that many things share, as small numbers: each is kept once, for as long as something uses it. */
import { assert, at } from "../assert.ts";

export class CountedNames {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #uses: number[] = [];
  readonly #free: number[] = [];

  /** How many different names are in use. */
  get size(): number {
    return this.#numbers.size;
  }

  has(name: string): boolean {
    return this.#numbers.has(name);
  }

  /** Undefined where nothing uses it. */
  numberOf(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  /** Of a number that is in use. */
  nameOf(number: number): string {
    return at(this.#names, number);
  }

  /** So many more use it; returns its number. */
  use(name: string, count = 1): number {
    const known = this.#numbers.get(name);
    const number = known ?? this.#free.pop() ?? this.#names.length;
    if (known === undefined) {
      this.#numbers.set(name, number);
      this.#names[number] = name;
      this.#uses[number] = 0;
    }
    this.#uses[number] = at(this.#uses, number) + count;
    return number;
  }

  /** So many less use it; the number of a name that nobody uses is given to another. */
  release(number: number, count = 1): void {
    const left = at(this.#uses, number) - count;
    assert(left >= 0, "what is released was in use");
    this.#uses[number] = left;
    if (left > 0) return;
    this.#numbers.delete(at(this.#names, number));
    this.#names[number] = "";
    this.#free.push(number);
  }
}
