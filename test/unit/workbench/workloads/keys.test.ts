/** The checker of keys on small histories made by hand: what overwrites what, what all nodes give in the end, and what is forgiven. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../../lib/core/message.ts";
import { keys, PLACES, putOf } from "../../../../lib/workbench/workloads/keys.ts";
import type { CheckerOptions } from "../../../../lib/workbench/workloads/workload.ts";
import { Story } from "./story.ts";

const place = { topic: "exam", key: "a" };

class Keys extends Story {
  constructor(options: Partial<CheckerOptions> = {}) {
    super(keys, options);
  }

  put(node: number, time: number, message: Json, type: "ok" | "info" | "fail" = "ok", id?: string): this {
    return this.tell("broadcast", node, time, { ...place, message, ...id !== undefined && { id } }, type);
  }

  remove(node: number, time: number, type: "ok" | "info" | "fail" = "ok"): this {
    return this.tell("delete", node, time, { ...place }, type);
  }

  /** `value` undefined: there is none. */
  get(node: number, time: number, value?: Json, stamp?: number, final = false): this {
    return this.ask("get", node, time, { ...place }, answer(value, stamp), final);
  }

  /** Gets at n0, n1, … in the end. */
  finals(...values: readonly (Json | undefined)[]): readonly string[] {
    values.forEach((value, node) => this.get(node, 10_000, value, undefined, true));
    return this.failures;
  }
}

function answer(value: Json | undefined, stamp: number | undefined): Json {
  return value === undefined ? {} : { value, ...stamp !== undefined && { stamp } };
}

const kinds = (failures: readonly string[]): readonly string[] =>
  failures.map((each) => each.split(":")[0] ?? "");

test("keys: all nodes give the same in the end", () => {
  const story = () => new Keys().put(0, 0, 1).put(1, 10, 2);
  // They are of different nodes, of which none has seen the other's: whichever it is, it is everywhere.
  deepEqual([story().finals(1, 1, 1), story().finals(2, 2, 2)], [[], []]);
  deepEqual(story().finals(1, 2, 2), [
    "Disagree: the nodes do not give the same in the end: exam/a is 1 at n0, 2 at n1 n2.",
  ]);
});

test("keys: what a node has seen it overwrites: what it acknowledged, and what it gave", () => {
  deepEqual(new Keys().put(0, 0, 1).put(0, 10, 2).finals(2, 2), []);
  deepEqual(new Keys().put(0, 0, 1).put(0, 10, 2).finals(undefined, 1), [
    "Disagree: the nodes do not give the same in the end: exam/a is none at n0, 1 at n1.",
    "Superseded: what an acknowledged write overwrote is given in the end: exam/a is 1 at n1, 10.0 s, which 2 overwrote.",
    "Vanished: no value is given, though nobody can have deleted it: exam/a is none at n0, 10.0 s; exam/a is none at n0, 10.0 s.",
  ]);
  const seen = () => new Keys().put(0, 0, 1).get(1, 5, 1).put(1, 10, 2);
  deepEqual(seen().finals(2, 2), []);
  deepEqual(kinds(seen().finals(undefined, undefined)), ["Vanished"]);
  deepEqual(kinds(seen().get(2, 10_000, 1, undefined, true).failures), ["Superseded"]);
  // Over several nodes, too, and by way of what had no answer, but was seen.
  const chain = () => seen().get(2, 20, 2).put(2, 30, 3, "info").get(3, 40, 3).put(3, 50, 4);
  deepEqual(chain().finals(4, 4), []);
  deepEqual(kinds(chain().get(4, 10_000, 1, undefined, true).failures), ["Superseded"]);
});

test("keys: what is told while a node may not have it yet is concurrent, and may come first or last", () => {
  const story = new Keys();
  const put = story.invoke("broadcast", 0, 0, { ...place, message: 1 });
  story.put(0, 1, 2).complete(put, 5);
  deepEqual(story.finals(1, 1), []);
  // So is what had no answer; what surely failed is nothing.
  deepEqual(new Keys().put(0, 0, 1).put(0, 10, 2, "info").finals(1, 1), []);
  deepEqual(new Keys().put(0, 0, 1).put(0, 10, 2, "info").finals(2, 2), []);
  deepEqual(
    kinds(new Keys().put(0, 0, 1).put(0, 10, 2, "fail").finals(2, 2)),
    ["Phantom"],
  );
});

test("keys: a deletion overwrites as a put does, and what it overwrote does not come back", () => {
  const story = () => new Keys().put(0, 0, 1).remove(0, 10);
  deepEqual(story().finals(undefined, undefined), []);
  deepEqual(story().get(1, 10_000, 1, undefined, true).failures, [
    "Superseded: what an acknowledged write overwrote is given in the end: exam/a is 1 at n1, 10.0 s, which a deletion overwrote.",
  ]);
  deepEqual(kinds(story().get(0, 20, 1).failures), ["Went back"]);
  // Put again after it was seen to be gone.
  deepEqual(kinds(story().get(0, 20).put(0, 30, 2).finals(undefined, undefined)), ["Vanished"]);
  // Where it alone can have taken the value away, another node that gives none has seen it.
  deepEqual(kinds(new Keys().put(1, 0, 1).remove(0, 10).get(1, 20).get(1, 30, 1).failures), ["Went back"]);
});

