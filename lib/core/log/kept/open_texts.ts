/** The texts of a block that may grow, as they came: they are put together when somebody asks for them. */
import { assert, at } from "../../assert.ts";
import { Texts } from "../texts.ts";
import { copied } from "./texts_cache.ts";

const NONE = Texts.of([]);

export class OpenTexts {
  readonly #parts: Texts[] = [];
  /** The index of the first value of each part. */
  readonly #firsts: number[] = [];
  #count = 0;
  /** What was asked for last: mostly all others ask for the same. */
  #asked = NONE;
  #askedFirst = 0;

  add(part: Texts): void {
    this.#firsts.push(this.#count);
    this.#parts.push(part);
    this.#count += part.length;
  }

  all(): Texts {
    return this.read(0, this.#count);
  }

  /** Where these are all that came at once, just as they came. */
  read(first: number, count: number): Texts {
    assert(first + count <= this.#count, "only what has come is read");
    if (first === this.#askedFirst && count === this.#asked.length) return this.#asked;
    const texts = this.#read(first, first + count);
    this.#asked = texts;
    this.#askedFirst = first;
    return texts;
  }

  #read(first: number, end: number): Texts {
    const pieces: Texts[] = [];
    let from = first;
    for (let i = this.#indexOf(from); from < end; i++) {
      const [part, partFirst] = [at(this.#parts, i), at(this.#firsts, i)];
      const isWhole = from === partFirst && partFirst + part.length <= end;
      const piece = isWhole ? part : copied(part, from - partFirst, end - partFirst);
      pieces.push(piece);
      from += piece.length;
    }
    return Texts.joined(pieces);
  }

  /** Of the part that a value is in. */
  #indexOf(value: number): number {
    const firsts = this.#firsts;
    let low = 0;
    let high = firsts.length - 1;
    // What is asked for is mostly what came last.
    if (at(firsts, high) <= value) return high;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (at(firsts, middle) <= value) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
