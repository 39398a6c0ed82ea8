/** Which of the entries that are kept are shown: those whose value no other had before. Of each it is noted what it says. */
import { readRecord } from "../../keys/record.ts";
import type { Topics } from "../../keys/topics.ts";
import type { Block } from "../entry_store.ts";
import type { Identities, Name } from "../identities.ts";
import { IntervalSet } from "../interval_set.ts";
import type { Origin, Origins } from "../origins.ts";
import type { Run } from "../runs.ts";
import { join, part, type Twin, twinsOf } from "./twins.ts";

export class Shown {
  readonly #identities: Identities;
  readonly #origins: Origins;
  readonly #topics: Topics;

  constructor(identities: Identities, origins: Origins, topics: Topics) {
    this.#identities = identities;
    this.#origins = origins;
    this.#topics = topics;
  }

  /** What is noted until settle() is kept already: it is found out for many at once which of it are repeats. */
  gather(): void {
    this.#identities.gather(({ origin, seq }, of) => this.#hide(this.#origins.of(origin), seq, of));
  }

  settle(): void {
    this.#identities.settle();
  }

  /** Whether any entry of an origin is one with another, or cannot be read. */
  hasTwins(origin: string): boolean {
    const { repeats, twins } = this.#origins.get(origin) ?? {};
    return repeats !== undefined || twins !== undefined;
  }

  /** The entries that are kept and one with this one; undefined where there are none [H12]. */
  twinsOf(name: string, seq: number): Iterable<Twin> | undefined {
    const origin = this.#origins.get(name);
    return origin?.twins?.next(seq) && twinsOf({ origin, seq });
  }

  /** So many entries of a run, from the i-th on, are kept in this block. */
  note(origin: Origin, run: Run, first: number, count: number, block: number, at: number): void {
    const { seq, topic } = run;
    if (topic !== undefined) {
      for (let i = first; i < first + count; i++) this.#noteRecord(origin, run, topic, i, block, at);
      return;
    }
    for (const { i, of } of this.#identities.addPlain(run, first, count, block)) {
      this.#hide(origin, seq + i, of);
    }
  }

  /** The i-th entry of a block is gone. What it alone showed is shown by another one that has it, if any does. */
  forget(block: Block, i: number): void {
    const { origin, seq } = block;
    const isRepeat = (of: string, at: number) => this.#origins.get(of)?.repeats?.has(at) ?? false;
    const heir = this.#identities.remove(block, i, !isRepeat(origin, seq + i), isRepeat);
    for (const each of [heir, { origin, seq: seq + i }]) {
      if (each !== undefined) this.#origins.of(each.origin).repeats?.deleteSpan(each.seq, each.seq);
    }
    part({ origin: this.#origins.of(origin), seq: seq + i });
  }

  /** A record that cannot be read is shown to nobody, like a repeat [H6]. */
  #noteRecord(origin: Origin, run: Run, topic: string, i: number, block: number, at: number): void {
    const seq = run.seq + i;
    const record = readRecord(run.texts.at(i));
    if (record === undefined) (origin.repeats ??= new IntervalSet()).add(seq);
    else {
      const repeat = this.#identities.add(run, i, record.id, block);
      if (repeat !== undefined) this.#hide(origin, seq, repeat.of);
    }
    if (record?.key !== undefined) this.#topics.note(topic, record, { origin: origin.name, seq }, at);
  }

  #hide(origin: Origin, seq: number, of: readonly Name[]): void {
    (origin.repeats ??= new IntervalSet()).add(seq);
    for (const each of of) join({ origin, seq }, { origin: this.#origins.of(each.origin), seq: each.seq });
  }
}
