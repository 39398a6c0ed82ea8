/** What watchers are told, as the bytes of their responses: those that stand at one place and are told the same share them [U5]. */
import { Buffer } from "node:buffer";
import { parsePosition } from "../../../core/keys/position_text.ts";
import { Digest } from "../../../core/log/digest.ts";
import { Runs } from "../../../core/log/runs.ts";
import type { Body } from "../../../core/message.ts";
import { BATCH_BYTES_MAX } from "../../../core/replication/pacing.ts";
import { Telling, type Told } from "./entry_text.ts";

/** So many of the latest are shared, each of no more than so many bytes: a batch, and what is written around its entries. */
export const SHARED_TELLINGS_MAX = 8;
export const SHARED_BYTES_MAX = 2 * BATCH_BYTES_MAX;

/** How entries are written. */
export interface Format {
  readonly type: string;
  readonly begin: string;
  readonly alive: string;
  entry(told: Told, telling: Pick<Telling, "position">): string;
  /** Nothing was told, and yet the position has moved. */
  moved(telling: Pick<Telling, "position">): string;
  /** Nothing will come. */
  readonly end: string;
}

/** What a watcher is told, and where it stands then. */
export interface Written {
  readonly bytes: Uint8Array;
  readonly position: string;
}

interface Shared extends Written {
  readonly format: Format;
  /** Where the watchers stood. */
  readonly from: string;
  /** Which entries they were told. */
  readonly named: string;
}

/** Of one port. Ten thousand watchers would each hold a position and write each event for themselves. */
export class Tellings {
  readonly #latest: Shared[] = [];

  /** `from`: where the watcher stands. */
  write(format: Format, from: string, answer: Body): Written {
    const named = nameOf(answer);
    const known = named &&
      this.#latest.find((each) => each.named === named && each.format === format && each.from === from);
    if (known) return known;
    const written = { format, from, named: named ?? "", ...writtenAnew(format, from, answer) };
    if (named !== undefined && written.bytes.length <= SHARED_BYTES_MAX) {
      if (this.#latest.length === SHARED_TELLINGS_MAX) this.#latest.shift();
      this.#latest.push(written);
    }
    return written;
  }
}

function writtenAnew(format: Format, from: string, answer: Body): Written {
  const telling = new Telling(parsePosition(from) ?? new Digest());
  let text = "";
  for (const told of telling.tell(answer)) text += format.entry(told, telling);
  if (text === "" || answer["had"] !== undefined) text += format.moved(telling);
  return { bytes: Buffer.from(text), position: telling.position };
}

/** Entries of one name are always the same. Undefined where more is told than entries. */
function nameOf({ runs, had }: Body): string | undefined {
  if (!(runs instanceof Runs) || had !== undefined || runs.gaps.length > 0) return undefined;
  const names = runs.runs.map(({ origin, seq, texts, topic = "" }) =>
    `${origin} ${seq} ${texts.length} ${topic}`
  );
  return names.join("\n");
}
