/** Jepsen's set-full rules and the checker beyond them, on small histories made by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../../lib/core/message.ts";
import { digestOf } from "../../../../lib/workbench/load/digest_of.ts";
import { check, type Evidence, type Verdict } from "../../../../lib/workbench/verdict/checker.ts";
import { FinalReads } from "../../../../lib/workbench/load/final_reads.ts";
import { History, type Op, type OpType } from "../../../../lib/workbench/verdict/history.ts";
import { quantiles } from "../../../../lib/workbench/verdict/quantiles.ts";
import { QUOTE_CHARS_MAX } from "../../../../lib/workbench/verdict/quote.ts";
import { outcome, SetFull } from "../../../../lib/workbench/verdict/set_full.ts";
import { Violations, VIOLATIONS_MAX } from "../../../../lib/workbench/verdict/violations.ts";

/** A history in the making, of nodes n0 and n1. */
class Story {
  readonly setFull = new SetFull();
  readonly finalReads = new FinalReads(["n0", "n1"]);
  readonly #history = new History([
    (op, invocation) => this.setFull.see(op, invocation),
    (op) => this.finalReads.see(op),
  ]);

  invoke(f: "broadcast" | "read", node: string, time: number, value: Json = null, final = false): Op {
    return this.#history.invoke({ f, node, time, value, final, process: 0, thread: 0 });
  }

  complete(
    invocation: Op,
    time: number,
    value: Json = invocation.value,
    type: Exclude<OpType, "invoke"> = "ok",
  ): void {
    this.#history.complete(invocation, type, time, value);
  }

  /** A broadcast that is acknowledged, or comes to something else, 1 ms later. */
  add(value: Json, node: string, time: number, type: Exclude<OpType, "invoke"> = "ok"): void {
    this.complete(this.invoke("broadcast", node, time, value), time + 1, value, type);
  }

  /** A read that is answered 1 ms later. */
  read(node: string, time: number, values: Json[], final = false): void {
    this.complete(this.invoke("read", node, time, null, final), time + 1, values);
  }

  outcomes(): string[] {
    return this.setFull.elements.map((element) => {
      const found = outcome(element);
      return found.kind === "never-read" ? found.kind : `${found.kind} ${found.latencyMs}`;
    });
  }

  judge(more: Partial<Evidence> = {}): Verdict {
    const { setFull, finalReads } = this;
    const none = { nodes: ["n0", "n1"], unanswered: [], violations: [], violationCount: 0 };
    const sound = { memoryLostSince: () => false, rolledBack: () => false, digests: new Map() };
    return check({ ...none, setFull, finalReads, ...sound, ...more });
  }
}

/** Value 1 is added and both final reads come out as given. */
function ending(atN0: Json[], atN1: Json[]): Story {
  const story = new Story();
  story.add(1, "n0", 0);
  story.read("n0", 1000, atN0, true);
  story.read("n1", 1000, atN1, true);
  return story;
}

test("SetFull: a value that every later read has is stable at once", () => {
  const story = new Story();
  story.add(1, "n0", 0);
  story.read("n1", 10, [1]);
  assert.deepEqual(story.outcomes(), ["stable 0"]);
});

test("SetFull: stable latency runs from the acknowledgement to the last invocation of a read without, in whole ms", () => {
  const story = new Story();
  story.add(1, "n0", 0);
  story.read("n1", 10, []);
  story.read("n1", 251.9, []);
  story.read("n1", 400, [1]);
  assert.deepEqual(story.outcomes(), ["stable 250"]);
  // 8.2 - 1.2 falls short of 7 by the last bit of a double; the nanosecond that Jepsen adds makes up for it.
  const exact = new Story();
  exact.add(1, "n0", 0.2);
  exact.read("n1", 8.2, []);
  exact.read("n1", 9, [1]);
  assert.deepEqual(exact.outcomes(), ["stable 7"]);
});

test("SetFull: a value is known from the first read that saw it, if that completed before its acknowledgement", () => {
  const story = new Story();
  const add = story.invoke("broadcast", "n0", 0, 1);
  story.read("n1", 20, [1]);
  story.read("n0", 121, []);
  story.complete(add, 200);
  story.read("n1", 300, [1]);
  assert.deepEqual(story.outcomes(), ["stable 100"]);
});

