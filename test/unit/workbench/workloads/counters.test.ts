/** The checker of counters on small histories made by hand: what is acceptable, and what is forgiven. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { History, type Op, type OpType } from "../../../../lib/workbench/verdict/history.ts";
import { gCounter, pnCounter } from "../../../../lib/workbench/workloads/counters.ts";
import type {
  CheckerOptions,
  Findings,
  WorkloadDefinition,
} from "../../../../lib/workbench/workloads/workload.ts";

const undisturbed: CheckerOptions = {
  mayHaveLost: () => false,
  cameBack: () => false,
  limitsOf: () => undefined,
};

/** A history in the making; each node has one process. */
class Story {
  readonly #checker;
  readonly #history;

  constructor(workload: WorkloadDefinition, options: Partial<CheckerOptions> = {}) {
    this.#checker = workload.checker?.({ ...undisturbed, ...options });
    this.#history = new History([(op, invocation) => this.#checker?.see(op, invocation)]);
  }

  invoke(
    f: "add" | "read",
    node: number,
    time: number,
    value: number | null = null,
    final = false,
    process = node,
  ): Op {
    return this.#history.invoke({ f, node: `n${node}`, process, thread: process, time, value, final });
  }

  add(delta: number, node: number, time: number, type: Exclude<OpType, "invoke"> = "ok"): this {
    this.#history.complete(this.invoke("add", node, time, delta), type, time + 1, delta);
    return this;
  }

  read(value: number, node: number, time: number, final = false): this {
    this.#history.complete(this.invoke("read", node, time, null, final), "ok", time + 1, value);
    return this;
  }

  complete(op: Op, time: number, value: number): this {
    this.#history.complete(op, "ok", time, value);
    return this;
  }

  check(): Findings | undefined {
    return this.#checker?.check();
  }

  get failures(): readonly string[] | undefined {
    return this.check()?.failures;
  }
}

const final = (story: Story, ...sums: readonly number[]): readonly string[] | undefined => {
  sums.forEach((sum, node) => story.read(sum, node, 10_000, true));
  return story.failures;
};

test("counters: a final read is the sum of what was acknowledged, with or without what nobody knows of", () => {
  const story = () =>
    new Story(pnCounter).add(2, 0, 0).add(3, 1, 10).add(4, 0, 20, "info").add(9, 0, 30, "fail");
  deepEqual(final(story(), 5, 5), []);
  deepEqual(final(story(), 9, 9), []);
  deepEqual(final(story(), 6, 6), [
    "Wrong sum: the additions make 5 or 9, and the final reads are 6 at n0; 6 at n1.",
  ]);
  deepEqual(final(story(), 14), [
    "Wrong sum: the additions make 5 or 9, and the final reads are 14 at n0.",
    "Impossible: n0 read 14 at 10.0 s, where 0 to 9 is possible.",
  ]);
  deepEqual(final(new Story(pnCounter)), []);
});

test("counters: sums that are acceptable each must be the same", () => {
  const story = new Story(gCounter).add(2, 0, 0).add(1, 0, 20, "info");
  deepEqual(final(story, 2, 3, 2), [
    "Disagree: the nodes do not read the same sum in the end: 2 at n0, n2; 3 at n1.",
  ]);
});

test("counters: what a node may have lost need not be in the sum", () => {
  const lost = { mayHaveLost: (node: string, since: number) => node === "n1" && since <= 50 };
  const story = () => new Story(gCounter, lost).add(2, 0, 0).add(3, 1, 10).add(10, 1, 60);
  deepEqual(final(story(), 12, 12), []);
  deepEqual(final(story(), 15, 15), []);
  deepEqual(final(story(), 5, 5), [
    "Wrong sum: the additions make 12 or 15, and the final reads are 5 at n0; 5 at n1.",
  ]);
  const { results } = story().check() ?? {};
  deepEqual(results?.kind === "counter" && results["at-risk-count"], 1);
});

test("counters: no read shows more than was added by then, or less than was taken away", () => {
  deepEqual(new Story(pnCounter).add(-2, 0, 0).add(5, 0, 10).read(5, 0, 20).read(-2, 0, 30).failures, []);
  deepEqual(new Story(pnCounter).add(-2, 0, 0).read(1, 1, 20).add(5, 0, 30).read(-3, 1, 1500).failures, [
    "Impossible: n1 read 1 at 0.0 s, where -2 to 0 is possible; n1 read -3 at 1.5 s, where -2 to 5 is possible.",
  ]);
  // What is under way while it is read may show.
  const story = new Story(gCounter);
  const reading = story.invoke("read", 1, 0);
  story.add(5, 0, 10);
  deepEqual(story.complete(reading, 20, 5).failures, []);
});

test("counters: a grow-only one does not shrink at a node that was not started again, and others may", () => {
  const shrinking = (workload: WorkloadDefinition, options: Partial<CheckerOptions> = {}) =>
    new Story(workload, options).add(5, 0, 0).read(5, 1, 1000).read(0, 2, 1500).read(4, 1, 2000).failures;
  deepEqual(shrinking(gCounter), ["Decreased: n1 read 4 at 2.0 s, after it had read 5."]);
  deepEqual(shrinking(pnCounter), []);
  deepEqual(shrinking(gCounter, { cameBack: (_, since) => since <= 1500 }), []);
  // Two reads at once may be answered in any order.
  const story = new Story(gCounter).add(5, 0, 0);
  const slow = story.invoke("read", 1, 10, null, false, 7);
  deepEqual(story.read(5, 1, 20).complete(slow, 30, 3).failures, []);
  // And the greater one is remembered.
  deepEqual(story.read(4, 1, 40).failures, ["Decreased: n1 read 4 at 0.0 s, after it had read 5."]);
});
