/** A value that comes again soon is told from a new one, and memory is bounded. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Recent, RECENT_CHARS_MAX, RECENT_VALUES_MAX } from "../../../lib/client/watching/recent.ts";
import { type Item, itemsOf } from "../../../lib/client/watching/item.ts";
import { type RecordParts, recordText } from "../../../lib/core/keys/record.ts";
import { Texts } from "../../../lib/core/log/texts.ts";
import type { Json } from "../../../lib/core/message.ts";

/** Whether each of these is new, in turn. */
function news(...items: readonly Item[]): boolean[] {
  const recent = new Recent();
  return items.map((item) => recent.add(item));
}

function plain(...values: readonly Json[]): readonly Item[] {
  return itemsOf({ origin: "a", seq: 1, texts: Texts.of(values.map((value) => JSON.stringify(value))) }) ??
    [];
}

function told(topic: string, ...records: readonly RecordParts[]): readonly Item[] {
  return itemsOf({ origin: "a", seq: 1, texts: Texts.of(records.map(recordText)), topic }) ?? [];
}

test("an equal value is new once, whatever the order of its keys", () => {
  deepEqual(
    news(...plain({ a: 1, b: [2] }, { b: [2], a: 1 }, { a: 1, b: [3] }, 1, "1", [1], 1, "1")),
    [true, false, true, true, true, true, false, false],
  );
});

test("in a topic equal ids are one, and equal values that have none; what is put under a key is one of its own", () => {
  const [text, key] = ['{"a":1}', "k"];
  const all = [
    ...told("t", { text }, { text: '{"a": 1}'.replace(" ", "") }, { text, id: "x" }, { text: "2", id: "x" }),
    ...told("t", { text, id: "y" }, { text, key, stamp: 1 }, { text, key, stamp: 2 }),
    ...told("t", { text, id: "z", key, stamp: 3 }, { text: "3", id: "z", key, stamp: 4 }),
    ...told("u", { text }, { text, id: "x" }),
    ...plain({ a: 1 }),
  ];
  deepEqual(news(...all), [
    ...[true, false, true, false],
    ...[true, true, true],
    ...[true, false],
    ...[true, true],
    true,
  ]);
});

test("an equal hash is a reason to compare, and not believed", () => {
  const recent = new Recent();
  deepEqual(["1", "2", "2", "1"].map((text) => recent.add({ text, topic: "", hash: 7 })), [
    true,
    true,
    false,
    true,
  ]);
});

test("at most RECENT_VALUES_MAX values are remembered, and the last half of them surely", () => {
  const recent = new Recent();
  const add = (n: number) => recent.add({ text: `${n}`, topic: "", hash: n });
  const count = 3 * RECENT_VALUES_MAX;
  for (let n = 1; n <= count; n++) {
    ok(add(n));
    if (recent.size > RECENT_VALUES_MAX) equal(recent.size, RECENT_VALUES_MAX);
  }
  for (let n = count - RECENT_VALUES_MAX / 2 + 1; n <= count; n++) equal(add(n), false);
  equal(recent.turns, Math.ceil(count / (RECENT_VALUES_MAX / 2)) - 1);
  equal(add(1), true);
});

test("values of RECENT_CHARS_MAX characters together are remembered, and no more", () => {
  const recent = new Recent();
  const chars = RECENT_CHARS_MAX / 16;
  const texts = Array.from({ length: 40 }, (_, i) => `"${i}`.padEnd(chars - 1, "x") + '"');
  for (const [i, text] of texts.entries()) {
    ok(recent.add({ text, topic: "", hash: i }));
    ok(recent.size <= 16);
  }
  deepEqual(
    texts.slice(-8).map((text, i) => recent.add({ text, topic: "", hash: 32 + i })),
    Array(8).fill(false),
  );
  equal(recent.add({ text: texts[0] ?? "", topic: "", hash: 0 }), true);
});
