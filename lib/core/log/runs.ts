/** Runs of entries, as messages carry them [W4]: `[origin, seq, [value, …]]`, with a topic `[origin, seq, [record, …], topic]`. */
import { at } from "../assert.ts";
import type { Json } from "../json.ts";
import { RawJson } from "../raw.ts";
import { topicFault } from "../keys/names.ts";
import { isTooDeep, VALUE_DEPTH_MAX } from "./canonical.ts";
import { scan, Scanner, utf8BytesOf } from "./scan.ts";
import { Texts } from "./texts.ts";
import { whole, wholeEnd } from "./scanning/whole.ts";

/** As long as the id of an origin may be, characters. */
export const ORIGIN_CHARS_MAX = 256;
/** Of a longer line a run keeps only what is its own, unless that is a large part of the line. */
const SHARED_LINE_CHARS = 4_096;
const SHARED_PART = 4;
/** Shorter texts are put together. */
const LONG_PART_CHARS = 1_024;
/** Of the largest whole number that is safe. */
const DIGITS_MAX = 16;
/** A name in quotes. Those with escapes are rare, and left to a parser. */
// deno-lint-ignore no-control-regex
const QUOTED = /^"[^"\\\u0000-\u001f]*"$/;
const [OPEN, CLOSE, COMMA, QUOTE, ZERO, NINE] = [0x5b, 0x5d, 0x2c, 0x22, 0x30, 0x39];

/** Names that were read, by what they are in quotes: few come again and again. At most so many, then none. */
export const NAMES_MAX = 1_024;
const names = new Map<string, string>();

/** Consecutive entries of one origin, the first of which has the number `seq`. */
export interface Run {
  readonly origin: string;
  readonly seq: number;
  readonly texts: Texts;
  /** Undefined: plain values of the default topic. Otherwise each text is a record, also where the topic is "". */
  readonly topic?: string | undefined;
}

/** The entries seq to seq + count - 1 of an origin. */
export interface Range {
  readonly origin: string;
  readonly seq: number;
  readonly count: number;
}

export function rangeOf({ origin, seq, texts }: Run): Range {
  return { origin, seq, count: texts.length };
}

/** The runs of one message, whose text is made once. */
export class Runs extends RawJson {
  readonly runs: readonly Run[];
  /** What is gone where this comes from. */
  readonly gaps: readonly Range[];

  constructor(runs: readonly Run[], gaps: readonly Range[] = [], text?: string) {
    super(text ?? (() => textOf(runs, gaps)));
    this.runs = runs;
    this.gaps = gaps;
  }

  /** Of all values. */
  get chars(): number {
    let chars = 0;
    for (const { texts } of this.runs) chars += texts.chars;
    return chars;
  }

  /** The text in parts, one after the other, in which long texts are as they are; and what it takes as UTF-8. */
  inParts(): { readonly parts: readonly string[]; readonly bytes: number } {
    const parts: string[] = [];
    let [bytes, part] = [0, ""];
    const add = (text: string, isAscii: boolean) => {
      bytes += isAscii ? text.length : utf8BytesOf(text);
      if (text.length < LONG_PART_CHARS) part += text;
      else {
        parts.push(part, text);
        part = "";
      }
    };
    for (const run of this.runs) {
      add(`${bytes === 0 ? "[" : ","}${headOf(run)}`, false);
      const { pieces, isAscii } = run.texts;
      for (const [i, piece] of pieces.entries()) {
        if (i > 0) add(",", true);
        add(piece, isAscii);
      }
      add(tailOf(run), false);
    }
    for (const gap of this.gaps) add(`${bytes === 0 ? "[" : ","}${gapText(gap)}`, false);
    add(bytes === 0 ? "[]" : "]", true);
    return { parts: [...parts, part], bytes };
  }

  /**
   * The runs in a line, which begin at `at`, and where they end; undefined where they are not as textOf() writes them. Their
   * text is shared with the line, as long as the message is in use.
   */
  static read(line: string, at: number): { readonly runs: Runs; readonly end: number } | undefined {
    const reader = new RunReader(line, at);
    const isRead = reader.read();
    const { runs, gaps, end } = reader;
    return isRead ? { runs: new Runs(runs, gaps, line.slice(at, end)), end } : undefined;
  }

