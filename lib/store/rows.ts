/** Entries on disk: consecutive ones of an origin share a row, with one checksum over all of it. */
import { crc32 } from "node:zlib";
import type { Run } from "../core/log/runs.ts";
import { Texts } from "../core/log/texts.ts";

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

/** Rows in the making, until the next commit. */
export class RowsToWrite {
  readonly #runs: Run[] = [];

  get isEmpty(): boolean {
    return this.#runs.length === 0;
  }

  add(run: Run): void {
    this.#runs.push(run);
  }

  *rows(): Generator<Row> {
    for (const { origin, seq, texts } of this.#runs) {
      yield { origin, seq, count: texts.length, text: `[${texts.text}]` };
    }
  }
}

export function runOf({ origin, seq, count, text }: Row): Run {
  return { origin, seq, texts: count === null ? new Texts(text, 1) : new Texts(text.slice(1, -1), count) };
}

/** CRC-32 over the whole of a row. */
export function checksum({ origin, seq, count, text }: Row): number {
  return crc32(count === null ? `${origin}:${seq}:${text}` : `${origin}:${seq}+${count}:${text}`);
}
