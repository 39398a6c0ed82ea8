/** The checker of events on small histories made by hand: how often a message may be read, where, and what is forgiven. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../../lib/core/message.ts";
import { eventOf, events, TOPICS } from "../../../../lib/workbench/workloads/events.ts";
import type { CheckerOptions } from "../../../../lib/workbench/workloads/workload.ts";
import { Story } from "./story.ts";

class Events extends Story {
  constructor(options: Partial<CheckerOptions> = {}) {
    super(events, options);
  }

  /** Reads at n0, n1, … in the end. */
  finals(topic: string, ...reads: readonly (readonly Json[])[]): readonly string[] {
    reads.forEach((messages, node) => this.read(node, 10_000, topic, messages, true));
    return this.failures;
  }

  read(node: number, time: number, topic: string, messages: readonly Json[], final = false): this {
    return this.ask("read", node, time, topic, { messages: [...messages] }, final);
  }
}

const on = (id: string, topic = "exam"): Json => ({ topic, id, message: "on" });

test("events: equal messages with different ids are read as often as there are ids, on every node", () => {
  const story = () => new Events().tell("broadcast", 0, 0, on("a")).tell("broadcast", 1, 10, on("b"));
  deepEqual(story().finals("exam", ["on", "on"], ["on", "on"]), []);
  deepEqual(story().finals("exam", ["on", "on"], ["on"]), [
    'Missing: 1 message was not read as often as events with it are acknowledged: "on" in exam ' +
    "(2 acknowledged; 2 at n0, 1 at n1).",
  ]);
  deepEqual(story().finals("exam", ["on", "on"], ["on", "on", "on"]), [
    'Partial: 1 message was not read equally often everywhere in the end: "on" in exam ' +
    "(2 acknowledged; 2 at n0, 3 at n1).",
    'Repeated: 1 message was read more often than told: "on" in exam at n1, 10.0 s (3 of 2).',
  ]);
});

test("events: an id that is told again on another node is one event, whether it was answered the first time or not", () => {
  for (const first of ["ok", "info", "fail"] as const) {
    const story = () =>
      new Events().tell("broadcast", 0, 0, on("a"), first).tell("broadcast", 1, 10, on("a"));
    deepEqual(story().finals("exam", ["on"], ["on"]), []);
    equal(story().finals("exam", ["on", "on"], ["on", "on"]).length, 1);
    equal(story().finals("exam", [], []).length, 1);
  }
  // In another topic it is another event.
  const story = new Events().tell("broadcast", 0, 0, on("a")).tell("broadcast", 0, 10, on("a", "exam.2"));
  story.finals("exam.2", ["on"], ["on"]);
  deepEqual(story.finals("exam", ["on"], ["on"]), []);
});

test("events: what nobody answered is read once or never, and what surely failed never", () => {
  const open = () => new Events().tell("broadcast", 0, 0, on("a"), "info");
  deepEqual(open().finals("exam", ["on"], ["on"]), []);
  deepEqual(open().finals("exam", [], []), []);
  deepEqual(open().finals("exam", ["on"], []).map((failure) => failure.split(":")[0]), ["Partial"]);
  deepEqual(new Events().tell("broadcast", 0, 0, on("a"), "fail").finals("exam", ["on"], ["on"]), [
    'Phantom: 1 message was read that nobody told: "on" in exam at n0, 10.0 s.',
  ]);
});

test("events: without an id, equal messages of a topic are one, beside those that have ids", () => {
  const plain = { topic: "exam", message: "on" };
  const story = () =>
    new Events().tell("broadcast", 0, 0, plain).tell("broadcast", 1, 10, plain).tell(
      "broadcast",
      1,
      20,
      on("a"),
    );
  deepEqual(story().finals("exam", ["on", "on"]), []);
  equal(story().finals("exam", ["on"]).length, 1);
  equal(story().finals("exam", ["on", "on", "on"]).length, 1);
});

test("events: a message in another topic is astray, one that nobody told is a phantom, and so is one too early", () => {
  const story = new Events().read(0, 0, "exam", ["on"]).tell("broadcast", 0, 10, on("a"));
  story.tell("broadcast", 0, 20, { topic: "", id: "b", message: 7 }).read(0, 30, "exam", ["on", 7]);
  deepEqual(story.failures, [
    "Astray: 1 message was read in a topic in which nobody told it: 7 in exam at n0, 0.0 s.",
    'Phantom: 1 message was read that nobody told: "on" in exam at n0, 0.0 s.',
  ]);
});

test("events: what only a node had that lost its memory may be gone, but only from everywhere", () => {
  const options = { mayHaveLost: (node: string, since: number) => node === "n0" && since < 50 };
  const story = () => new Events(options).tell("broadcast", 0, 0, on("a"));
  deepEqual(story().finals("exam", [], []), []);
  deepEqual(story().finals("exam", ["on"], ["on"]), []);
  equal(story().finals("exam", [], ["on"]).length, 1);
  // Another node has acknowledged it, too; or it was told later.
  equal(story().tell("broadcast", 1, 5, on("a")).finals("exam", [], []).length, 1);
  equal(new Events(options).tell("broadcast", 0, 60, on("a")).finals("exam", [], []).length, 1);
});

test("events: what nodes need not keep any longer may be gone, here and there", () => {
  const limitsOf = (topic: string) => topic === "exam" ? { ageMs: 5_000 } : undefined;
  const story = (topic: string) =>
    new Events({ limitsOf }).tell("broadcast", 0, 0, on("a", topic)).tell(
      "broadcast",
      0,
      8_000,
      on("b", topic),
    );
  deepEqual(story("exam").finals("exam", ["on"], ["on", "on"]), []);
  deepEqual(story("exam").finals("exam", [], ["on"]).length, 1);
  deepEqual(story("exam.2").finals("exam.2", ["on"], ["on", "on"]).length, 1);
});

test("events: the load has every kind of event, and one id in several topics", () => {
  const all = Array.from({ length: 60 }, (_, n) => eventOf(n));
  deepEqual([...new Set(all.map(({ topic }) => topic))], [...TOPICS]);
  for (const topic of TOPICS) {
    const here = all.filter((event) => event.topic === topic);
    const ids = here.flatMap(({ id }) => id ?? []);
    equal(new Set(ids).size, ids.length);
    for (const flag of ["on", "off"]) {
      const equals = here.filter(({ message }) => message === flag);
      deepEqual(
        new Set(equals.map(({ id }) => id === undefined)),
        new Set([true, false]),
        `${topic} ${flag}`,
      );
    }
  }
  const topicsOf = Map.groupBy(all.filter(({ id }) => id !== undefined), ({ id }) => id);
  equal([...topicsOf.values()].some((events) => events.length > 1), true);
});
