/** The history of an examination: each request of a client and its outcome, in order. */
import type { Json } from "../../core/message.ts";

/** What an operation asks, by the type of its request. */
export const fs = ["broadcast", "add", "delete", "read", "get", "echo", "generate"] as const;
export type F = typeof fs[number];

export type OpType = "invoke" | "ok" | "fail" | "info";

/** An invocation or its completion. "fail" surely did not happen; "info" may or may not have. */
export interface Op {
  readonly index: number;
  /** ms since the main phase began. */
  readonly time: number;
  readonly process: number;
  readonly thread: number;
  readonly node: string;
  readonly f: F;
  readonly type: OpType;
  /** What is asked: a value to broadcast, a topic to read, a key; null where there is nothing to say. Where it is ok, what was answered, if that says something. */
  readonly value: Json;
  /** One of the last reads, after everything is healed and rested. */
  readonly final: boolean;
  /** Of a completion: its node was down, killed, paused or out of reach meanwhile. */
  readonly disturbed?: true;
}

export type Invocation = Omit<Op, "index" | "type">;

/** Hears of each operation as it happens, so that no read needs to be kept whole. */
export type Witness = (op: Op, invocation: Op) => void;

export interface Counts {
  readonly count: number;
  readonly "ok-count": number;
  readonly "fail-count": number;
  readonly "info-count": number;
}

export class History {
  readonly #witnesses: readonly Witness[];
  readonly #tallies: Readonly<Record<F, Record<OpType, number>>> = {
    ...{ broadcast: tally(), add: tally(), delete: tally(), read: tally(), get: tally() },
    ...{ echo: tally(), generate: tally() },
  };
  #index = 0;

  constructor(witnesses: readonly Witness[]) {
    this.#witnesses = witnesses;
  }

  invoke(invocation: Invocation): Op {
    const op: Op = { ...invocation, index: this.#index++, type: "invoke" };
    this.#tallies[op.f].invoke++;
    for (const witness of this.#witnesses) witness(op, op);
    return op;
  }

  complete(
    invocation: Op,
    type: Exclude<OpType, "invoke">,
    time: number,
    value: Json,
    disturbed = false,
  ): void {
    const op: Op = { ...invocation, index: this.#index++, type, time, value, ...disturbed && { disturbed } };
    this.#tallies[op.f][type]++;
    for (const witness of this.#witnesses) witness(op, invocation);
  }

  get invocations(): number {
    return fs.reduce((sum, f) => sum + this.#tallies[f].invoke, 0);
  }

  counts(f: F): Counts {
    const { ok, fail, info } = this.#tallies[f];
    return { count: ok + fail + info, "ok-count": ok, "fail-count": fail, "info-count": info };
  }
}

function tally(): Record<OpType, number> {
  return { invoke: 0, ok: 0, fail: 0, info: 0 };
}
