/** Topics: they end with their last entry, and there is room for so many, and for so many keys. */
import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { CountedNames } from "../../../../lib/core/keys/counted_names.ts";
import { DEFAULT_TOPIC, KEYS_MAX, TOPICS_MAX } from "../../../../lib/core/keys/names.ts";
import { MemoryEntries } from "../../../../lib/core/log/memory_entries.ts";
import type { Run } from "../../../../lib/core/log/runs.ts";
import { Texts } from "../../../../lib/core/log/texts.ts";
import { recordText } from "../../../../lib/core/keys/record.ts";
import { Topics } from "../../../../lib/core/keys/topics.ts";

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
  topics.drop(block("t7"));
  equal(topics.whyNoRoom("another", undefined), `there are ${TOPICS_MAX} topics already`);
  topics.drop(block("t7"));
  topics.drop(block(DEFAULT_TOPIC));
  equal(topics.whyNoRoom("another", undefined), undefined);
});

test("nothing is left of a key whose latest entry goes [G3]", () => {
  const topics = new Topics(new MemoryEntries());
  const texts = [
    recordText({ text: "1", key: "k", stamp: 5 }),
    recordText({ text: "2", key: "k", stamp: 7 }),
  ];
  for (const [i, stamp] of [5, 7].entries()) {
    topics.note("a", { text: "1", key: "k", stamp }, { origin: "n1.1", seq: i + 1 }, 0);
  }
  const [first = "", second = ""] = texts;
  topics.drop({ id: 1, at: 0, ...run("a", first) });
  equal(topics.latest.get("a", "k")?.seq, 2);
  topics.drop({ id: 2, at: 0, ...run("a", second), seq: 2 });
  equal(topics.latest.get("a", "k"), undefined);
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
