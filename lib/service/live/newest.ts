/** The newest values that came to this node, and no more of each than is shown [Y3]. */
import { Buffer } from "node:buffer";
import type { Run } from "../../core/log/runs.ts";
import { DEFAULT_TOPIC } from "../../core/keys/names.ts";
import { readRecord } from "../../core/keys/record.ts";
import { NEWEST_CHARS_MAX, NEWEST_MAX, NEWEST_PER_TURN_MAX, NEWEST_READ_CHARS_MAX } from "./limits.ts";
import type { Newest } from "./snapshot.ts";

interface Kept extends Omit<Newest, "age_ms"> {
  /** When it came, ms. */
  readonly at: number;
}

export class NewestValues {
  /** The newest last. */
  #kept: Kept[] = [];

  /** These came in one turn, at `now`, ms. */
  note(runs: readonly Run[], now: number): void {
    const found: Kept[] = [];
    for (const run of runs.toReversed()) {
      for (let i = run.texts.length - 1; i >= 0 && found.length < NEWEST_PER_TURN_MAX; i--) {
        found.push(keptOf(run, i, now));
      }
      if (found.length === NEWEST_PER_TURN_MAX) break;
    }
    this.#kept = [...this.#kept, ...found.reverse()].slice(-NEWEST_MAX);
  }

  /** The newest first, of topics for which `mayWatch` is true. */
  shown(now: number, mayWatch: (topic: string) => boolean): Newest[] {
    return this.#kept.filter(({ topic }) => mayWatch(topic)).reverse()
      .map(({ at, ...kept }) => ({ ...kept, age_ms: Math.max(0, Math.round(now - at)) }));
  }
}

function keptOf({ origin, seq, texts, topic }: Run, i: number, at: number): Kept {
  const text = texts.at(i);
  const named = { topic: topic ?? DEFAULT_TOPIC, origin, seq: seq + i, at };
  if (topic === undefined) return { ...named, ...begun(text) };
  const record = text.length > NEWEST_READ_CHARS_MAX ? undefined : readRecord(text);
  // A record begins with its value.
  if (record === undefined) return { ...named, ...begun(text.slice(1)) };
  const { key, deleted } = record;
  return { ...named, ...begun(record.text), ...key !== undefined && { key }, ...deleted && { deleted } };
}

/** A copy, as a part would keep all of a long text in memory. */
function begun(text: string): Pick<Newest, "text" | "cut"> {
  const isCut = text.length > NEWEST_CHARS_MAX;
  return { text: Buffer.from(text.slice(0, NEWEST_CHARS_MAX)).toString(), ...isCut && { cut: true } };
}
