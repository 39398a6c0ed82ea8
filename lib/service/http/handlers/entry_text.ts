/** Entries as JSON objects, their values as the texts that they are, and the position behind each [U5]. */
import { Digest } from "../../../core/log/digest.ts";
import { positionText } from "../../../core/keys/position_text.ts";
import { type Run, Runs } from "../../../core/log/runs.ts";
import { DEFAULT_TOPIC } from "../../../core/keys/names.ts";
import { readRecord, type RecordParts } from "../../../core/keys/record.ts";
import type { Body } from "../../../core/message.ts";

export interface Told {
  readonly kind: "entry" | "gap";
  /** The members of a JSON object, without its braces. */
  readonly members: string;
}

/** What a watcher has had: moves on with each thing that it is told. */
export class Telling {
  readonly #position: Digest;

  constructor(position: Digest) {
    this.#position = position;
  }

  get position(): string {
    return positionText(this.#position);
  }

  /** Goes through a `values` of the node; the position is behind what came last. Throws where it is none. */
  *tell({ runs, had }: Body): Generator<Told> {
    if (!(runs instanceof Runs)) throw new TypeError("values have runs");
    for (const gap of runs.gaps) {
      this.#position.add(gap);
      yield { kind: "gap", members: `"gap":${JSON.stringify(gap)}` };
    }
    for (const run of runs.runs) yield* this.#tellRun(run);
    if (Array.isArray(had)) this.#position.addAll(Digest.fromWire(had));
  }

  *#tellRun({ origin, seq, texts, topic }: Run): Generator<Told> {
    let number = seq;
    for (const text of texts) {
      const record = topic === undefined ? { text } : readRecord(text);
      this.#position.add({ origin, seq: number, count: 1 });
      if (record !== undefined) {
        const named = `${membersOf(record, topic)},"origin":${JSON.stringify(origin)},"seq":${number}`;
        yield { kind: "entry", members: named };
      }
      number += 1;
    }
  }
}

function membersOf({ text, id, key, stamp, deleted }: RecordParts, topic = DEFAULT_TOPIC): string {
  let members = `"value":${text},"topic":${JSON.stringify(topic)}`;
  if (key !== undefined) members += `,"key":${JSON.stringify(key)},"stamp":${stamp}`;
  if (id !== undefined) members += `,"id":${JSON.stringify(id)}`;
  return deleted ? `${members},"deleted":true` : members;
}
