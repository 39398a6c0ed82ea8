/** Topics: they end with their last entry, and there is room for so many, and for so many keys. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { CountedNames } from "../../../../lib/core/keys/counted_names.ts";
import { DEFAULT_TOPIC, KEYS_MAX, TOPICS_MAX } from "../../../../lib/core/keys/names.ts";
import { ABSENCE_MAX_MS } from "../../../../lib/core/retention/retirement.ts";
import { MemoryEntries } from "../../../../lib/core/log/memory_entries.ts";
import type { Run } from "../../../../lib/core/log/runs.ts";
import { Texts } from "../../../../lib/core/log/texts.ts";
import { recordText } from "../../../../lib/core/keys/record.ts";
import { TOMBSTONE_MS, Topics } from "../../../../lib/core/keys/topics.ts";

function run(topic: string, ...texts: string[]): Run & { readonly topic: string } {
  return { origin: "n1.1", seq: 1, texts: Texts.of(texts), topic };
}

test("a topic is there as long as one of its entries is kept, and makes room for another [H7]", () => {
  const topics = new Topics(new MemoryEntries());
  const block = (topic: string) => ({ id: 1, at: 0, ...run(topic, "[1]") });
  for (let i = 0; i < TOPICS_MAX; i++) topics.keep(run(`t${i}`, "[1]", "[2]"), 1, 2);
  topics.keep(run(DEFAULT_TOPIC, '[1,"x"]'), 1, 1);
  equal(topics.count, TOPICS_MAX);
  equal(topics.whyNoRoom("another", undefined), `there are ${TOPICS_MAX} topics already`);
  equal(topics.whyNoRoom("t7", "k"), undefined);
  equal(topics.whyNoRoom(DEFAULT_TOPIC, "k"), undefined);
  topics.drop(block("t7"), 0);
  equal(topics.whyNoRoom("another", undefined), `there are ${TOPICS_MAX} topics already`);
  topics.drop(block("t7"), 0);
  topics.drop(block(DEFAULT_TOPIC), 0);
  equal(topics.whyNoRoom("another", undefined), undefined);
});

test("the latest entry of a key stays when its block goes, and a deletion until all have heard of it [G8]", () => {
  const topics = new Topics(new MemoryEntries());
  const stamps = [5_000, 7_000, 9_000];
  const texts = stamps.map((stamp, i) => recordText({ text: "1", key: "k", stamp, deleted: i === 2 }));
  const drop = (
    i: number,
    now: number,
  ) => [...topics.drop({ id: 1 + i, at: 0, ...run("a", texts[i] ?? ""), seq: 1 + i }, now)];
  for (const [i, stamp] of stamps.slice(0, 2).entries()) {
    topics.note("a", { text: "1", key: "k", stamp }, { origin: "n1.1", seq: 1 + i }, 0);
  }
  deepEqual(drop(0, 100), [], "superseded");
  deepEqual(drop(1, TOMBSTONE_MS + 100), [0]);
  equal(topics.latest.get("a", "k")?.seq, 2);
  topics.note("a", { text: "null", key: "k", stamp: 9_000, deleted: true }, { origin: "n1.1", seq: 3 }, 0);
  deepEqual(drop(1, 100), [], "superseded by a deletion");
  deepEqual(drop(2, TOMBSTONE_MS + 9 - 1), [0]);
  deepEqual(drop(2, TOMBSTONE_MS + 9), []);
  equal(topics.latest.get("a", "k"), undefined, "nothing is left of it");
  ok(TOMBSTONE_MS > ABSENCE_MAX_MS, "who was away for as long as may be has heard of it");
});

test("KEYS_MAX keys may be there, at most 100 bytes each, and those go on [H7]", () => {
  const topics = new Topics(new MemoryEntries());
  for (let i = 1; i <= KEYS_MAX; i++) {
    topics.latest.note("a", `device-${1e12 + i}`, { stamp: i, origin: "n1.1", seq: i, deleted: false });
  }
  const { latest } = topics;
  ok(latest.bytes / latest.size <= 100, `${latest.bytes / latest.size} bytes a key`);
  equal(topics.whyNoRoom("a", "another"), `there are ${KEYS_MAX} keys already`);
  equal(
    topics.whyNoRoom("b", `device-${1e12 + 7}`),
    `there are ${KEYS_MAX} keys already`,
    "of another topic",
  );
  equal(topics.whyNoRoom("a", `device-${1e12 + 7}`), undefined);
  equal(topics.whyNoRoom("a", undefined), undefined);
  latest.forget("a", `device-${1e12 + 7}`);
  equal(topics.whyNoRoom("a", "another"), undefined);
});

test("names that many use have one number each, which is given to another once nobody does", () => {
  const names = new CountedNames();
  equal(names.use("a"), 0);
  equal(names.use("b", 3), 1);
  equal(names.use("a"), 0);
  names.release(0);
  equal(names.has("a"), true);
  names.release(0);
  equal(names.has("a"), false);
  equal(names.numberOf("a"), undefined);
  equal(names.use("c"), 0);
  equal(names.nameOf(0), "c");
  equal(names.nameOf(1), "b");
  equal(names.size, 2);
});
