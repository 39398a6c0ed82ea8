/** How entries lie on disk: consecutive ones of an origin in one row, with one sum over all that it says. */
import { crc32 } from "node:zlib";
import type { Entry } from "../core/log.ts";
import type { Json } from "../core/message.ts";

/** One row holds at most so many entries; and takes no more once its text has so many characters. */
export const ROW_ENTRIES_MAX = 1_024;
export const ROW_CHARS_MAX = 64 * 1024;

export interface Row {
  readonly origin: string;
  /** Of the first entry. */
  readonly seq: number;
  /** How many entries there are, their values being a list; null where the text is the value of the only one. */
  readonly count: number | null;
  /** JSON. */
  readonly text: string;
}

/** Rows in the making. */
export class RowsToWrite {
  readonly #runs: {
    readonly origin: string;
    readonly seq: number;
    readonly texts: string[];
    chars: number;
  }[] = [];

  get isEmpty(): boolean {
    return this.#runs.length === 0;
  }

  add({ origin, seq, value }: Entry): void {
    const text = JSON.stringify(value);
    const last = this.#runs.at(-1);
    const goesOn = last?.origin === origin && last.seq + last.texts.length === seq &&
      last.texts.length < ROW_ENTRIES_MAX && last.chars < ROW_CHARS_MAX;
    if (!goesOn) return void this.#runs.push({ origin, seq, texts: [text], chars: text.length });
    last.texts.push(text);
    last.chars += text.length;
  }

  /** In the order in which their entries came. */
  *rows(): Generator<Row> {
    for (const { origin, seq, texts } of this.#runs) {
      if (texts.length === 1) yield { origin, seq, count: null, text: texts.join() };
      else yield { origin, seq, count: texts.length, text: `[${texts.join(",")}]` };
    }
  }
}

export function entriesOf({ origin, seq, count, text }: Row): Entry[] {
  const said: Json = JSON.parse(text);
  const values = count === null || !Array.isArray(said) ? [said] : said;
  return values.map((value, i) => ({ origin, seq: seq + i, value }));
}

/** CRC-32 over all that a row says. */
export function checksum({ origin, seq, count, text }: Row): number {
  return crc32(count === null ? `${origin}:${seq}:${text}` : `${origin}:${seq}+${count}:${text}`);
}
