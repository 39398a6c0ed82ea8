/** Readers that ask for topics, or for the latest of each key: what they are given, and what their position passes over. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Digest } from "../../../../lib/core/log/digest.ts";
import { Log } from "../../../../lib/core/log/log.ts";
import type { Run } from "../../../../lib/core/log/runs.ts";
import { Texts } from "../../../../lib/core/log/texts.ts";
import { recordText } from "../../../../lib/core/keys/record.ts";
import {
  type Asked,
  DEFAULT_ASKED,
  LatestPass,
  READ_BATCHES_MAX,
  readTopics,
  takeAsked,
} from "../../../../lib/core/keys/reading.ts";
import { RetentionPolicy } from "../../../../lib/core/retention/policy.ts";
import { BATCH_ENTRIES_MAX } from "../../../../lib/core/replication/pacing.ts";

/** A log that n1 writes to. */
class Written {
  readonly log: Log;
  #seq = 0;

  constructor(policy?: RetentionPolicy) {
    this.log = new Log(undefined, policy);
  }

  add(topic: string | undefined, ...texts: string[]): void {
    this.log.addRun({ origin: "n1.1", seq: this.#seq + 1, texts: Texts.of(texts), topic }, 0);
    this.#seq += texts.length;
  }

  put(topic: string, key: string, text: string, stamp = this.#seq + 1): void {
    this.add(topic, recordText({ text, key, stamp }));
  }
}

/** All that a reader is given until it has it all: numbers and texts. */
function read(log: Log, asked: Asked, position = new Digest()): string[] {
  const given: string[] = [];
  for (let more = true; more;) {
    const batch = takeAsked(log, position, asked);
    for (const { seq, texts } of batch.runs) {
      for (let i = 0; i < texts.length; i++) given.push(`${seq + i} ${texts.at(i)}`);
    }
    more = batch.more;
  }
  return given;
}

test("a reader gets what it asks for, each value once, and its position covers the rest, too [H5] [N11]", () => {
  const written = new Written();
  written.add(undefined, "1", "2", "1");
  written.add("a", "[3]", "[4]", "[3]");
  written.add("ab", "[5]");
  written.add("", '[6,"x"]');
  const of = (...topics: string[]) => read(written.log, { topics });
  deepEqual(read(written.log, DEFAULT_ASKED), ["1 1", "2 2", '8 [6,"x"]']);
  deepEqual(of("a"), ["4 [3]", "5 [4]"]);
  deepEqual(of("a*"), ["4 [3]", "5 [4]", "7 [5]"]);
  deepEqual(of("b", "", "ab"), ["1 1", "2 2", "7 [5]", '8 [6,"x"]']);
  deepEqual(of("b"), []);
  const position = new Digest();
  read(written.log, { topics: ["b"] }, position);
  equal(position.lacks(written.log), false);
  written.add("b", "[7]");
  deepEqual(read(written.log, { topics: ["b"] }, position), ["9 [7]"]);
});

test("a batch that leaves something out says what it goes over, and one that leaves out nothing does not [H11]", () => {
  const written = new Written();
  written.add("a", "[1]");
  const { log } = written;
  const [position, asked] = [new Digest(), { topics: ["a"] }];
  equal(takeAsked(log, position, asked).passedOver, undefined);
  written.add("b", "[1]", "[2]");
  written.add("a", "[1]", "[2]");
  const { passedOver, runs } = takeAsked(log, position, asked);
  deepEqual(runs.map(({ seq, texts }) => [seq, texts.text]), [[5, "[2]"]]);
  deepEqual([passedOver?.count, passedOver?.had.toWire()], [3, [["n1.1", [2, 5]]]]);
  // At the end of the way through all keys there is nothing left of what was held at its beginning.
  written.put("a", "k", "1");
  const latest = takeAsked(log, new Digest(), { topics: ["a"], latest: new LatestPass() });
  deepEqual([latest.runs.length, latest.passedOver?.had.toWire()], [1, [["n1.1", [1, 6]]]]);
});

/** An entry under another name, for each kind of value. */
const KINDS: readonly { readonly text: string; readonly topic?: string }[] = [
  { text: "7" },
  { text: '{"a":1}' },
  { text: '["same"]', topic: "t" },
  { text: '["one or the other","id"]', topic: "t" },
  { text: '["put","id","k",5]', topic: "t" },
];

function told(origin: string, seq: number, { text, topic }: { text: string; topic?: string }): Run {
  return { origin, seq, texts: Texts.of([text]), topic };
}

test("a reader that had an entry elsewhere is not given another that is one with it, whichever came first here [H12]", () => {
  const asked = { topics: ["", "t"] };
  for (const kind of KINDS) {
    for (const order of [["a.1", "b.1", "c.1"], ["c.1", "b.1", "a.1"], ["b.1", "c.1", "a.1"]]) {
      for (const had of order) {
        const log = new Log();
        for (const origin of order) log.addRun(told(origin, 1, kind), 0);
        const position = Digest.fromWire([[had, [1, 1]]]);
        deepEqual(read(log, asked, position), [], `${kind.text}: ${had} of ${order.join()}`);
        equal(position.lacks(log), false);
      }
    }
  }
});

test("a position covers no value that was not given: not before another entry that is one with it was [H12]", () => {
  for (const kind of KINDS) {
    const log = new Log();
    log.addRun(told("a.1", 1, kind), 0);
    for (let i = 0; i < 2 * BATCH_ENTRIES_MAX; i++) log.addRun(told("b.1", i + 1, { text: `"${i}"` }), 0);
    log.addRun(told("b.1", 2 * BATCH_ENTRIES_MAX + 1, kind), 0);
    log.addRun(told("a.1", 2, { text: '"last"' }), 0);
    // b grew first, so it comes first.
    const position = new Digest();
    for (let more = true, given = false; more;) {
      const batch = takeAsked(log, position, { topics: ["", "t"] });
      given ||= batch.runs.some(({ texts }) => [...texts].includes(kind.text));
      equal(position.has("a.1", 1) || position.has("b.1", 2 * BATCH_ENTRIES_MAX + 1), given);
      more = batch.more;
    }
  }
});

test("what is left of a value is given to a reader that lacks it, though it was told of what is gone [H12] [G4]", () => {
  for (const kind of KINDS) {
    if (kind.text.includes('"k"')) continue; // It stays, as the latest of its key.
    const log = new Log(undefined, new RetentionPolicy([{ pattern: "*", ageMs: 10 }]));
    for (const [i, origin] of ["a.1", "b.1", "c.1"].entries()) log.addRun(told(origin, 1, kind), 20_000 * i);
    while (log.expire(10) !== undefined);
    const asked = { topics: ["", "t"] };
    deepEqual(read(log, asked), [`1 ${kind.text}`]);
    deepEqual(read(log, asked, Digest.fromWire([["c.1", [1, 1]]])), []);
    while (log.expire(20_010) !== undefined);
    deepEqual(read(log, asked), [`1 ${kind.text}`]);
    while (log.expire(90_000) !== undefined);
    deepEqual(read(log, asked), []);
  }
});

test("a reader of the latest is given what becomes the latest, though it had one with its id [H12]", () => {
  const log = new Log();
  log.addRun(told("a.1", 1, { text: '[1,"id","k",5]', topic: "t" }), 0);
  log.addRun(told("b.1", 1, { text: '[2,"other","k",6]', topic: "t" }), 0);
  const [position, asked] = [new Digest(), { topics: ["t"], latest: new LatestPass() }];
  deepEqual(read(log, asked, position), ['1 [2,"other","k",6]']);
  log.addRun(told("c.1", 1, { text: '[1,"id","k",7]', topic: "t" }), 0);
  deepEqual(read(log, asked, position), ['1 [1,"id","k",7]']);
});

test("what was not asked for is passed over without being read, however much it is [H5]", () => {
  const written = new Written();
  for (let i = 0; i < 3; i++) {
    written.add(
      "noise",
      ...Array.from({ length: BATCH_ENTRIES_MAX }, (_, k) => `[${k}]`),
    );
  }
  written.add("a", "[1]");
  const { runs, more } = takeAsked(written.log, new Digest(), { topics: ["a"] });
  deepEqual([runs.length, more], [1, false]);
});

test("spans that are passed over count for a batch, so that no step takes long [H5]", () => {
  const written = new Written();
  for (let i = 0; i < BATCH_ENTRIES_MAX; i++) written.add(i % 2 === 0 ? "noise" : "din", `[${i}]`);
  written.add("a", "[1]");
  const position = new Digest();
  deepEqual(takeAsked(written.log, position, { topics: ["a"] }).runs, []);
  equal(takeAsked(written.log, position, { topics: ["a"] }).runs.length, 1);
});

test("a read of topics that takes more batches than it may gives nothing [H10]", () => {
  const written = new Written();
  for (let i = 0; i < BATCH_ENTRIES_MAX; i++) written.add(i % 2 === 0 ? "noise" : "din", `[${i}]`);
  written.add("a", "[1]");
  equal(readTopics(written.log, ["a"], Infinity, 1), undefined);
  equal(readTopics(written.log, ["a"], Infinity, 2), "[1]");
});

test("a read of topics takes READ_BATCHES_MAX batches, and none more [H10]", () => {
  const written = new Written();
  for (let batch = 0; batch < READ_BATCHES_MAX; batch++) {
    written.add(
      "a",
      ...Array.from({ length: BATCH_ENTRIES_MAX }, (_, i) => `[${batch * BATCH_ENTRIES_MAX + i}]`),
    );
  }
  const all = JSON.parse(readTopics(written.log, ["a"], Infinity) ?? "[]");
  equal(all.length, READ_BATCHES_MAX * BATCH_ENTRIES_MAX);
  written.add("a", "[-1]");
  equal(readTopics(written.log, ["a"], Infinity), undefined);
});

test("a reader is told of a gap where it asks for any topic that is not kept forever [G4]", () => {
  const written = new Written(new RetentionPolicy([{ pattern: "noise", ageMs: 5 }]));
  written.add("a", "[1]");
  written.add("noise", "[1]", "[2]");
  written.add("b", "[3]");
  while (written.log.expire(1_000) !== undefined);
  for (const topics of [["noise"], ["a", "noise"], ["n*"], ["*"]]) {
    const { gaps } = takeAsked(written.log, new Digest(), { topics });
    deepEqual(gaps, [{ origin: "n1.1", seq: 2, count: 2 }]);
  }
  for (const topics of [["a"], ["b", ""], ["b*"]]) {
    const position = new Digest();
    deepEqual(takeAsked(written.log, position, { topics }).gaps, []);
    equal(position.lacks(written.log), false);
  }
});

test("a reader of the latest gets one entry of each key, and then each that becomes the latest [H8]", () => {
  const written = new Written();
  written.put("flags", "dark", '"on"');
  written.put("flags", "dark", '"off"');
  written.put("flags", "light", '"on"');
  written.put("jobs", "dark", "1");
  written.add("flags", '["no key"]');
  const [position, asked] = [new Digest(), { topics: ["flags"], latest: new LatestPass() }];
  deepEqual(read(written.log, asked, position), ['2 ["off",null,"dark",2]', '3 ["on",null,"light",3]']);
  equal(position.lacks(written.log), false);
  written.put("flags", "dark", '"late"', 1);
  written.put("flags", "dark", '"on"');
  written.add("flags", '["no key, either"]');
  written.put("jobs", "dark", "2");
  deepEqual(read(written.log, asked, position), ['7 ["on",null,"dark",7]']);
});

test("a reader of the latest that comes back is not given again what it had [H8]", () => {
  const written = new Written();
  written.put("flags", "dark", '"on"');
  written.put("flags", "light", '"on"');
  const position = new Digest();
  read(written.log, { topics: ["flags"], latest: new LatestPass() }, position);
  written.put("flags", "dark", '"off"');
  written.put("flags", "dark", '"on"');
  const asked = { topics: ["flags"], latest: new LatestPass() };
  deepEqual(read(written.log, asked, Digest.fromWire(position.toWire())), ['4 ["on",null,"dark",4]']);
});

test("what becomes the latest while a reader is on its way through the keys is not missed, nor given twice [H8]", () => {
  const written = new Written();
  for (let i = 0; i < BATCH_ENTRIES_MAX + 5; i++) written.put("t", `k${i}`, "0");
  const [position, asked] = [new Digest(), { topics: ["t"], latest: new LatestPass() }];
  const first = takeAsked(written.log, position, asked);
  equal(first.runs.length, BATCH_ENTRIES_MAX);
  equal(first.more, true);
  written.put("t", "k0", "1");
  written.put("t", `k${BATCH_ENTRIES_MAX + 1}`, "1");
  written.put("t", "new", "1");
  const rest = read(written.log, asked, position);
  equal(rest.length, 4 + 3);
  equal(rest.filter((text) => text.includes(" [1,")).length, 3);
});

test("a way through the keys of a log that another takes the place of begins again, and gives nothing twice [H8]", () => {
  const [before, after] = [new Written(), new Written()];
  for (const each of [before, after]) each.put("t", "k", "0");
  const [position, asked] = [new Digest(), { topics: ["t"], latest: new LatestPass() }];
  equal(read(before.log, asked, position).length, 1);
  after.put("t", "k", "1");
  deepEqual(read(after.log, asked, position), ['2 [1,null,"k",2]']);
});

test("a batch of the latest holds no more bytes than any other [H8] [F2]", () => {
  const written = new Written();
  const long = JSON.stringify("a".repeat(100_000));
  for (let i = 0; i < 10; i++) written.put("t", `k${i}`, long);
  const batch = takeAsked(written.log, new Digest(), { topics: ["t"], latest: new LatestPass() });
  ok(batch.runs.length < 5, `${batch.runs.length} of 10`);
  equal(batch.more, true);
});
