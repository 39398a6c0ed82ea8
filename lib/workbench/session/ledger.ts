/** Counts of a session: messages, operations, which nodes hold which values, and how late values were everywhere. */
import type { Json } from "../../core/message.ts";
import type { Op } from "../verdict/history.ts";
import { type Key, keyOf } from "../verdict/values.ts";

/** A value that a client told a node; times in ms since the load began, nodes by their index. */
export interface ToldValue {
  readonly key: Key;
  readonly value: Json;
  readonly node: number;
  readonly at: number;
  /** By node, 1 for each that holds it. */
  readonly holds: Uint8Array;
  holders: number;
  /** When all nodes held it for the first time. */
  everywhereAt: number | undefined;
}

export class Ledger {
  /** Between nodes; a copy that the network made is none. */
  messages = 0;
  /** Messages that did not arrive. */
  lost = 0;
  operations = 0;
  /** How many values are not at every node now. */
  missing = 0;
  /** In the order in which they were told, but for those that were refused. */
  values: ToldValue[] = [];
  readonly #nodeCount: number;
  readonly #byKey = new Map<Key, ToldValue>();
  /** Ascending, ms. */
  readonly #lateMs: number[] = [];
  #lastLateMs: number | undefined;

  constructor(nodeCount: number) {
    this.#nodeCount = nodeCount;
  }

  operation(op: Op, node: number): void {
    if (op.type === "invoke") this.operations++;
    if (op.f !== "broadcast") return;
    if (op.type === "invoke") this.#tell(op.value, node, op.time);
    else if (op.type === "fail") this.#refuse(op.value);
  }

  holds(node: number, values: readonly Json[], at: number): void {
    for (const value of values) {
      const told = this.#byKey.get(keyOf(value));
      if (told === undefined || told.holds[node] === 1) continue;
      told.holds[node] = 1;
      if (++told.holders < this.#nodeCount) continue;
      this.missing--;
      if (told.everywhereAt === undefined) this.#everywhere(told, at);
    }
  }

  loses(node: number, values: readonly Json[] | "all"): void {
    const lost = values === "all" ? this.values : values.map((value) => this.#byKey.get(keyOf(value)));
    for (const told of lost) {
      if (told?.holds[node] !== 1) continue;
      told.holds[node] = 0;
      if (told.holders-- === this.#nodeCount) this.missing++;
    }
  }

  /** Of the values that were everywhere so far, from the broadcast to the last node, ms; undefined where there is none. */
  get lateness(): { readonly last: number; readonly median: number; readonly max: number } | undefined {
    const { length } = this.#lateMs;
    if (this.#lastLateMs === undefined) return undefined;
    const at = (index: number) => tenths(this.#lateMs[index] ?? 0);
    return { last: tenths(this.#lastLateMs), median: at(Math.floor(length / 2)), max: at(length - 1) };
  }

  #tell(value: Json, node: number, at: number): void {
    const key = keyOf(value);
    if (this.#byKey.has(key)) return;
    const told = {
      key,
      value,
      node,
      at,
      holds: new Uint8Array(this.#nodeCount),
      holders: 0,
      everywhereAt: undefined,
    };
    this.#byKey.set(key, told);
    this.values.push(told);
    this.missing++;
  }

  /** Where no node has it, it was not told. */
  #refuse(value: Json): void {
    const told = this.#byKey.get(keyOf(value));
    if (told === undefined || told.holders > 0) return;
    this.#byKey.delete(told.key);
    this.missing--;
    this.values = this.values.filter((each) => each !== told);
  }

  #everywhere(told: ToldValue, at: number): void {
    told.everywhereAt = at;
    const lateMs = at - told.at;
    this.#lastLateMs = lateMs;
    this.#lateMs.splice(placeOf(lateMs, this.#lateMs), 0, lateMs);
  }
}

/** Where it goes into an ascending list. */
function placeOf(number: number, list: readonly number[]): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
