/** The JSON texts of consecutive entries, in one text that all share who send it on. */
import { assert } from "../assert.ts";
import { isAscii, joinedScan, type Numbers, type Scan, scan } from "./scan.ts";
import { DIGITS_MAX } from "./scanning/whole.ts";

/** For shorter texts a loop is faster than the encoder. */
const LOOP_CHARS_MAX = 48;
/** Pieces that are shorter on average are put together at once, and then for all who ask. */
export const PIECE_CHARS_MIN = 1_024;
/** As UTF-8. */
const CHAR_BYTES_MAX = 3;

/** A text of ASCII that is read where it is needed. */
export interface Stored {
  readonly chars: number;
  readonly read: () => string;
}

export class Texts {
  readonly length: number;
  /** The values, where they are known to be whole numbers of at most 15 digits: their text is made once somebody asks for it. */
  readonly wholes: readonly number[] | undefined;
  #text: string | undefined;
  #scan: Scan | undefined;
  #isAscii: boolean | undefined;
  #hashes: Numbers | undefined;
  /** Where it is, until somebody looks into it. */
  #stored: Stored | undefined;
  /** What it is to be put together from, until then. */
  #parts: readonly Texts[] | undefined;

  /** `text` lists as many values as `length` says; `known`: what a scan of it has found. */
  constructor(text: string | readonly number[], length: number, known?: Scan) {
    this.length = length;
    this.wholes = typeof text === "string" ? undefined : text;
    this.#text = typeof text === "string" ? text : undefined;
    this.#scan = known;
  }

  static of(texts: readonly string[]): Texts {
    const [only = ""] = texts;
    return new Texts(texts.length === 1 ? only : texts.join(","), texts.length);
  }

  /** Numbers of which isWhole() says that they are; `text`: where they are listed already. */
  static ofWholes(wholes: readonly number[], text?: string): Texts {
    const texts = new Texts(wholes, wholes.length);
    texts.#text = text;
    return texts;
  }

  /** Values of which the hashes are known, and that none is a whole number: what a restart needs to know of them. */
  static hashed(text: string | Stored, length: number, hashes: Numbers): Texts {
    assert(hashes.length === 2 * length, "each value has two hashes");
    const texts = new Texts(typeof text === "string" ? text : "", length);
    if (typeof text !== "string") [texts.#text, texts.#stored, texts.#isAscii] = [undefined, text, true];
    texts.#hashes = hashes;
    return texts;
  }

  /** The values of all these, one after the other; `text`: where they are listed already. */
  static joined(parts: readonly Texts[], text?: string): Texts {
    const [first = NONE] = parts;
    if (parts.length <= 1) return first;
    let [length, isAscii] = [0, true];
    for (const part of parts) {
      length += part.length;
      isAscii &&= part.isAscii;
    }
    const all = new Texts("", length);
    all.#text = text;
    all.#isAscii = isAscii;
    all.#parts = parts;
    return all;
  }

  /** `v1,v2,…`: the values, separated by commas. */
  get text(): string {
    return this.#text ??= this.wholes?.join(",") ?? this.#take() ?? this.pieces.join(",");
  }

  #take(): string | undefined {
    const stored = this.#stored;
    this.#stored = undefined;
    return stored?.read();
  }

  /** The same in pieces, between which commas are missing: long texts are not put together before somebody needs that. */
  get pieces(): readonly string[] {
    const parts = this.#parts;
    if (this.#text !== undefined || parts === undefined) return [this.text];
    const texts = parts.map(({ text }) => text);
    return this.chars >= PIECE_CHARS_MIN * parts.length ? texts : [this.#text = texts.join(",")];
  }

  /** The length of the text. */
  get chars(): number {
    const parts = this.#parts;
    if (this.#stored !== undefined) return this.#stored.chars;
    if (this.#text !== undefined || parts === undefined) return this.text.length;
    return parts.reduce((sum, { chars }) => sum + chars + 1, -1);
  }

  /** No less than the text takes as UTF-8, bytes. */
  get bytes(): number {
    return this.isAscii ? this.chars : CHAR_BYTES_MAX * this.chars;
  }

  /** Whether no character takes more than a byte. */
  get isAscii(): boolean {
    return this.#isAscii ??= this.wholes !== undefined || (this.#scan?.isAscii ?? isAsciiIn(this.text));
  }

  /** Where each value ends in the text, and the hashes of each. */
  get scanned(): Scan {
    this.#scan ??= this.#joinedScan() ?? scan(this.text);
    assert(this.#scan?.count === this.length, "as many values are listed as are said to be");
    return this.#scan;
  }

  /** Whether that is known without a look at the text. */
  get isScanned(): boolean {
    return this.#scan !== undefined;
  }

  /** Two hashes of 32 bits for each value [L8]. */
  get hashes(): Numbers {
    return this.#hashes ?? this.scanned.hashes;
  }

  /** Whether there may be whole numbers among them. */
  get mayBeWhole(): boolean {
    return this.#hashes === undefined;
  }

  at(i: number): string {
    if (this.length === 1) return this.text;
    const { ends } = this.scanned;
    return this.text.slice(startOf(ends, i), ends[i]);
  }

  /** The values from..to - 1, as far as there are so many: a view of the same text and of what is found in it. */
  slice(from: number, to: number): Texts {
    const last = Math.min(to, this.length);
    if (from >= last) return NONE;
    if (from === 0 && last === this.length) return this;
    if (this.wholes !== undefined) return Texts.ofWholes(this.wholes.slice(from, last));
    const { ends, hashes, isAscii } = this.scanned;
    const start = startOf(ends, from);
    const text = this.text.slice(start, ends[last - 1]);
    const cut = ends.slice(from, last);
    return new Texts(text, last - from, {
      end: text.length,
      count: last - from,
      ends: start === 0 ? cut : cut.map((end) => end - start),
      hashes: hashes.slice(2 * from, 2 * last),
      isAscii,
    });
  }

  /** The same, and none of the texts that it was put together from is kept for it. */
  apart(): Texts {
    this.#scan ??= this.#joinedScan();
    return this;
  }

  /** Of the parts that it was put together from, where that is known. */
  #joinedScan(): Scan | undefined {
    const parts = this.#parts;
    this.#text = this.text;
    this.#parts = undefined;
    return parts?.every((part) => part.isScanned)
      ? joinedScan(parts.map(({ scanned }) => scanned))
      : undefined;
  }

  *[Symbol.iterator](): Iterator<string> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }
}

const NONE = Texts.of([]);

/** Whether the JSON of a value is a whole number of at most DIGITS_MAX digits. */
export function isWhole(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(Number(value)) < 10 ** DIGITS_MAX;
}

function startOf(ends: Numbers, i: number): number {
  return i === 0 ? 0 : (ends[i - 1] ?? 0) + 1;
}

function isAsciiIn(text: string): boolean {
  if (text.length > LOOP_CHARS_MAX) return isAscii(text);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