test("keys: no value is given while there is none, or once a deletion may be the last", () => {
  deepEqual(new Keys().get(0, 0).put(0, 10, 1).get(1, 20).finals(1, 1), []);
  deepEqual(kinds(new Keys().put(0, 10, 1).get(0, 20).failures), ["Vanished"]);
  deepEqual(new Keys().put(0, 10, 1).remove(1, 15, "info").get(0, 20).finals(undefined, undefined), []);
  deepEqual(kinds(new Keys().put(0, 10, 1).remove(1, 15, "fail").get(0, 20).failures), ["Vanished"]);
});

test("keys: a node may be behind others, but never behind itself", () => {
  const story = () => new Keys().put(0, 0, 1).put(0, 10, 2).get(1, 20, 1);
  deepEqual(story().get(0, 30, 2).get(1, 40, 2).failures, []);
  deepEqual(story().get(1, 30, 2).get(1, 40, 1).failures, [
    "Went back: a node gives what it had overwritten: exam/a is 1 at n1, 0.0 s, after 2.",
  ]);
  // Of two that nobody has ordered, the order is that in which one node gave them, or that of their times.
  const two = () => new Keys().put(0, 0, 1).put(1, 10, 2);
  deepEqual(kinds(two().get(2, 20, 1).get(2, 30, 2).get(3, 40, 2).get(3, 50, 1).failures), ["Went back"]);
  deepEqual(kinds(two().get(2, 20, 1, 100).get(2, 30, 2, 50).failures), ["Went back"]);
  deepEqual(two().get(2, 20, 1, 50).get(2, 30, 2, 50).failures, []);
  deepEqual(kinds(two().get(2, 20, 1, 100).get(2, 10_000, 2, 50, true).failures), [
    "Superseded",
    "Went back",
  ]);
  // Two gets at once may be answered in any order.
  const slow = two();
  const get = slow.invoke("get", 2, 15, { ...place });
  deepEqual(slow.get(2, 20, 2, 100).complete(get, 30, answer(1, 50)).failures, []);
});

test("keys: a value of another key or topic is astray, and one that nobody put, or not yet, is a phantom", () => {
  const story = new Keys().get(0, 0, 1).put(0, 10, 1);
  story.ask("get", 1, 20, { topic: "exam.2", key: "a" }, answer(1, undefined));
  story.ask("get", 1, 30, { topic: "exam", key: "a/b" }, answer(1, undefined));
  deepEqual(story.failures, [
    "Astray: a value of another key is given: exam.2/a is 1 at n1, 0.0 s; exam/a/b is 1 at n1, 0.0 s.",
    "Phantom: a value is given that nobody put: exam/a is 1 at n0, 0.0 s.",
  ]);
});

test("keys: what is put again may come after what overwrote it, and is still one value", () => {
  const story = () =>
    new Keys().put(0, 0, 1, "info", "x").get(1, 5, 1).put(1, 10, 2).put(2, 20, 1, "ok", "x");
  deepEqual([story().finals(1, 1), story().finals(2, 2)], [[], []]);
  deepEqual(kinds(story().finals(1, 2)), ["Disagree"]);
});

test("keys: what only a node had that lost its memory need not be there, and a node that came back may be behind", () => {
  const lost = { mayHaveLost: (node: string, since: number) => node === "n0" && since < 50 };
  deepEqual(new Keys(lost).put(0, 0, 1).put(0, 10, 2).finals(1, 1), []);
  deepEqual(new Keys(lost).put(0, 0, 1).finals(undefined, undefined), []);
  deepEqual(kinds(new Keys(lost).put(0, 60, 1).finals(undefined, undefined)), ["Vanished"]);
  const { results } = new Keys(lost).put(0, 0, 1).put(1, 10, 2).check();
  equal(results.kind === "keys" && results["at-risk-count"], 1);
  // What it acknowledged a durable node has still; what it was told by others it may have to be told again.
  let isBack = false;
  const back = { cameBack: (node: string, since: number) => isBack && node === "n1" && since < 50 };
  const story = (told: (story: Keys) => Keys) => {
    isBack = false;
    const before = told(new Keys(back));
    isBack = true;
    return kinds(before.get(1, 60, 1).failures);
  };
  deepEqual(story((keys) => keys.put(0, 0, 1).get(1, 5, 1).put(0, 10, 2).get(1, 20, 2)), []);
  deepEqual(story((keys) => keys.put(1, 0, 1).put(1, 10, 2)), ["Went back"]);
});

test("keys: the load puts no value twice but those with an id, everywhere", () => {
  const puts = Array.from({ length: 48 }, (_, n) => putOf(n));
  equal(new Set(puts.map(({ message }) => JSON.stringify(message))).size, puts.length);
  deepEqual(new Set(puts.map(({ topic, key }) => `${topic} ${key}`)).size, PLACES.length);
  for (const { topic, key } of PLACES) {
    const here = puts.filter((put) => put["topic"] === topic && put["key"] === key);
    deepEqual(new Set(here.map((put) => "id" in put)), new Set([true, false]));
  }
});
