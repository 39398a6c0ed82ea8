/** Values that are equal are seen once. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { boundedKeyOf, KEY_CHARS_MAX, Seen } from "../../../lib/client/seen.ts";
import { VALUE_DEPTH_MAX } from "../../../lib/core/log/canonical.ts";
import type { Json } from "../../../lib/core/message.ts";

function news(...values: Json[]): boolean[] {
  const seen = new Seen();
  return values.map((value) => seen.add(value));
}

test("a value is new once, whatever the order of its keys", () => {
  deepEqual(news({ a: 1, b: [2] }, { b: [2], a: 1 }, { a: 1, b: [3] }), [true, false, true]);
  deepEqual(news(1, "1", [1], null, "null", 1, "1", [1], null, "null"), [
    ...[true, true, true, true, true],
    ...[false, false, false, false, false],
  ]);
});

test("a key takes at most KEY_CHARS_MAX characters, and tells values apart all the same", () => {
  // With its quotes.
  const longest = "x".repeat(KEY_CHARS_MAX - 2);
  const longer = `${longest}${"x".repeat(1000)}1`;
  const other = `${longest}${"x".repeat(1000)}2`;
  equal(boundedKeyOf(longest), JSON.stringify(longest));
  equal(String(boundedKeyOf(longer)).length, KEY_CHARS_MAX);
  deepEqual(news(longest, longer, other, longest, longer, other), [true, true, true, false, false, false]);
});

test("a value too deep to be any node's is never new", () => {
  let value: Json = 1;
  for (let i = 0; i <= VALUE_DEPTH_MAX; i++) value = [value];
  equal(new Seen().add(value), false);
});