  /** The runs that JSON spells; undefined where it spells none. */
  static fromJson(json: unknown): Runs | undefined {
    if (json instanceof Runs) return json;
    if (!Array.isArray(json)) return undefined;
    const runs: Run[] = [];
    const gaps: Range[] = [];
    for (const each of json) {
      if (!Array.isArray(each) || each.length < 3 || each.length > 4) return undefined;
      const [origin, seq, values, topic]: unknown[] = each;
      if (typeof origin !== "string" || origin === "" || origin.length > ORIGIN_CHARS_MAX) return undefined;
      if (!isOrdinal(seq)) return undefined;
      if (isOrdinal(values) && topic === undefined) gaps.push({ origin, seq, count: values });
      else if (Array.isArray(values)) {
        if (topic !== undefined && !isTopic(topic)) return undefined;
        // The values are one level below what lists them.
        if (isTooDeep(values, VALUE_DEPTH_MAX + 1)) return undefined;
        const text = JSON.stringify(values).slice(1, -1);
        const found = values.length === 0 ? undefined : scan(text);
        if (values.length > 0 && found === undefined) return undefined;
        runs.push({ origin, seq, texts: new Texts(text, values.length, found), topic });
      } else return undefined;
    }
    return new Runs(runs, gaps);
  }
}

export function entriesIn(runs: readonly Run[]): number {
  let count = 0;
  for (const { texts } of runs) count += texts.length;
  return count;
}

/** One plain value as a run. */
export function runOf(origin: string, seq: number, value: Json): Run {
  return { origin, seq, texts: Texts.of([JSON.stringify(value)]) };
}

export function valuesOf({ texts }: Run): Json[] {
  return JSON.parse(`[${texts.text}]`);
}

/** What was spelled last: the same leaves for all children and watchers, one after the other. */
let spelled: { readonly runs: readonly Run[]; readonly text: string } = { runs: [], text: "[]" };

function textOf(runs: readonly Run[], gaps: readonly Range[]): string {
  if (gaps.length > 0) return spell(runs, gaps);
  if (!areSame(runs, spelled.runs)) spelled = { runs, text: spell(runs, gaps) };
  return spelled.text;
}

function areSame(runs: readonly Run[], others: readonly Run[]): boolean {
  if (runs.length !== others.length) return false;
  for (let i = 0; i < runs.length; i++) {
    const [{ origin, seq, texts, topic }, other] = [at(runs, i), at(others, i)];
    if (texts !== other.texts || seq !== other.seq || origin !== other.origin || topic !== other.topic) {
      return false;
    }
  }
  return true;
}

function spell(runs: readonly Run[], gaps: readonly Range[]): string {
  let text = "";
  for (const run of runs) text += `${text === "" ? "" : ","}${headOf(run)}${run.texts.text}${tailOf(run)}`;
  for (const gap of gaps) text += `${text === "" ? "" : ","}${gapText(gap)}`;
  return `[${text}]`;
}

function headOf({ origin, seq }: Run): string {
  return `[${JSON.stringify(origin)},${seq},[`;
}

function tailOf({ topic }: Run): string {
  return topic === undefined ? "]]" : `],${JSON.stringify(topic)}]`;
}

function gapText({ origin, seq, count }: Range): string {
  return `[${JSON.stringify(origin)},${seq},${count}]`;
}

/** Goes over the runs of a line, from one to the next. */
class RunReader {
  readonly runs: Run[] = [];
  readonly gaps: Range[] = [];
  /** Where it is. */
  end: number;
  readonly #line: string;
  readonly #scanner: Scanner;

  constructor(line: string, at: number) {
    this.#line = line;
    this.#scanner = new Scanner(line);
    this.end = at;
  }

