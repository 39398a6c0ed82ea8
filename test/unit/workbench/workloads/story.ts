/** A history in the making, by hand: what clients ask at which node, and what they are answered. */
import { ok } from "node:assert/strict";
import type { Json } from "../../../../lib/core/message.ts";
import { type F, History, type Op, type OpType } from "../../../../lib/workbench/verdict/history.ts";
import type {
  CheckerOptions,
  Findings,
  WorkloadDefinition,
} from "../../../../lib/workbench/workloads/workload.ts";

export const undisturbed: CheckerOptions = {
  mayHaveLost: () => false,
  cameBack: () => false,
  limitsOf: () => undefined,
};

/** Each node has one process, and each operation takes 1 ms. */
export class Story {
  readonly #checker;
  readonly #history;

  constructor(workload: WorkloadDefinition, options: Partial<CheckerOptions> = {}) {
    this.#checker = workload.checker?.({ ...undisturbed, ...options });
    this.#history = new History([(op, invocation) => this.#checker?.see(op, invocation)]);
  }

  invoke(f: F, node: number, time: number, value: Json, final = false): Op {
    return this.#history.invoke({ f, node: `n${node}`, process: node, thread: node, time, value, final });
  }

  complete(op: Op, time: number, value: Json = op.value, type: Exclude<OpType, "invoke"> = "ok"): this {
    this.#history.complete(op, type, time, value);
    return this;
  }

  /** Of what is answered with what was asked. */
  tell(f: F, node: number, time: number, value: Json, type: Exclude<OpType, "invoke"> = "ok"): this {
    return this.complete(this.invoke(f, node, time, value), time + 1, value, type);
  }

  ask(f: F, node: number, time: number, asked: Json, answered: Json, final = false): this {
    return this.complete(this.invoke(f, node, time, asked, final), time + 1, answered);
  }

  check(): Findings {
    const found = this.#checker?.check();
    ok(found !== undefined, "only workloads that have a checker are judged here");
    return found;
  }

  get failures(): readonly string[] {
    return this.check().failures;
  }
}
