/** The grow-only log: every entry this node holds, by origin, and every distinct value once, in order of arrival. */
import { canonical } from "./canonical.ts";
import { IntervalSet } from "./interval_set.ts";
import type { Json } from "./message.ts";

/** One value, where it entered: the seq-th (from 1) of its origin. */
export interface Entry {
  readonly origin: string;
  readonly seq: number;
  readonly value: Json;
}

/** Consecutive entries of one origin, `values[0]` being number `seq`. */
export interface Run {
  readonly origin: string;
  readonly seq: number;
  readonly values: readonly Json[];
}

interface Origin {
  readonly held: IntervalSet;
  /** values[i] is entry i + 1, for as long as there is no gap. */
  readonly values: Json[];
  /** Entries after a gap, until it is filled. */
  readonly early: Map<number, Json>;
  /** The log's revision when this origin last grew. */
  changedAt: number;
}

export class Log {
  readonly #origins = new Map<string, Origin>();
  /** The values held, by their keys; strings apart, as one may spell another value. */
  readonly #keys = new Set<string | number>();
  readonly #strings = new Set<string | number>();
  readonly #distinct: Json[] = [];
  #revision = 0;

  /** Counts changes, and so the entries held: equal revisions mean equal logs. */
  get revision(): number {
    return this.#revision;
  }

  /** Every distinct value once, in order of arrival. */
  get values(): readonly Json[] {
    return this.#distinct;
  }

  /** Whether an equal value is held, whoever brought it. */
  holdsValue(value: Json): boolean {
    const key = keyOf(value);
    return key !== undefined && this.#keysLike(value).has(key);
  }

  /** Returns whether the entry is new. One whose value is too deep is not taken. */
  add(entry: Entry): boolean {
    const key = keyOf(entry.value);
    if (key === undefined) return false;
    const origin = this.#origin(entry.origin);
    if (!origin.held.add(entry.seq)) return false;
    origin.changedAt = ++this.#revision;
    this.#store(origin, entry);
    this.#remember(key, entry.value);
    return true;
  }

  /** What is held of each origin. */
  *holdings(): Generator<readonly [origin: string, held: IntervalSet]> {
    for (const [name, origin] of this.#origins) yield [name, origin.held];
  }

  /** What is held of each origin that grew after `revision`, and the revision at which it last did. */
  *holdingsSince(
    revision: number,
  ): Generator<readonly [origin: string, held: IntervalSet, changedAt: number]> {
    for (const [name, origin] of this.#origins) {
      if (origin.changedAt > revision) yield [name, origin.held, origin.changedAt];
    }
  }

  held(origin: string): IntervalSet | undefined {
    return this.#origins.get(origin)?.held;
  }

  /** The value of an entry that is held; undefined of one that is not. */
  value(origin: string, seq: number): Json | undefined {
    const state = this.#origins.get(origin);
    return seq <= (state?.values.length ?? 0) ? state?.values[seq - 1] : state?.early.get(seq);
  }

  #origin(name: string): Origin {
    let origin = this.#origins.get(name);
    if (origin === undefined) {
      origin = { held: new IntervalSet(), values: [], early: new Map(), changedAt: 0 };
      this.#origins.set(name, origin);
    }
    return origin;
  }

  #store(origin: Origin, entry: Entry): void {
    if (entry.seq !== origin.values.length + 1) {
      origin.early.set(entry.seq, entry.value);
      return;
    }
    origin.values.push(entry.value);
    for (let next = entry.seq + 1; origin.early.has(next); next++) {
      origin.values.push(origin.early.get(next) as Json);
      origin.early.delete(next);
    }
  }

  #remember(key: string | number, value: Json): void {
    const keys = this.#keysLike(value);
    if (keys.has(key)) return;
    keys.add(key);
    this.#distinct.push(value);
  }

  #keysLike(value: Json): Set<string | number> {
    return typeof value === "string" ? this.#strings : this.#keys;
  }
}

/** A string is its own key: a text of it would double what it takes. */
function keyOf(value: Json): string | number | undefined {
  return typeof value === "string" ? value : canonical(value);
}