  read(): boolean {
    if (this.#next() !== OPEN) return false;
    if (this.#line.charCodeAt(this.end) !== CLOSE) {
      do {
        if (!this.#readRun()) return false;
      } while (this.#next() === COMMA);
      this.end--;
    }
    return this.#next() === CLOSE;
  }

  #readRun(): boolean {
    if (this.#next() !== OPEN) return false;
    const origin = this.#name();
    if (origin === undefined || origin === "" || origin.length > ORIGIN_CHARS_MAX) return false;
    if (this.#next() !== COMMA) return false;
    const seq = this.#ordinal();
    if (seq === undefined || this.#next() !== COMMA) return false;
    if (this.#line.charCodeAt(this.end) !== OPEN) {
      const count = this.#ordinal();
      if (count === undefined) return false;
      this.gaps.push({ origin, seq, count });
      return this.#next() === CLOSE;
    }
    this.end++;
    const texts = this.#texts();
    if (texts === undefined || this.#next() !== CLOSE) return false;
    const after = this.#next();
    const topic = after === COMMA ? this.#name() : undefined;
    if (after === COMMA && (topic === undefined || !isTopic(topic) || this.#next() !== CLOSE)) return false;
    this.runs.push({ origin, seq, texts, topic });
    return after === CLOSE || after === COMMA;
  }

  #name(): string | undefined {
    const line = this.#line;
    if (line.charCodeAt(this.end) !== QUOTE) return undefined;
    const quoted = line.slice(this.end, line.indexOf('"', this.end + 1) + 1);
    const name = names.get(quoted) ?? nameIn(quoted);
    if (name !== undefined) this.end += quoted.length;
    return name;
  }

  /** A whole number from 1 on, as JSON.stringify writes it. */
  #ordinal(): number | undefined {
    const from = this.end;
    let number = 0;
    for (let digit = this.#digit(); digit >= 0; digit = this.#digit()) {
      number = 10 * number + digit;
      this.end++;
      if (this.end - from > DIGITS_MAX) return undefined;
    }
    return isOrdinal(number) && this.#line.charCodeAt(from) !== ZERO ? number : undefined;
  }

  #digit(): number {
    const unit = this.#line.charCodeAt(this.end);
    return unit >= ZERO && unit <= NINE ? unit - ZERO : -1;
  }

  #next(): number {
    return this.#line.charCodeAt(this.end++);
  }

  /** The values as far as the bracket that ends them. */
  #texts(): Texts | undefined {
    if (this.#line.charCodeAt(this.end) === CLOSE) return Texts.of([]);
    return this.#wholes() ?? this.#scanned();
  }

  #scanned(): Texts | undefined {
    const from = this.end;
    const found = this.#scanner.scan(from);
    if (found === undefined) return undefined;
    const text = this.#textTo(found.end);
    const { count, ends, hashes, isAscii } = found;
    return new Texts(text, count, { end: text.length, count, ends, hashes, isAscii });
  }

  /** The same of nothing but whole numbers, whose hashes hardly anybody asks for. */
  #wholes(): Texts | undefined {
    const line = this.#line;
    const wholes: number[] = [];
    for (let at = this.end;; at++) {
      const end = wholeEnd(line, at);
      if (end < 0) return undefined;
      wholes.push(whole);
      at = end;
      const after = line.charCodeAt(at);
      if (after === CLOSE) return Texts.ofWholes(wholes, this.#textTo(at));
      if (after !== COMMA) return undefined;
    }
  }

  #textTo(end: number): string {
    const text = kept(this.#line.slice(this.end, end), this.#line);
    this.end = end;
    return text;
  }
}

/**
 * A slice shares the characters of the line, and would keep all of a long one for one short value. What join() makes has its
 * own, which `,` + text has not. What is shared keeps no more than SHARED_PART times its length.
 */
function kept(text: string, line: string): string {
  const isShared = line.length <= SHARED_LINE_CHARS || SHARED_PART * text.length >= line.length;
  return isShared ? text : [text, ""].join(",").slice(0, -1);
}

function nameIn(quoted: string): string | undefined {
  if (quoted.length > 2 + ORIGIN_CHARS_MAX || !QUOTED.test(quoted)) return undefined;
  // Parsed, as a part of the line would keep the line for as long as the name is known.
  const name: string = JSON.parse(quoted);
  if (names.size >= NAMES_MAX) names.clear();
  names.set(JSON.stringify(name), name);
  return name;
}

function isTopic(topic: unknown): topic is string {
  return typeof topic === "string" && topicFault("", topic) === undefined;
}

function isOrdinal(n: unknown): n is number {
  return Number.isSafeInteger(n) && Number(n) >= 1;
}
