/** What goes from the log: its texts and values, and not that it was held. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { recordText } from "../../../../lib/core/keys/record.ts";
import { TOMBSTONE_MS } from "../../../../lib/core/keys/topics.ts";
import { BLOCK_ENTRIES_MAX, BLOCK_MS_MAX } from "../../../../lib/core/log/entry_store.ts";
import { Digest } from "../../../../lib/core/log/digest.ts";
import { Log } from "../../../../lib/core/log/log.ts";
import { MemoryEntries } from "../../../../lib/core/log/memory_entries.ts";
import { runOf } from "../../../../lib/core/log/runs.ts";
import { Texts } from "../../../../lib/core/log/texts.ts";
import { takeBatch } from "../../../../lib/core/replication/compose.ts";
import { AGAIN_MS, RetentionPolicy } from "../../../../lib/core/retention/policy.ts";
import { holds } from "../../../property/holds.ts";
import { add, entriesOf, readOf } from "../../../shared/entries.ts";

const SECOND_MS = 1_000;
/** Values are numbers, and objects that are looked up by their hashes. */
const valueOf = (n: number) => n % 2 === 0 ? n : { n };

function keeping(ageMs: number, entries = new MemoryEntries()): Log {
  return new Log(entries, new RetentionPolicy([{ pattern: "*", ageMs }]));
}

const ask = (value: unknown) => Texts.of([JSON.stringify(value)]);

test("[G3] what goes stays held, and its values are new where they are told again", () => {
  const log = keeping(10 * SECOND_MS);
  for (const seq of [1, 2, 3]) add(log, { origin: "a", seq, value: valueOf(seq) });
  const empty = new Log().digest;
  equal(log.deadline, 10 * SECOND_MS);
  equal(log.expire(10 * SECOND_MS - 1), undefined);
  const { digest, revision } = log;
  deepEqual(log.expire(10 * SECOND_MS)?.gone, [{ origin: "a", seq: 1, count: 3 }]);
  equal(log.expire(10 * SECOND_MS), undefined);
  equal(log.deadline, Infinity);
  deepEqual([readOf(log), log.count, log.digest, log.revision], [[], 0, empty, revision]);
  deepEqual(log.held("a")?.spans(), [[1, 3]]);
  for (const seq of [1, 2, 3]) equal(log.holdsValue(ask(valueOf(seq))), false);
  equal(add(log, { origin: "a", seq: 2, value: valueOf(2) }), false, "nothing that is gone comes back");
  deepEqual(log.takeClashes(), []);
  for (const seq of [1, 2, 3]) equal(add(log, { origin: "b", seq, value: valueOf(seq) }, SECOND_MS), true);
  equal(log.digest, digest);
});

test("[G3] a value that other entries have, too, goes with the last of them, whether the log was restored or not", () => {
  for (const isRestored of [false, true]) {
    const entries = new MemoryEntries();
    let log = keeping(10 * SECOND_MS, entries);
    for (const seq of [1, 2]) add(log, { origin: "a", seq, value: valueOf(seq) }, 0);
    for (const seq of [1, 2]) add(log, { origin: "b", seq, value: valueOf(seq) }, 5 * SECOND_MS);
    for (const seq of [1, 2]) add(log, { origin: "c", seq, value: valueOf(seq) }, 7 * SECOND_MS);
    equal(log.isRepeat("b", 1), true);
    const { digest } = log;
    log.expire(10 * SECOND_MS);
    if (isRestored) log = keeping(10 * SECOND_MS, entries);
    deepEqual(readOf(log), [valueOf(1), valueOf(2)]);
    deepEqual([log.count, log.digest], [2, digest]);
    equal(log.isRepeat("b", 1) && log.isRepeat("c", 1), false);
    log.expire(15 * SECOND_MS);
    deepEqual(readOf(log), [valueOf(1), valueOf(2)]);
    equal(log.isRepeat("c", 1), false);
    log.expire(17 * SECOND_MS);
    deepEqual([readOf(log), log.count, log.digest], [[], 0, new Log().digest]);
  }
});

test("[G3] what is gone is known after a restart, in few notes however much it is", () => {
  const entries = new MemoryEntries();
  const log = keeping(SECOND_MS, entries);
  const COUNT = 200 * BLOCK_ENTRIES_MAX;
  for (let seq = 1; seq <= COUNT; seq += BLOCK_ENTRIES_MAX) {
    const texts = Array.from({ length: BLOCK_ENTRIES_MAX }, (_, i) => String(seq + i));
    log.addRun({ origin: "a", seq, texts: Texts.of(texts) }, seq);
  }
  add(log, { origin: "b", seq: 70_000, value: 1 }, 0);
  add(log, { origin: "b", seq: 3, value: 2 }, 5 * COUNT);
  while (log.expire(2 * COUNT) !== undefined);
  deepEqual([...entries.notes()].toSorted(), [["gone 1 a", `1,${COUNT}`], ["gone 2 b", "70000,70000"]]);
  const restored = keeping(SECOND_MS, entries);
  deepEqual(restored.held("a")?.spans(), [[1, COUNT]]);
  deepEqual(restored.held("b")?.spans(), [[3, 3], [70_000, 70_000]]);
  equal(restored.goneTo("a", 5), COUNT);
  equal(restored.goneTo("b", 3), undefined);
  equal(restored.revision, log.revision);
  deepEqual(readOf(restored), [2]);
});

