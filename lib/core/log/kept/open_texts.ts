/** The texts of a block that may grow, as they came: they are put together when somebody asks for them. */
import { assert, at } from "../../assert.ts";
import { Texts } from "../texts.ts";
import { copied } from "./texts_cache.ts";

const NONE = Texts.of([]);
/** Of so many parts that are no longer the latest one is made: each is objects that a runtime has to look after. */
export const PACKED_PARTS = 32;

export class OpenTexts {
  readonly #parts: Texts[] = [];
  /** The index of the first value of each part. */
  readonly #firsts: number[] = [];
  /** How many parts, from the first on, were put together from others. */
  #packed = 0;
  #count = 0;
  /** The text of the first so many values: all are asked for time and again while a few come between. */
  #text = "";
  #textCount = 0;
  /** What was asked for last: mostly all others ask for the same. */
  #asked = NONE;
  #askedFirst = 0;

  add(part: Texts): void {
    this.#firsts.push(this.#count);
    this.#parts.push(part);
    this.#count += part.length;
    if (this.#parts.length >= this.#packed + 2 * PACKED_PARTS) this.#pack();
  }

  /** Of how many parts it is. */
  get parts(): number {
    return this.#parts.length;
  }

  /** All of them, as a text that is no part of a longer one, without what it was put together from. */
  own(): Texts {
    const all = this.read(0, this.#count);
    if (all.wholes === undefined && this.#parts.length === 1) return copied(all, 0, all.length);
    return all.apart();
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

  #pack(): void {
    const parts = this.#parts.slice(this.#packed, this.#packed + PACKED_PARTS);
    this.#parts.splice(this.#packed, PACKED_PARTS, packed(parts));
    this.#firsts.splice(this.#packed + 1, PACKED_PARTS - 1);
    this.#packed++;
  }

  #read(first: number, end: number): Texts {
    if (first === 0 && end === this.#count) return this.#readAll();
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

  #readAll(): Texts {
    const known = this.#textCount;
    if (known === 0) this.#text = this.#parts.map(({ text }) => text).join(",");
    else if (known < this.#count) this.#text = [this.#text, this.#read(known, this.#count).text].join(",");
    this.#textCount = this.#count;
    return Texts.joined(this.#parts.slice(), this.#text);
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

/** The values of all of them, and nothing else of them. */
function packed(parts: readonly Texts[]): Texts {
  const wholes = parts.flatMap((part) => part.wholes ?? []);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (wholes.length === length) return Texts.ofWholes(wholes);
  return new Texts(parts.map(({ text }) => text).join(","), length);
}
