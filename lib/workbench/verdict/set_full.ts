/** Jepsen's set-full, exactly, and in the same pass what it overlooks: values read twice, and values nobody sent. */
import type { Json } from "../../core/message.ts";
import type { Op } from "./history.ts";
import { compareValues, type Key, keyOf } from "./values.ts";

/** The moment of an operation that says something about a value. */
export type Mark = Pick<Op, "index" | "time" | "node">;

/** One broadcast value and what the history says of it. */
export interface Element {
  readonly value: Json;
  /** Its broadcast's invocation. */
  readonly added: Mark;
  /** Its acknowledgement. */
  acked: Mark | undefined;
  /** Its acknowledgement or the first read that saw it, whichever completed first. */
  known: Mark | undefined;
  /** The latest invocation of a read that saw it, and of one that did not. */
  lastPresent: Mark | undefined;
  lastAbsent: Mark | undefined;
}

/** The first read that had a value twice, or that had one that nobody had broadcast. */
export interface Sighting {
  readonly value: Json;
  readonly read: Mark;
}

export type Outcome =
  | { readonly kind: "stable"; readonly latencyMs: number }
  | { readonly kind: "lost"; readonly latencyMs: number }
  | { readonly kind: "never-read" };

/** One ns in ms: set-full's stable time is just after the last read that lacked the value. */
const NS = 1e-6;

export class SetFull {
  readonly #elements: Element[] = [];
  readonly #indexes = new Map<Key, number>();
  readonly #duplicated = new Map<Key, Sighting>();
  readonly #phantoms = new Map<Key, Sighting>();
  /** Held before anything was broadcast: nobody's business. */
  readonly #overlooked = new Set<Key>();
  /** Per element the number of the last read that had it; numbers grow, so nothing needs clearing. */
  readonly #readIn: number[] = [];
  #reads = 0;

  /** These were there before: they are passed over in reads. */
  overlook(values: readonly Json[]): void {
    for (const value of values) this.#overlooked.add(keyOf(value));
  }

  see(op: Op, invocation: Op): void {
    if (op.f === "read") {
      if (op.type === "ok" && Array.isArray(op.value)) this.#onRead(op, invocation, op.value);
    } else if (op.type === "invoke") {
      this.#onAdd(op);
    } else if (op.type === "ok") {
      this.#onAdded(op);
    }
  }

  get elements(): readonly Element[] {
    return this.#elements;
  }

  /** Whether somebody broadcast it, or it was there before. */
  knows(value: Json): boolean {
    const key = keyOf(value);
    return this.#indexes.has(key) || this.#overlooked.has(key);
  }

  /** Values that some read had more than once. */
  get duplicated(): readonly Json[] {
    return valuesOf(this.sightings.duplicated);
  }

  /** Values that were read before anybody broadcast them. */
  get phantoms(): readonly Json[] {
    return valuesOf(this.sightings.phantoms);
  }

  /** Each value of those two lists, as it was first read. */
  get sightings(): { readonly duplicated: readonly Sighting[]; readonly phantoms: readonly Sighting[] } {
    return { duplicated: [...this.#duplicated.values()], phantoms: [...this.#phantoms.values()] };
  }

  #onAdd(op: Op): void {
    const key = keyOf(op.value);
    if (this.#indexes.has(key)) return;
    this.#indexes.set(key, this.#elements.length);
    this.#readIn.push(0);
    this.#elements.push({
      value: op.value,
      added: mark(op),
      acked: undefined,
      known: undefined,
      lastPresent: undefined,
      lastAbsent: undefined,
    });
  }

  #onAdded(op: Op): void {
    const index = this.#indexes.get(keyOf(op.value));
    const element = index === undefined ? undefined : this.#elements[index];
    if (element === undefined) return;
    element.acked ??= mark(op);
    element.known ??= element.acked;
  }

  #onRead(op: Op, invocation: Op, values: readonly Json[]): void {
    this.#reads++;
    const [begun, ended] = [mark(invocation), mark(op)];
    for (const value of values) this.#onValue(value, ended);
    this.#elements.forEach((element, i) => {
      if (this.#readIn[i] === this.#reads) {
        element.known ??= ended;
        element.lastPresent = later(element.lastPresent, begun);
      } else {
        element.lastAbsent = later(element.lastAbsent, begun);
      }
    });
  }

  #onValue(value: Json, read: Mark): void {
    const key = keyOf(value);
    const index = this.#indexes.get(key);
    if (index === undefined) {
      if (!this.#overlooked.has(key)) noteFirst(this.#phantoms, key, { value, read });
    } else if (this.#readIn[index] === this.#reads) {
      noteFirst(this.#duplicated, key, { value, read });
    } else {
      this.#readIn[index] = this.#reads;
    }
  }
}

/** Stable: a read saw it after the last that did not. Lost: the other way round, and it was known by then. */
export function outcome({ known, lastPresent, lastAbsent }: Element): Outcome {
  const presentAt = lastPresent?.index ?? -1;
  const absentAt = lastAbsent?.index ?? -1;
  if (lastPresent !== undefined && absentAt < presentAt) {
    return { kind: "stable", latencyMs: sinceKnown(lastAbsent, known) };
  }
  if (known !== undefined && absentAt > presentAt && absentAt > known.index) {
    return { kind: "lost", latencyMs: sinceKnown(lastPresent, known) };
  }
  return { kind: "never-read" };
}

/** Whole milliseconds from when the value was known until just after `last`. */
function sinceKnown(last: Mark | undefined, known: Mark | undefined): number {
  if (last === undefined || known === undefined) return 0;
  return Math.floor(Math.max(0, last.time + NS - known.time));
}

function mark({ index, time, node }: Op): Mark {
  return { index, time, node };
}

function noteFirst(sightings: Map<Key, Sighting>, key: Key, sighting: Sighting): void {
  if (!sightings.has(key)) sightings.set(key, sighting);
}

function valuesOf(sightings: readonly Sighting[]): readonly Json[] {
  return sightings.map(({ value }) => value).sort(compareValues);
}

function later(a: Mark | undefined, b: Mark): Mark {
  return a === undefined || a.index < b.index ? b : a;
}
