/** The grow-only log [L1] [I2]: every entry this node holds, by origin, and every distinct value once, in order of arrival. */
import { assert } from "../assert.ts";
import { IntervalSet } from "./interval_set.ts";
import { type Key, keyOf, ValueSet } from "./value_set.ts";
import type { Json } from "../message.ts";
import { SetDigest } from "./set_digest.ts";
import { roomFor } from "../size.ts";

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
  readonly values: Json[];
}

/** Two values under one number: the one that is held, and another that came. */
export interface Clash {
  readonly entry: Entry;
  readonly held: Json;
}

/** An origin of which something is held, among those that grew before and after it. */
export interface Grown {
  readonly name: string;
  readonly held: IntervalSet;
  /** The log's revision when it last grew. */
  readonly changedAt: number;
  /** The one that grew next before it. */
  readonly older: Grown | undefined;
}

interface Origin extends Grown {
  /** values[i] is entry i + 1, for as long as there is no gap [L2]. */
  readonly values: Json[];
  /** How much room each takes on the wire: it is asked for every neighbour and every watcher. */
  readonly rooms: number[];
  /** Entries after a gap, until it is filled. */
  readonly early: Map<number, Json>;
  changedAt: number;
  older: Origin | undefined;
  newer: Origin | undefined;
}

export class Log {
  readonly #origins = new Map<string, Origin>();
  readonly #keys = new ValueSet();
  readonly #distinct: Json[] = [];
  readonly #digest = new SetDigest();
  #newest: Origin | undefined;
  #revision = 0;
  #clashes: Clash[] = [];

  /** Counts changes, and so the entries held: equal revisions mean equal logs [L5]. */
  get revision(): number {
    return this.#revision;
  }

  /** Every distinct value once, in order of arrival [L3] [N3] [I1]. */
  get values(): readonly Json[] {
    return this.#distinct;
  }

  /** Of all values: equal for equal sets of values [L4]. */
  get digest(): string {
    return this.#digest.toString();
  }

  holdsValue(value: Json, key: Key | undefined = keyOf(value)): boolean {
    return key !== undefined && this.#keys.has(value, key);
  }

  /** Returns whether the entry is new. One whose value is too deep is not taken. */
  add(entry: Entry, key: Key | undefined = keyOf(entry.value)): boolean {
    if (key === undefined) return false;
    const origin = this.#origin(entry.origin);
    if (!origin.held.add(entry.seq)) {
      if (origin.values[entry.seq - 1] !== entry.value) this.#compare(origin, entry);
      return false;
    }
    this.#grew(origin);
    this.#store(origin, entry);
    if (this.#keys.add(entry.value, key)) {
      this.#distinct.push(entry.value);
      this.#digest.add(entry.value, key);
    }
    return true;
  }

  /** Adds consecutive entries, and returns those that are new. */
  addRun({ origin, seq, values }: Run): Entry[] {
    const fresh: Entry[] = [];
    if (this.#isHeld(origin, seq, values)) return fresh;
    for (let i = 0; i < values.length; i++) {
      const entry = { origin, seq: seq + i, value: values[i] ?? null };
      if (this.add(entry)) fresh.push(entry);
    }
    return fresh;
  }

  /** What came since this was last asked under a number that is held with another value [B8]. */
  takeClashes(): readonly Clash[] {
    const clashes = this.#clashes;
    if (clashes.length > 0) this.#clashes = [];
    return clashes;
  }

  /** The origin that grew last; through `older` all others, in the order in which they grew. */
  get newest(): Grown | undefined {
    return this.#newest;
  }

  /** The origins that grew after a revision, in the order in which they did. */
  grownSince(revision: number): Grown[] {
    const grown: Grown[] = [];
    for (let each = this.newest; each !== undefined && each.changedAt > revision; each = each.older) {
      grown.push(each);
    }
    return grown.reverse();
  }

  held(origin: string): IntervalSet | undefined {
    return this.#origins.get(origin)?.held;
  }

  /** The values of entries from..to, which are held, until they have taken so much room on the wire, bytes. */
  take(origin: string, from: number, to: number, roomMax = Infinity): { values: Json[]; room: number } {
    const { values, rooms, early, held } = this.#origin(origin);
    assert(from <= to + 1 && to <= held.last, "only what is held is taken");
    assert(values.length === rooms.length, "the room of each value is known");
    // There is no gap between them, so they are all before the first gap, or all after it.
    const isEarly = to > values.length;
    let room = 0;
    let end = from;
    for (; end <= to && room < roomMax; end++) {
      room += isEarly ? roomFor(early.get(end) ?? null) : rooms[end - 1] ?? 0;
    }
    if (!isEarly) return { values: values.slice(from - 1, end - 1), room };
    return { values: Array.from({ length: end - from }, (_, i) => early.get(from + i) ?? null), room };
  }

  /** Whether just these are held: what comes again, as most does that is held, is not entered again one by one. */
  #isHeld(name: string, seq: number, values: readonly Json[]): boolean {
    const origin = this.#origins.get(name);
    if (origin === undefined || origin.values.length < seq - 1 + values.length) return false;
    const held = origin.values;
    for (let i = 0, at = seq - 1; i < values.length; i++, at++) {
      if (held[at] !== values[i] && !isSame(held[at] ?? null, values[i] ?? null)) return false;
    }
    return true;
  }

  #compare(origin: Origin, entry: Entry): void {
    const { seq, value } = entry;
    const held = (seq <= origin.values.length ? origin.values[seq - 1] : origin.early.get(seq)) ?? null;
    if (!isSame(held, value)) this.#clashes.push({ entry, held });
  }

  #origin(name: string): Origin {
    // Entries come in runs: mostly it is the one that grew last.
    if (this.#newest?.name === name) return this.#newest;
    let origin = this.#origins.get(name);
    if (origin === undefined) {
      origin = {
        name,
        held: new IntervalSet(),
        values: [],
        rooms: [],
        early: new Map(),
        changedAt: 0,
        older: undefined,
        newer: undefined,
      };
      this.#origins.set(name, origin);
    }
    return origin;
  }

  #grew(origin: Origin): void {
    origin.changedAt = ++this.#revision;
    if (origin === this.#newest) return;
    if (origin.newer !== undefined) origin.newer.older = origin.older;
    if (origin.older !== undefined) origin.older.newer = origin.newer;
    origin.newer = undefined;
    origin.older = this.#newest;
    if (this.#newest !== undefined) this.#newest.newer = origin;
    this.#newest = origin;
  }

  #store({ values, rooms, early }: Origin, { seq, value }: Entry): void {
    assert(seq > values.length, "what is new is none of those before the first gap");
    if (seq > values.length + 1) {
      early.set(seq, value);
      return;
    }
    for (let next: Json | undefined = value; next !== undefined; next = early.get(values.length + 1)) {
      early.delete(values.length + 1);
      values.push(next);
      rooms.push(roomFor(next));
    }
  }
}

/** Whether two values are one, as a read counts them. */
function isSame(a: Json, b: Json): boolean {
  const isText = typeof a === "string";
  return isText === (typeof b === "string") && keyOf(a) === keyOf(b);
}
