/** Which of the entries that are kept are shown: those whose value no other had before. Of each it is noted what it says. */
import { readRecord } from "../../keys/record.ts";
import type { Topics } from "../../keys/topics.ts";
import type { Block } from "../entry_store.ts";
import type { Identities } from "../identities.ts";
import { IntervalSet } from "../interval_set.ts";
import type { Origin, Origins } from "../origins.ts";
import type { Run } from "../runs.ts";

export class Shown {
  readonly #identities: Identities;
  readonly #origins: Origins;
  readonly #topics: Topics;

  constructor(identities: Identities, origins: Origins, topics: Topics) {
    this.#identities = identities;
    this.#origins = origins;
    this.#topics = topics;
  }

  /** So many entries of a run, from the i-th on, are kept in this block. */
  note(origin: Origin, run: Run, first: number, count: number, block: number, at: number): void {
    const { seq, topic } = run;
    if (topic !== undefined) {
      for (let i = first; i < first + count; i++) this.#noteRecord(origin, run, topic, i, block, at);
      return;
    }
    for (const i of this.#identities.addPlain(run, first, count, block)) hide(origin, seq + i);
  }

  /** The i-th entry of a block is kept no more. What it alone showed is shown by another one that has it, if any does. */
  forget(block: Block, i: number): void {
    const { origin, seq } = block;
    const isRepeat = (of: string, at: number) => this.#origins.get(of)?.repeats?.has(at) ?? false;
    const heir = this.#identities.remove(block, i, !isRepeat(origin, seq + i), isRepeat);
    for (const each of [heir, { origin, seq: seq + i }]) {
      if (each !== undefined) this.#origins.of(each.origin).repeats?.deleteSpan(each.seq, each.seq);
    }
  }

  /** A record that cannot be read is shown to nobody, like a repeat [H6]. */
  #noteRecord(origin: Origin, run: Run, topic: string, i: number, block: number, at: number): void {
    const seq = run.seq + i;
    const record = readRecord(run.texts.at(i));
    const isShown = record !== undefined && this.#identities.add(run, i, record.id, block);
    if (!isShown) hide(origin, seq);
    if (record?.key !== undefined) this.#topics.note(topic, record, { origin: origin.name, seq }, at);
  }
}

function hide(origin: Origin, seq: number): void {
  (origin.repeats ??= new IntervalSet()).add(seq);
}
