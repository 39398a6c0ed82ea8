/** Server-sent events come out the same, wherever the text is parted, and entries that came lately do not come again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Entry, entryOf } from "../../../../lib/client/http/entries.ts";
import { EVENT_CHARS_MAX, ServerEvents } from "../../../../lib/client/http/server_events.ts";
import { Seen, SEEN_CHARS_MAX, SEEN_MAX } from "../../../../lib/client/http/seen.ts";

const text =
  'retry: 1000\n\n:\n\nid: n1.k:1\ndata: {"value":"a: b"}\n\n:\n\nevent: gap\nid: n1.k:1-3\ndata: {}\n\nid: x\n\n';
const events = [
  { kind: "message", id: "n1.k:1", data: `{"value":"a: b"}` },
  { kind: "gap", id: "n1.k:1-3", data: "{}" },
  { kind: "message", id: "x", data: undefined },
];

test("server-sent events come out the same, wherever the text is parted", () => {
  for (let size = 1; size <= text.length; size++) {
    const reader = new ServerEvents();
    const found = [];
    for (let i = 0; i < text.length; i += size) {
      found.push(...reader.push(text.slice(i, i + size)) ?? assert.fail());
    }
    assert.deepEqual(found, events, `parts of ${size}`);
  }
});

test("an event that does not end is not held beyond EVENT_CHARS_MAX", () => {
  const reader = new ServerEvents();
  const part = "x".repeat(EVENT_CHARS_MAX / 4);
  for (let i = 0; i < 4; i++) assert.deepEqual(reader.push(part), []);
  assert.equal(reader.push("x"), undefined);
});

test("data that is no entry is malformed", () => {
  for (
    const data of [
      "",
      "1",
      "null",
      "{}",
      `{"topic":"","origin":1,"seq":1}`,
      `{"topic":"","origin":"o","seq":"1"}`,
    ]
  ) {
    assert.equal(entryOf(data, "p"), undefined, data);
  }
  const gap = { origin: "n1.k", seq: 1, count: 2 };
  assert.deepEqual(entryOf(JSON.stringify({ gap }), "p"), { gap, position: "p" });
});

test("an entry that was told to two nodes comes once: by its id, or by its value", () => {
  const seen = new Seen();
  const entry = (given: Partial<Entry>): Entry => ({
    ...{ value: { a: 1, b: 2 }, topic: "", origin: "o", seq: 1, position: "" },
    ...given,
  });
  const added = [
    ...[entry({}), entry({ value: { b: 2, a: 1 }, origin: "p" }), entry({ topic: "t" }), entry({ id: "1" })],
    ...[entry({ id: "1", value: 2 }), entry({ key: "k" }), entry({ key: "k" }), entry({ key: "k", id: "2" })],
    entry({ key: "k", id: "2" }),
  ].map((each) => seen.add(each));
  assert.deepEqual(added, [true, false, true, true, false, true, true, true, false]);
});

test("of what came at least the latest half of SEEN_MAX is known, and of SEEN_CHARS_MAX", () => {
  for (
    const { count, text } of [{ count: 2 * SEEN_MAX, text: "" }, {
      count: 64,
      text: "x".repeat(SEEN_CHARS_MAX / 32),
    }]
  ) {
    const seen = new Seen();
    const entry = (n: number): Entry => ({
      value: `${n}${text}`,
      topic: "",
      origin: "o",
      seq: 1,
      position: "",
    });
    for (let n = 0; n < count; n++) assert.ok(seen.add(entry(n)));
    const half = text === "" ? SEEN_MAX / 2 : 15;
    for (let n = count - half; n < count; n++) assert.ok(!seen.add(entry(n)), `${n}`);
    assert.ok(seen.add(entry(0)));
  }
});
