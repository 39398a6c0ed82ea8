/** Values that nodes keep for a while only: which may be gone where, which went too early, and which came back once they were gone. */
import type { Json } from "../../core/message.ts";
import type { Limits } from "../../core/retention/rules.ts";
import { byteLength } from "../../core/size.ts";
import type { Op } from "./history.ts";
import { compareValues, type Key, keyOf } from "./values.ts";

export interface RetentionOptions {
  /** What each node keeps at least. */
  readonly limits: Limits;
  /** Whether a node has come back since a moment (ms since the main phase began), so that it may have less for a while. */
  readonly cameBack: (node: string, since: number) => boolean;
  /** Whether it has come back since without knowing what it had dropped by then, so that it may have that again. */
  readonly mayHaveIt: (node: string, since: number) => boolean;
}

export interface ToldValue {
  readonly value: Json;
  /** When it was told first: no node had it before. */
  readonly at: number;
}

/** What the last read of a node that says something of a value said, and when it was answered. */
interface Shown {
  readonly isThere: boolean;
  readonly at: number;
}

/** What a read says of how much its node keeps, or has kept beside what it dropped. */
export interface Kept {
  readonly at: number;
  readonly count: number;
  readonly bytes: number;
}

/**
 * Of a read that was answered at that moment (ms since the main phase began) with these values. What is too old by now may
 * have been there when something else was dropped because there was enough.
 */
export function keptBy(
  at: number,
  values: readonly Json[],
  told: Iterable<ToldValue>,
  limits?: Limits,
): Kept {
  const { ageMs } = limits ?? {};
  const kept = [...values];
  if (ageMs !== undefined) { for (const each of told) if (at - each.at >= ageMs) kept.push(each.value); }
  return { at, count: kept.length, bytes: kept.reduce(bytesWith, 0) };
}

/** Whether a node need not keep any more what was first told at that moment: it is too old, or the node keeps enough. */
export function mayBeGone(limits: Limits | undefined, toldAt: number, { at, count, bytes }: Kept): boolean {
  const { ageMs = Infinity, count: leastCount = Infinity, bytes: leastBytes = Infinity } = limits ?? {};
  return at - toldAt >= ageMs || count >= leastCount || bytes >= leastBytes;
}

export class Retention {
  readonly #options: RetentionOptions;
  readonly #told = new Map<Key, ToldValue>();
  /** By node. */
  readonly #shown = new Map<string, Map<Key, Shown>>();
  readonly #finals = new Map<string, Kept>();
  readonly #early = new Map<Key, Json>();
  readonly #resurrected = new Map<Key, Json>();

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  see(op: Op, invocation: Op): void {
    if (op.f === "read") {
      if (op.type === "ok" && Array.isArray(op.value)) this.#onRead(op, invocation, op.value);
    } else if (op.type === "invoke" && !this.#told.has(keyOf(op.value))) {
      this.#told.set(keyOf(op.value), { value: op.value, at: op.time });
    }
  }

  /** Whether the final read of a node need not have this value any more. */
  mayBeGone(value: Json, node: string): boolean {
    const [told, kept] = [this.#told.get(keyOf(value)), this.#finals.get(node)];
    return told !== undefined && kept !== undefined && mayBeGone(this.#options.limits, told.at, kept);
  }

  /** Values that a node had and then had no more, though it had to keep them. */
  get early(): readonly Json[] {
    return [...this.#early.values()].sort(compareValues);
  }

  /** Values that a node had, then had no more, and then had again. */
  get resurrected(): readonly Json[] {
    return [...this.#resurrected.values()].sort(compareValues);
  }

  #onRead({ node, time, final }: Op, { time: begun }: Op, values: readonly Json[]): void {
    const kept = keptBy(time, values, this.#told.values(), this.#options.limits);
    if (final) this.#finals.set(node, kept);
    const shown = this.#shown.get(node) ?? new Map<Key, Shown>();
    this.#shown.set(node, shown);
    const { cameBack, mayHaveIt } = this.#options;
    const here = new Set<Key>();
    for (const value of values) {
      const key = keyOf(value);
      const last = shown.get(key);
      here.add(key);
      const wasGone = last?.isThere === false && begun > last.at;
      if (wasGone && !mayHaveIt(node, last.at)) this.#resurrected.set(key, value);
      shown.set(key, { isThere: true, at: time });
    }
    for (const [key, last] of shown) {
      if (!last.isThere || here.has(key) || begun <= last.at || cameBack(node, last.at)) continue;
      shown.set(key, { isThere: false, at: time });
      const told = this.#told.get(key);
      if (told !== undefined && !mayBeGone(this.#options.limits, told.at, kept)) {
        this.#early.set(key, told.value);
      }
    }
  }
}

/** With what stands between two values, which nodes may count or not. */
function bytesWith(sum: number, value: Json): number {
  return sum + 1 + (typeof value === "number" ? String(value).length : byteLength(value));
}
