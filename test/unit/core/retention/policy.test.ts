/** What is due to go: by age, bytes and count, beside a model that keeps every block in a list. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BlockQueue, type Sized } from "../../../../lib/core/retention/block_queue.ts";
import { AGAIN_MS_MIN, RetentionPolicy } from "../../../../lib/core/retention/policy.ts";
import { limitsOf, type Rule } from "../../../../lib/core/retention/rules.ts";
import { holds } from "../../../property/holds.ts";

const HOUR_MS = 3_600_000;

test("[G1] the rule that says most of a topic's name holds; without one all is kept", () => {
  const rules: Rule[] = [
    { pattern: "sensor*", ageMs: 1 },
    { pattern: "*", ageMs: 2 },
    { pattern: "sensor.hall*", ageMs: 3 },
    { pattern: "sensor.hall.1", bytes: 4 },
    { pattern: "log" },
    { pattern: "", count: 5 },
  ];
  const found = (topic: string) => limitsOf(rules, topic);
  equal(found("sensor.yard")?.ageMs, 1);
  equal(found("other")?.ageMs, 2);
  equal(found("sensor.hall.2")?.ageMs, 3);
  equal(found("sensor.hall.1")?.bytes, 4);
  equal(found("log"), undefined, "a rule without limits keeps all");
  equal(found("")?.count, 5);
  equal(found("_exam")?.ageMs, HOUR_MS, "built in, and says more than *");
  equal(limitsOf([{ pattern: "_*" }], "_exam"), undefined, "what is given goes before what is built in");
  equal(limitsOf([{ pattern: "_exam", ageMs: 6 }], "_exam")?.ageMs, 6);
  equal(limitsOf([], ""), undefined);
  equal(limitsOf([], "_")?.ageMs, HOUR_MS);
});

test("[G4] whether a pattern names topics that may not be kept forever", () => {
  const rules: Rule[] = [
    { pattern: "log*", ageMs: 1 },
    { pattern: "log.audit*" },
    { pattern: "log.audit.x", count: 1 },
  ];
  const found = (...topics: string[]) => new RetentionPolicy(rules).mayLimit(topics);
  for (const topic of ["", "a", "a*", "log.audit", "log.audit.y*"]) equal(found(topic), false, topic);
  for (const topic of ["log", "logs*", "lo*", "*", "log.audit*", "_", "_x*"]) {
    equal(found(topic), true, topic);
  }
  equal(found("a", "", "log"), true);
  equal(new RetentionPolicy([{ pattern: "*", ageMs: 1 }]).mayLimit([""]), true);
});

test("[G2] by age: a block goes when its last entry is old enough, and its topic's deadline says when", () => {
  const policy = new RetentionPolicy([{ pattern: "t", ageMs: 100 }]);
  equal(policy.deadline, Infinity);
  policy.add("t", { id: 1, at: 0, bytes: 9, count: 1 });
  equal(policy.deadline, 100);
  policy.add("t", { id: 1, at: 30, bytes: 9, count: 1 });
  equal(policy.deadline, 130, "it grew");
  policy.add("t", { id: 5, at: 40, bytes: 9, count: 1 });
  policy.add("kept", { id: 6, at: 40, bytes: 9, count: 1 });
  equal(policy.take(129), undefined);
  deepEqual(policy.take(130), { topic: "t", id: 1 });
  equal(policy.take(139), undefined);
  deepEqual(policy.take(140), { topic: "t", id: 5 });
  equal(policy.deadline, Infinity);
  ok(policy.isForever("kept") && !policy.isForever("t"));
});

test("[G2] by bytes and count: the oldest go as long as what remains is enough", () => {
  const policy = new RetentionPolicy([{ pattern: "b", bytes: 100 }, { pattern: "c", count: 10 }]);
  for (let id = 1; id <= 4; id++) policy.add("b", { id, at: id, bytes: 40, count: 1 });
  deepEqual([policy.take(4), policy.take(4)], [{ topic: "b", id: 1 }, undefined], "120 bytes remain");
  policy.add("b", { id: 4, at: 9, bytes: 20, count: 1 });
  deepEqual([policy.take(9), policy.take(9)], [{ topic: "b", id: 2 }, undefined], "just 100 do");
  policy.add("c", { id: 10, at: 10, bytes: 1, count: 10 });
  equal(policy.deadline, Infinity);
  policy.add("c", { id: 11, at: 10, bytes: 1, count: 10 });
  deepEqual(policy.take(10), { topic: "c", id: 10 });
});

test("what became due first goes first, whatever its topic", () => {
  const policy = new RetentionPolicy([{ pattern: "a", ageMs: 100 }, { pattern: "b", ageMs: 50 }]);
  policy.add("a", { id: 1, at: 0, bytes: 1, count: 1 });
  policy.add("b", { id: 2, at: 20, bytes: 1, count: 1 });
  policy.add("a", { id: 3, at: 21, bytes: 1, count: 1 });
  const order = Array.from({ length: 4 }, () => policy.take(1_000)?.id);
  deepEqual(order, [2, 1, 3, undefined]);
});

test("of a topic of which nothing is left nothing is known any more", () => {
  const policy = new RetentionPolicy([{ pattern: "*", ageMs: 100 }, { pattern: "kept" }]);
  policy.add("kept", { id: 1, at: 0, bytes: 1, count: 1 });
  for (let id = 2; id <= 1_000; id++) {
    policy.add(`t${id}`, { id, at: id, bytes: 1, count: 1 });
    policy.add(`t${id}`, { id: 1_000 + id, at: id, bytes: 1, count: 1 }, true);
    while (policy.take(id) !== undefined);
  }
  ok(policy.size > 100);
  while (policy.take(AGAIN_MS_MIN + 1_000) !== undefined);
  equal(policy.size, 1);
  policy.add("t5", { id: 5_000, at: 5, bytes: 1, count: 1 });
  deepEqual(policy.take(105), { topic: "t5", id: 5_000 });
});

const TOPICS = ["age", "bytes", "count", "all", "forever", "_short"];
const RULES: Rule[] = [
  { pattern: "age", ageMs: 50 },
  { pattern: "bytes", bytes: 40 },
  { pattern: "count", count: 6 },
  { pattern: "all", ageMs: 80, bytes: 100, count: 12 },
];

/** A new block or one of the last few grows, some ms later; then some of those that are due are taken. */
const acts = fc.array(
  fc.record({
    topic: fc.constantFrom(...TOPICS),
    /** Which of the topic's blocks grows, from the last; none where there are not so many. */
    grows: fc.option(fc.nat(2)),
    later: fc.oneof(fc.nat(30), fc.constant(HOUR_MS)),
    bytes: fc.integer({ min: 1, max: 30 }),
    takes: fc.nat(3),
  }),
  { maxLength: 80 },
);

