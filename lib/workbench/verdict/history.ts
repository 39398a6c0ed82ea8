/** The history of an examination: each request of a client and its outcome, in order. */
import type { Json } from "../../core/message.ts";

export type OpType = "invoke" | "ok" | "fail" | "info";

/** An invocation or its completion. "fail" surely did not happen; "info" may or may not have. */
export interface Op {
  readonly index: number;
  /** ms since the main phase began. */
  readonly time: number;
  readonly process: number;
  readonly thread: number;
  readonly node: string;
  readonly f: "broadcast" | "read";
  readonly type: OpType;
  /** The value of a broadcast; all values of a read that is ok; null otherwise. */
  readonly value: Json;
  /** One of the last reads, after everything is healed and rested. */
  readonly final: boolean;
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
  readonly #tallies = { broadcast: tally(), read: tally() };
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

  complete(invocation: Op, type: Exclude<OpType, "invoke">, time: number, value: Json): void {
    const op: Op = { ...invocation, index: this.#index++, type, time, value };
    this.#tallies[op.f][type]++;
    for (const witness of this.#witnesses) witness(op, invocation);
  }

  get invocations(): number {
    return this.#tallies.broadcast.invoke + this.#tallies.read.invoke;
  }

  counts(f: "broadcast" | "read"): Counts {
    const { ok, fail, info } = this.#tallies[f];
    return { count: ok + fail + info, "ok-count": ok, "fail-count": fail, "info-count": info };
  }
}

function tally(): Record<OpType, number> {
  return { invoke: 0, ok: 0, fail: 0, info: 0 };
}
