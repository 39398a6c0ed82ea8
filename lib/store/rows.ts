/** Entries on disk: consecutive ones of an origin share a row, with one checksum over all of it. */
import { crc32 } from "node:zlib";
import type { Entry } from "../core/log/log.ts";
import type { Json } from "../core/message.ts";
import { roomFor } from "../core/size.ts";

/** One row holds at most so many entries; and no more once they may take so many bytes. */
export const ROW_ENTRIES_MAX = 1_024;
export const ROW_BYTES_MAX = 64 * 1024;

export interface Row {
  readonly origin: string;
  /** Of the first entry. */
  readonly seq: number;
  /** The number of entries, whose values the text lists; null where the text is the value of the only entry. */
  readonly count: number | null;
  /** JSON. */
  readonly text: string;
}

/** Consecutive entries that will be a row. */
interface RowToWrite {
  readonly origin: string;
  readonly seq: number;
  readonly values: Json[];
  /** An upper bound of their length as JSON. */
  bytes: number;
}

/** Rows in the making, until the next commit. */
export class RowsToWrite {
  readonly #rows: RowToWrite[] = [];

  get isEmpty(): boolean {
    return this.#rows.length === 0;
  }

  add({ origin, seq, value }: Entry): void {
    const last = this.#rows.at(-1);
    const goesOn = last?.origin === origin && last.seq + last.values.length === seq &&
      last.values.length < ROW_ENTRIES_MAX && last.bytes < ROW_BYTES_MAX;
    const row = goesOn ? last : { origin, seq, values: [], bytes: 0 };
    row.values.push(value);
    row.bytes += roomFor(value);
    if (!goesOn) this.#rows.push(row);
  }

  /** In the order in which their entries came. */
  *rows(): Generator<Row> {
    for (const { origin, seq, values } of this.#rows) {
      const isOne = values.length === 1;
      const text = JSON.stringify(isOne ? values[0] : values);
      yield { origin, seq, count: isOne ? null : values.length, text };
    }
  }
}

export function entriesOf({ origin, seq, count, text }: Row): Entry[] {
  const said: Json = JSON.parse(text);
  const values = count === null || !Array.isArray(said) ? [said] : said;
  return values.map((value, i) => ({ origin, seq: seq + i, value }));
}

/** CRC-32 over the whole of a row. */
export function checksum({ origin, seq, count, text }: Row): number {
  return crc32(count === null ? `${origin}:${seq}:${text}` : `${origin}:${seq}+${count}:${text}`);
}