test("property: just the blocks of the model are due, at the model's moments", () => {
  holds(
    fc.property(acts, (steps) => {
      const policy = new RetentionPolicy(RULES);
      const model = new Model();
      let now = 0;
      let id = 0;
      for (const { topic, grows, later, bytes, takes } of steps) {
        now += later;
        const grown = grows === null ? undefined : model.last(topic, grows);
        const block: Sized = grown === undefined
          ? { id: ++id, at: now, bytes, count: 1 }
          : { id: grown.id, at: now, bytes: grown.bytes + bytes, count: grown.count + 1 };
        policy.add(topic, { ...block, bytes, count: 1 });
        model.put(topic, block);
        equal(policy.deadline, model.deadline);
        for (let i = 0; i < takes; i++) {
          const taken = policy.take(now);
          ok(model.goes(taken, now), `at ${now}: ${JSON.stringify(taken)}`);
          equal(policy.deadline, model.deadline);
        }
      }
    }),
    500,
  );
});

class Model {
  readonly #topics = new Map(TOPICS.map((topic): [string, Sized[]] => [topic, []]));

  put(topic: string, block: Sized): void {
    const rest = this.#of(topic).filter(({ id }) => id !== block.id);
    this.#topics.set(topic, [...rest, block].toSorted((a, b) => a.id - b.id));
  }

  last(topic: string, back: number): Sized | undefined {
    return this.#of(topic).at(-1 - back);
  }

  get deadline(): number {
    return Math.min(...TOPICS.map((topic) => this.#dueAt(topic)));
  }

  /** Whether this is a block that may go now; undefined: none may. */
  goes(taken: { topic: string; id: number } | undefined, now: number): boolean {
    if (taken === undefined) return this.deadline > now;
    const { topic, id } = taken;
    const isDue = this.#dueAt(topic) === this.deadline && this.deadline <= now;
    return isDue && this.#of(topic).shift()?.id === id;
  }

  #dueAt(topic: string): number {
    const blocks = this.#of(topic);
    const [oldest, ...rest] = blocks;
    const builtIn = { pattern: topic, ageMs: topic.startsWith("_") ? HOUR_MS : Infinity };
    const rule: Rule = RULES.find(({ pattern }) => pattern === topic) ?? builtIn;
    if (oldest === undefined) return Infinity;
    const isSpare = sum(rest, "bytes") >= (rule.bytes ?? Infinity) ||
      sum(rest, "count") >= (rule.count ?? Infinity);
    return oldest.at + (isSpare ? 0 : rule.ageMs ?? Infinity);
  }

  #of(topic: string): Sized[] {
    return this.#topics.get(topic) ?? [];
  }
}

function sum(blocks: readonly Sized[], field: "bytes" | "count"): number {
  return blocks.reduce((total, block) => total + block[field], 0);
}

test("a block costs four numbers while it is there, and nothing once it is gone", () => {
  const queue = new BlockQueue("t", { ageMs: 10 });
  for (let id = 1; id <= 100_000; id++) {
    queue.add({ id, at: id, bytes: 1, count: 1 });
    if (id > 1_000) queue.shift();
    ok(queue.capacity <= 2_048);
  }
  while (queue.length > 0) queue.shift();
  ok(queue.capacity <= 8);
  equal(queue.dueAt, Infinity);
});
