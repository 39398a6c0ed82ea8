/** Runs of entries, as messages carry them [W4]: `[origin, seq, [value, …]]`, with a topic `[origin, seq, [record, …], topic]`. */
import type { Json } from "../json.ts";
import { RawJson } from "../raw.ts";
import { isTooDeep, VALUE_DEPTH_MAX } from "./canonical.ts";
import { scan } from "./scan.ts";
import { Texts } from "./texts.ts";

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

  constructor(runs: readonly Run[], gaps: readonly Range[] = []) {
    super(
      `[${[
        ...runs.map(textOf),
        ...gaps.map(({ origin, seq, count }) => JSON.stringify([origin, seq, count])),
      ]}]`,
    );
    this.runs = runs;
    this.gaps = gaps;
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
      if (typeof origin !== "string" || origin === "" || origin.length > 256) return undefined;
      if (!isOrdinal(seq)) return undefined;
      if (isOrdinal(values) && topic === undefined) gaps.push({ origin, seq, count: values });
      else if (Array.isArray(values)) {
        if (topic !== undefined && typeof topic !== "string") return undefined;
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

function textOf({ origin, seq, texts, topic }: Run): string {
  const end = topic === undefined ? "]]" : `],${JSON.stringify(topic)}]`;
  return `[${JSON.stringify(origin)},${seq},[${texts.text}${end}`;
}

function isOrdinal(n: unknown): n is number {
  return Number.isSafeInteger(n) && Number(n) >= 1;
}
