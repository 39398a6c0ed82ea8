/** Judges keys: what a node has seen it overwrites, no node goes back, and all nodes give the same in the end, which nothing overwrote. */
import type { Json } from "../../core/message.ts";
import type { Op } from "../verdict/history.ts";
import { getOr, keyOf } from "../verdict/values.ts";
import { KeyHistory } from "./key_history.ts";
import { keySentences } from "./key_sentences.ts";
import { newerThan, overwrites, type Write } from "./write_order.ts";
import type { Checker, CheckerOptions, Findings, KeyReadings, KeyResults, KeySighting } from "./workload.ts";

export interface Place {
  readonly topic: string;
  readonly key: string;
}

/** Where a script does not say. */
export const DEFAULT_PLACE: Place = { topic: "exam", key: "a" };

/** What a node gave; undefined: that there is no value. */
interface Reading {
  readonly value: Json | undefined;
  readonly stamp: number | undefined;
}

type Found = "superseded" | "vanished" | "backwards" | "astray" | "phantom";

export class KeyChecker implements Checker {
  readonly #options: CheckerOptions;
  readonly #places = new Map<string, Place & { readonly history: KeyHistory }>();
  readonly #found: { readonly [F in Found]: KeyResults[F][number][] } = {
    ...{ superseded: [], vanished: [], backwards: [], astray: [], phantom: [] },
  };

  constructor(options: CheckerOptions) {
    this.#options = options;
  }

  see(op: Op, invocation: Op): void {
    const { topic, key, message } = askedBy(invocation.value);
    const { history } = getOr(
      this.#places,
      JSON.stringify([topic, key]),
      () => ({ topic, key, history: new KeyHistory(this.#options) }),
    );
    if (op.type === "invoke") history.begins(op);
    if (op.f !== "get") history.writes(op, invocation, op.f === "delete" ? undefined : message);
    else if (op.type === "ok") this.#onGet({ topic, key }, history, op, invocation);
    if (op.type !== "invoke") history.ends(invocation);
  }

  check(): Findings {
    const all = [...this.#places.values()];
    const disagree = all.flatMap(({ history, ...place }) => disagreement(place, history));
    for (const { history, ...place } of all) this.#judge(place, history);
    const writes = all.flatMap(({ history }) => history.writesSoFar);
    const acked = writes.filter(({ acked }) => acked !== undefined);
    const deletions = writes.filter(({ value }) => value === undefined);
    const results: KeyResults = {
      kind: "keys",
      "put-count": writes.length - deletions.length,
      "delete-count": deletions.length,
      "acknowledged-count": acked.length,
      "at-risk-count": acked.filter((write) => !this.#isSure(write)).length,
      disagree,
      ...this.#found,
    };
    return { failures: keySentences(results), results };
  }

  #onGet(place: Place, history: KeyHistory, op: Op, invocation: Op): void {
    const { value, stamp } = readingOf(op.value);
    const said = { ...place, value: value ?? null, ...sighting(op) };
    if (op.final) history.finals.set(op.node, { ...sighting(op), value });
    if (value === undefined) {
      if (!history.showsNone(op, invocation)) this.#found.vanished.push(said);
      return;
    }
    const write = history.put(value);
    if (write === undefined || !history.mayHold(value)) {
      const elsewhere = [...this.#places.values()].some(({ history }) => history.mayHold(value));
      this.#found[elsewhere ? "astray" : "phantom"].push(said);
      return;
    }
    const before = history.shows(write, stamp, op, invocation);
    if (before !== undefined) this.#found.backwards.push({ ...said, before: before.value ?? null });
  }

  /** The final reads of one key. */
  #judge(place: Place, history: KeyHistory): void {
    const sure = history.writesSoFar.filter((write) => this.#isSure(write));
    const values = Map.groupBy(history.finals, ([, { value }]) => value === undefined ? "" : keyOf(value));
    for (const [first] of values.values()) {
      if (first === undefined) continue;
      const [node, { value, "at-ms": at }] = first;
      const said = { ...place, node, value: value ?? null, "at-ms": at };
      if (value === undefined) {
        if (!mayBeNone(history.writesSoFar, sure)) this.#found.vanished.push(said);
        continue;
      }
      const newer = newest(history.put(value), sure);
      if (newer !== undefined) this.#found.superseded.push({ ...said, "superseded-by": newer.value ?? null });
    }
  }

  #isSure({ acked }: Write): boolean {
    return acked !== undefined && !this.#options.mayHaveLost(acked.node, acked.time);
  }
}

/** What an operation asks; a script may have any JSON. */
export function askedBy(value: Json): Place & { readonly message: Json; readonly id?: string } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ...DEFAULT_PLACE, message: value };
  }
  const { topic, key, message = null, id } = value;
  if (typeof topic !== "string" || typeof key !== "string") return { ...DEFAULT_PLACE, message: value };
  return { topic, key, message, ...typeof id === "string" && { id } };
}

function readingOf(value: Json): Reading {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { value: undefined, stamp: undefined };
  }
  const { stamp } = value;
  return { value: value["value"], stamp: typeof stamp === "number" ? stamp : undefined };
}

function sighting({ node, time }: Op): Pick<KeySighting, "node" | "at-ms"> {
  return { node, "at-ms": Math.round(time) };
}

/** Whether a deletion may be the latest, or nothing was surely put. */
function mayBeNone(writes: readonly Write[], sure: readonly Write[]): boolean {
  const puts = sure.filter(({ value }) => value !== undefined);
  const isLast = (deletion: Write) => puts.every((put) => !overwrites(put, deletion));
  return puts.length === 0 ||
    writes.some((write) => write.value === undefined && write.attempts > 0 && isLast(write));
}

/** Of the acknowledged writes that surely overwrite this one, the last that was told. */
function newest(write: Write | undefined, sure: readonly Write[]): Write | undefined {
  if (write === undefined) return undefined;
  const newer = newerThan(write);
  const { stamp = Infinity } = write;
  return sure.findLast((other) => newer.has(other) || (!write.isRepeated && (other.stamp ?? 0) > stamp));
}

function disagreement(place: Place, { finals }: KeyHistory): KeyReadings[] {
  const reads = [...finals].map(([node, { value }]) => [node, value ?? null] as const);
  const different = new Set(reads.map(([, value]) => keyOf(value)));
  return different.size < 2 ? [] : [{ ...place, values: Object.fromEntries(reads) }];
}
