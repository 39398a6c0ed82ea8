/** Whether a rest may end early: all nodes read the same, again and again, and all that is promised; or no rest can help any more. */
import { digestOf } from "./digest_of.ts";
import type { Json } from "../../core/message.ts";
import type { SetFull } from "../verdict/set_full.ts";
import { keyOf } from "../verdict/values.ts";
import type { Violations } from "../verdict/violations.ts";
import type { Scheduler } from "../world/world.ts";

/** Each node must have read the same so often in a row: what is on its way meanwhile has arrived. */
const READS_MIN = 3;

/** How often a rest is looked at, ms. */
const LOOK_EVERY_MS = 20;

/** What is known so far. */
export interface KnownSoFar {
  readonly setFull: Pick<SetFull, "knows">;
  readonly violations: Pick<Violations, "count">;
  /** Values that every node has to have in the end. */
  readonly promised: readonly Json[];
}

export class Agreement {
  readonly #nodes: readonly string[];
  readonly #known: KnownSoFar;
  /** What all have read since it was last read otherwise, and how often each has. */
  #digest: string | undefined;
  #values: readonly Json[] = [];
  readonly #reads = new Map<string, number>();
  #isHopeless = false;

  constructor(nodes: readonly string[], known: KnownSoFar) {
    this.#nodes = nodes;
    this.#known = known;
  }

  /** A node was read, with this result. */
  saw(node: string, values: readonly Json[]): void {
    const digest = digestOf(values);
    if (digest !== this.#digest) {
      this.#reads.clear();
      this.#isHopeless ||= values.some((value) => !this.#known.setFull.knows(value));
    }
    this.#digest = digest;
    this.#values = values;
    this.#reads.set(node, (this.#reads.get(node) ?? 0) + 1);
  }

  get isOver(): boolean {
    if (this.#isHopeless || this.#known.violations.count > 0) return true;
    if (!this.#nodes.every((node) => (this.#reads.get(node) ?? 0) >= READS_MIN)) return false;
    const read = new Set(this.#values.map(keyOf));
    return this.#known.promised.every((value) => read.has(keyOf(value)));
  }
}

/** Calls `done` after that time, or as soon as the agreement, if there is one, is over. */
export function rest(
  scheduler: Scheduler,
  ms: number,
  agreement: Agreement | undefined,
  done: () => void,
): void {
  const next = agreement === undefined ? ms : Math.min(ms, LOOK_EVERY_MS);
  scheduler.at(scheduler.now() + next, () => {
    if (ms === next || agreement?.isOver) done();
    else rest(scheduler, ms - next, agreement, done);
  });
}