test("[G3] what is gone of one block is noted once, however much of it stays", () => {
  const entries = new MemoryEntries();
  const log = keeping(10 * SECOND_MS, entries);
  const records = Array.from({ length: BLOCK_ENTRIES_MAX }, (_, i) => {
    const key = i % 2 === 0 ? "hot" : `k${i}`;
    return recordText({ text: "1", key, stamp: 1 + i });
  });
  log.addRun({ origin: "a", seq: 1, texts: Texts.of([...records, ...records.slice(0, 1)]), topic: "" }, 0);
  let notes = 0;
  const note = entries.note.bind(entries);
  entries.note = (name, text) => {
    notes++;
    note(name, text);
  };
  equal(log.expire(10 * SECOND_MS)?.gone.length, BLOCK_ENTRIES_MAX / 2 - 1);
  ok(notes <= 2, `${notes} notes`);
  const after = new Log(entries);
  deepEqual([after.goneCount, after.digest], [BLOCK_ENTRIES_MAX / 2 - 1, log.digest]);
});

test("[G4] a reader gets a gap for what is gone and it lacks, once", () => {
  const log = keeping(10 * SECOND_MS);
  for (const seq of [1, 2]) add(log, { origin: "a", seq, value: seq }, 0);
  add(log, { origin: "b", seq: 1, value: "b" }, SECOND_MS);
  log.expire(10 * SECOND_MS);
  add(log, { origin: "a", seq: 3, value: 3 }, 10 * SECOND_MS);
  const position = Digest.fromWire([["a", [1, 1]]]);
  const { runs, gaps, more } = takeBatch(log, position);
  deepEqual(gaps, [{ origin: "a", seq: 2, count: 1 }]);
  deepEqual(entriesOf(runs).map(({ value }) => value).toSorted(), [3, "b"]);
  equal(more, false);
  const again = takeBatch(log, position);
  deepEqual([again.runs, again.gaps, again.more], [[], [], false]);
  deepEqual(position.toWire(), [["a", [1, 3]], ["b", [1, 1]]]);
});

test("[G8] the latest entries of keys stay over any number of rounds, superseded ones go, restored or not", () => {
  const entries = new MemoryEntries();
  const retain = [{ pattern: "flags", count: 2 }];
  let log = new Log(entries, new RetentionPolicy(retain));
  const put = (seq: number, key: string, now: number, deleted = false) => {
    const text = recordText({ text: deleted ? "null" : String(seq), key, stamp: 1_000 * now, deleted });
    log.addRun({ origin: "a", seq, texts: Texts.of([text]), topic: "flags" }, now);
  };
  const expire = (now: number) => {
    for (let rounds = 0; log.expire(now) !== undefined; rounds++) {
      equal(rounds < 20, true, "it comes to an end");
    }
  };
  const kept = () => [...entries.blocks()].flatMap(({ seq, texts }) => [...texts].map((_, i) => seq + i));
  // Blocks of their own: each comes long after the one before.
  for (let seq = 1; seq <= 10; seq++) put(seq, `k${seq % 5}`, seq * 2 * BLOCK_MS_MAX);
  let now = 10 * 2 * BLOCK_MS_MAX;
  expire(now);
  deepEqual(kept().toSorted(byNumber), [6, 7, 8, 9, 10]);
  deepEqual([log.count, log.held("a")?.spans()], [5, [[1, 10]]]);
  log = new Log(entries, new RetentionPolicy(retain));
  expire(now);
  deepEqual(kept().toSorted(byNumber), [6, 7, 8, 9, 10]);
  equal(log.topics.latest.get("flags", "k3")?.seq, 8);
  put(11, "k1", now += 2 * BLOCK_MS_MAX, true);
  put(12, "k2", now += 2 * BLOCK_MS_MAX);
  expire(now += AGAIN_MS);
  deepEqual(kept().toSorted(byNumber), [8, 9, 10, 11, 12]);
  put(13, "k2", now += 2 * BLOCK_MS_MAX);
  put(14, "k2", now += 2 * BLOCK_MS_MAX);
  put(15, "k2", now += 2 * BLOCK_MS_MAX);
  expire(now += TOMBSTONE_MS);
  expire(now += AGAIN_MS);
  deepEqual(kept().toSorted(byNumber), [8, 9, 10, 14, 15]);
  equal(log.topics.latest.get("flags", "k1"), undefined);
});

const byNumber = (a: number, b: number) => a - b;

/** Entries of three origins with few values come some ms after another, and what is due goes; now and then the log is restored. */
const histories = fc.array(
  fc.record({
    origin: fc.nat(2),
    value: fc.nat(5),
    later: fc.nat(400),
    restored: fc.nat(9).map((n) => n === 0),
  }),
  { maxLength: 60 },
);

test("property: a log of which things go shows just the values of what is left, restored or not", () => {
  holds(
    fc.property(histories, (steps) => {
      const entries = new MemoryEntries();
      let log = keeping(SECOND_MS, entries);
      let now = 0;
      const entered = [0, 0, 0];
      for (const { origin, value, later, restored } of steps) {
        now += later;
        const seq = entered[origin] = (entered[origin] ?? 0) + 1;
        log.addRun(runOf(`o${origin}`, seq, valueOf(value)), now);
        while (log.expire(now) !== undefined);
        if (restored) log = keeping(SECOND_MS, entries);
        const left = [...entries.blocks()].flatMap((block) => [...block.texts]);
        const shown = readOf(log).map((each) => JSON.stringify(each));
        deepEqual(shown.toSorted(), [...new Set(left)].toSorted());
        equal(log.count, shown.length);
        const fresh = new Log();
        for (const [i, text] of shown.entries()) {
          add(fresh, { origin: "x", seq: i + 1, value: JSON.parse(text) });
        }
        equal(log.digest, fresh.digest);
        deepEqual(entered.map((_, i) => log.held(`o${i}`)?.last ?? 0), entered);
      }
    }),
    300,
  );
});