test("SetFull: reads count by their invocation, however late they complete", () => {
  const story = new Story();
  story.add(1, "n0", 0);
  const early = story.invoke("read", "n1", 10);
  const late = story.invoke("read", "n1", 20);
  story.complete(late, 30, [1]);
  story.complete(early, 500, []);
  assert.deepEqual(story.outcomes(), ["stable 9"]);
});

test("SetFull: a known value is lost if the last read lacked it, and its lost latency runs to the last that had it", () => {
  const story = new Story();
  story.add(1, "n0", 0);
  story.add(2, "n0", 0);
  story.read("n1", 101, [1]);
  story.read("n1", 200, []);
  assert.deepEqual(story.outcomes(), ["lost 100", "lost 0"]);
});

test("SetFull: what is absent from a read that began before it was known is never-read, and so is what nobody confirmed", () => {
  const story = new Story();
  const concurrent = story.invoke("read", "n1", 0);
  story.add(1, "n0", 5);
  story.complete(concurrent, 20, []);
  story.add(2, "n0", 30, "info");
  assert.deepEqual(story.outcomes(), ["never-read", "never-read"]);
  story.read("n1", 40, [1]);
  story.add(3, "n0", 50);
  assert.deepEqual(story.outcomes(), ["stable 0", "never-read", "never-read"]);
});

test("SetFull: a read that failed says nothing", () => {
  const story = new Story();
  story.add(1, "n0", 0);
  story.read("n1", 10, [1]);
  story.complete(story.invoke("read", "n1", 20), 21, null, "info");
  assert.deepEqual(story.outcomes(), ["stable 0"]);
});

test("SetFull: equal JSON is one value, whatever the order of its keys", () => {
  const story = new Story();
  story.add({ a: 1, b: ["1", 1] }, "n0", 0);
  story.read("n1", 10, [{ b: ["1", 1], a: 1 }]);
  assert.deepEqual(story.outcomes(), ["stable 0"]);
  assert.deepEqual(story.setFull.phantoms, []);
  story.read("n1", 20, [{ a: 1, b: ["1", 1] }, { b: ["1", 1], a: 1 }]);
  assert.deepEqual(story.setFull.duplicated.length, 1);
});

test("quantiles(): the element at floor(n * p), the last at most, as Jepsen's", () => {
  assert.equal(quantiles([]), undefined);
  assert.deepEqual(quantiles([3, 1, 2]), { "0": 1, "0.5": 2, "0.95": 3, "0.99": 3, "1": 3 });
  assert.deepEqual(quantiles([4, 3, 2, 1]), { "0": 1, "0.5": 3, "0.95": 4, "0.99": 4, "1": 4 });
});

test("check(): a value that is everywhere is valid", () => {
  const { workload, failures } = ending([1], [1]).judge();
  assert.deepEqual([workload.valid, failures, workload["stable-count"]], [true, [], 1]);
});

test("check(): nothing stable is unknown", () => {
  const story = new Story();
  story.add(1, "n0", 0, "info");
  story.read("n0", 1000, [], true);
  story.read("n1", 1000, [], true);
  assert.equal(story.judge().workload.valid, "unknown");
});

test("check(): duplicated, phantom and partial values are invalid, though set-full passes them", () => {
  const story = ending([1, 1, 77], [1]);
  const { workload } = story.judge();
  assert.deepEqual([workload.duplicated, workload.phantom, workload.valid], [[1], [77], false]);
  const partial = ending([], [1]);
  assert.deepEqual(partial.outcomes(), ["stable 999"]);
  const found = partial.judge().workload;
  assert.deepEqual(found.partial, [{ element: 1, nodes: ["n0"] }]);
  assert.deepEqual([found["not-in-final-read"], found.valid], [[1], false]);
});

test("check(): values are quoted at a bearable length, and none reaches the terminal with its control characters", () => {
  const { failures } = ending([1, "\x1b[2J\u202e", "x".repeat(200_000)], [1]).judge();
  const phantom = failures.find((failure) => failure.startsWith("Phantom")) ?? "";
  assert.ok(phantom.includes("\\u001b[2J\\u202e"), phantom);
  assert.ok(failures.join("").length < 4 * QUOTE_CHARS_MAX);
});

