/** What may be gone where nodes keep values for a while only, on small histories made by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Limits } from "../../../../lib/core/retention/rules.ts";
import type { Json } from "../../../../lib/core/message.ts";
import { check, type Verdict } from "../../../../lib/workbench/verdict/checker.ts";
import { FinalReads } from "../../../../lib/workbench/load/final_reads.ts";
import { History } from "../../../../lib/workbench/verdict/history.ts";
import { Retention } from "../../../../lib/workbench/verdict/retention.ts";
import { SetFull } from "../../../../lib/workbench/verdict/set_full.ts";

/** Of nodes n0 and n1, which keep at least what the limits say. */
class Story {
  readonly #retention: Retention;
  readonly #setFull = new SetFull();
  readonly #finalReads = new FinalReads(["n0", "n1"]);
  readonly #history = new History([
    (op, invocation) => this.#setFull.see(op, invocation),
    (op) => this.#finalReads.see(op),
    (op, invocation) => this.#retention.see(op, invocation),
  ]);

  constructor(limits: Limits, cameBack: (node: string, since: number) => boolean = () => false) {
    this.#retention = new Retention({ limits, cameBack, mayHaveIt: cameBack });
  }

  /** Acknowledged 1 ms later. */
  tell(value: Json, time: number): this {
    return this.#ask("broadcast", "n0", time, value, value, false);
  }

  /** Answered 1 ms later. */
  read(node: string, time: number, values: Json[], final = false): this {
    return this.#ask("read", node, time, null, values, final);
  }

  judge(n0: Json[], n1: Json[], time = 10_000): Verdict {
    this.read("n0", time, n0, true).read("n1", time, n1, true);
    return check({
      ...{ nodes: ["n0", "n1"], unanswered: [], violations: [], violationCount: 0 },
      ...{ memoryLostSince: () => false, rolledBack: () => false, digests: new Map() },
      ...{ setFull: this.#setFull, finalReads: this.#finalReads, retention: this.#retention },
    });
  }

  #ask(
    f: "broadcast" | "read",
    node: string,
    time: number,
    asked: Json,
    answered: Json,
    final: boolean,
  ): this {
    const op = this.#history.invoke({ f, node, time, value: asked, final, process: 0, thread: 0 });
    this.#history.complete(op, "ok", time + 1, answered);
    return this;
  }
}

const kinds = ({ failures }: Verdict): readonly string[] => failures.map((each) => each.split(":")[0] ?? "");

test("retention: what is older than its age may be gone, from some nodes or from all, and nothing younger", () => {
  const story = () => new Story({ ageMs: 5_000 }).tell(1, 0).tell(2, 8_000).read("n0", 8_500, [1, 2]);
  for (const [n0, n1] of [[[1, 2], [2]], [[2], [2]], [[1, 2], [1, 2]]]) {
    const verdict = story().judge(n0 ?? [], n1 ?? []);
    assert.deepEqual(verdict.failures, []);
    assert.deepEqual(verdict.workload.retention?.expired, (n1 ?? []).includes(1) ? [] : [1]);
  }
  assert.deepEqual(kinds(story().judge([1], [1])), ["Lost", "Dropped early", "Missing"]);
  assert.deepEqual(kinds(story().judge([1, 2], [1])), ["Lost", "Missing", "Partial"]);
  // To the millisecond: it is dropped no earlier than it was told and so long.
  assert.deepEqual(new Story({ ageMs: 10_001 }).tell(1, 0).tell(2, 9_000).judge([2], [2]).failures, []);
  assert.deepEqual(kinds(new Story({ ageMs: 10_002 }).tell(1, 0).tell(2, 9_000).judge([2], [2])), [
    "Lost",
    "Missing",
  ]);
});

test("retention: so many entries are kept, or so many bytes, and the rest may be gone", () => {
  const three = (limits: Limits) => new Story(limits).tell(1, 0).tell(2, 10).tell(333, 20);
  assert.deepEqual(three({ count: 2 }).judge([2, 333], [1, 2, 333]).failures, []);
  assert.deepEqual(kinds(three({ count: 3 }).judge([2, 333], [1, 2, 333])), ["Missing", "Partial"]);
  assert.deepEqual(three({ bytes: 6 }).judge([2, 333], [2, 333]).failures, []);
  assert.deepEqual(kinds(three({ bytes: 7 }).judge([2, 333], [2, 333])), ["Lost", "Missing"]);
  // Any of several limits lets it go.
  assert.deepEqual(three({ count: 3, ageMs: 5_000 }).judge([333], []).failures, []);
  assert.deepEqual(kinds(three({ count: 3, ageMs: 20_000 }).judge([333], [333])), ["Lost", "Missing"]);
});

test("retention: a node that had a value keeps it for its time, even if it has it again in the end", () => {
  const story = new Story({ ageMs: 5_000 }).tell(1, 9_000).read("n0", 9_010, [1]).read("n0", 9_020, []);
  assert.deepEqual(kinds(story.judge([1], [1])), ["Dropped early", "Resurrected"]);
});

test("retention: what is gone from a node does not come back, unless the node itself was away", () => {
  const story = (cameBack?: (node: string, since: number) => boolean) =>
    new Story({ ageMs: 5_000 }, cameBack).tell(1, 0).tell(2, 8_000).read("n0", 10, [1]).read("n1", 20, [1])
      .read("n0", 6_000, []);
  assert.deepEqual(story().judge([2], [1, 2]).failures, []);
  const { failures, workload } = story().judge([1, 2], [1, 2]);
  assert.deepEqual(failures, ["Resurrected: 1 value read again at a node from which it was gone: 1."]);
  assert.deepEqual([workload.valid, workload.retention?.resurrected], [false, [1]]);
  const away = story((node, since) => node === "n0" && since < 7_000);
  assert.deepEqual(away.judge([1, 2], [1, 2]).failures, []);
  // One that was lost with a kill has not been dropped.
  const killed = new Story({ ageMs: 5_000 }, (_, since) => since < 20).tell(1, 0).read("n0", 10, [1]);
  assert.deepEqual(killed.read("n0", 30, []).judge([1], [1]).failures, []);
});