test("check(): an unacknowledged value may be nowhere or everywhere, but not in some places", () => {
  const story = (atN0: Json[], atN1: Json[]): Verdict => {
    const story = new Story();
    story.add(1, "n0", 0, "info");
    story.add(2, "n0", 0);
    story.read("n0", 1000, [2, ...atN0], true);
    story.read("n1", 1000, [2, ...atN1], true);
    return story.judge();
  };
  assert.equal(story([], []).workload.valid, true);
  assert.equal(story([1], [1]).workload.valid, true);
  assert.deepEqual(story([1], []).workload.partial, [{ element: 1, nodes: ["n1"] }]);
});

test("check(): a node without a final read, one that stopped answering and one that misbehaved are invalid, by name", () => {
  const story = new Story();
  story.add(1, "n0", 0);
  story.read("n0", 1000, [1], true);
  const violation = { node: "n1", kind: "stray-line", reason: "it printed hello", "at-ms": 5 } as const;
  const { workload, failures } = story.judge({
    unanswered: ["n1"],
    violations: [violation],
    violationCount: 1,
  });
  assert.deepEqual([workload["no-final-read"], workload.unanswered, workload.valid], [["n1"], ["n1"], false]);
  assert.deepEqual(failures.map((failure) => failure.split(":")[0]), [
    "Misbehaved",
    "No final read",
    "Unanswered",
  ]);
  assert.ok(failures.every((failure) => failure.includes("n1")));
});

test("check(): what vanished everywhere is lost, unless the node that took it lost its memory after", () => {
  const lost = ending([], []).judge();
  assert.deepEqual([lost.workload.lost, lost.workload["not-in-final-read"], lost.workload.valid], [
    [1],
    [1],
    false,
  ]);
  const since = (node: string, at: number): boolean => node === "n0" && at <= 500;
  const { workload, failures } = ending([], []).judge({ memoryLostSince: since });
  assert.deepEqual([workload.lost, workload.forgiven, workload["at-risk-count"], failures], [[], [1], 1, []]);
  const before = ending([], []).judge({ memoryLostSince: (_, at) => at <= 0 });
  assert.deepEqual([before.workload.lost, before.workload.forgiven], [[1], []]);
});

test("check(): what vanished everywhere with a rollback is told apart; what did so in some places only is missing", () => {
  const { workload, failures } = ending([], []).judge({ rolledBack: () => true });
  assert.deepEqual([workload.lost, workload.forgiven, workload["rolled-back"], failures], [[], [], [1], []]);
  const some = ending([1], []).judge({ rolledBack: () => true });
  assert.deepEqual([some.workload["rolled-back"], some.workload["partial-count"], some.workload.valid], [
    [],
    1,
    false,
  ]);
});

test("check(): nodes whose own digest is not that of the values read are named; a node that says none is believed", () => {
  const story = ending([1], [1]);
  const sound = story.judge({ digests: new Map([["n1", digestOf([1])]]) });
  assert.deepEqual([sound.workload.disagreeing, sound.failures], [[], []]);
  const { workload, failures } = story.judge({
    digests: new Map([["n0", digestOf([1])], ["n1", digestOf([1, 2])]]),
  });
  assert.deepEqual(workload.disagreeing, ["n1"]);
  assert.deepEqual(failures, [
    "Disagree: by their own digests these nodes hold other values than are read: n1.",
  ]);
});

test("check(): a value at risk that survived in some places must be everywhere", () => {
  const { workload } = ending([1], []).judge({ memoryLostSince: () => true });
  assert.deepEqual([workload.forgiven, workload["partial-count"], workload.valid], [[], 1, false]);
});

test("check(): the worst stale values come first, eight at most", () => {
  const story = new Story();
  for (let value = 0; value < 10; value++) story.add(value, "n0", value * 100);
  story.read("n1", 2000, []);
  story.read("n1", 3000, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const worst = story.judge().workload["worst-stale"];
  assert.deepEqual(worst.map(({ element }) => element), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(worst[1]?.known, { "at-ms": 101, node: "n0" });
  assert.deepEqual(worst[0]?.["last-absent"], { "at-ms": 2000, node: "n1" });
});

test("Violations: VIOLATIONS_MAX are kept, all are counted", () => {
  const violations = new Violations();
  const one = { node: "n0", kind: "stray-line", reason: "", "at-ms": 0 } as const;
  for (let i = 0; i < VIOLATIONS_MAX + 5; i++) violations.add(one);
  assert.deepEqual([violations.kept.length, violations.count], [VIOLATIONS_MAX, VIOLATIONS_MAX + 5]);
});
