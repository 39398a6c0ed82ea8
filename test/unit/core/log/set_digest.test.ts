/** The digest of a set of values: the order does not matter, every value does, and all runtimes agree on it. */
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { Log } from "../../../../lib/core/log/log.ts";
import type { Json } from "../../../../lib/core/message.ts";
import { digestOf } from "../../../../lib/workbench/load/digest_of.ts";
import { add } from "../../../shared/entries.ts";

const values: Json[] = [
  ...[0, 1, -1, 0.5, 2 ** 32, 2 ** 32 + 1, -(2 ** 32), 2 ** 53, 1e300, null, true, false],
  ...["", "0", "1", "null", "a", "ab", "ba", "é", "😀", "[]"],
  ...[[], {}, [0], [[0]], { a: 1 }, { a: 1, b: 2 }, [1, 2], [2, 1]],
];

test("digestOf() is the same for the same values, in any order and as often as they come [L4]", () => {
  const digest = digestOf(values);
  equal(digestOf(values.toReversed()), digest);
  equal(digestOf([...values, ...values, { b: 2, a: 1 }, -0]), digest);
  equal(digest, "8c5debdcf9830b4a");
  equal(digestOf([]), "0000000000000000");
});

test("digestOf() is another one for any other set: no two of these values have one hash [L4]", () => {
  const each = values.map((value) => digestOf([value]));
  equal(new Set(each).size, values.length);
  const numbers = Array.from({ length: 20_000 }, (_, i) => digestOf([i * 4_096]));
  equal(new Set(numbers).size, numbers.length);
  for (const lane of [0, 8]) {
    const half = new Set(numbers.map((digest) => digest.slice(lane, lane + 8)));
    equal(half.size > 0.9999 * numbers.length, true, `${half.size} in the lane at ${lane}`);
  }
});

test("Log.digest is that of the values held, under whatever numbers [L4]", () => {
  const log = new Log();
  values.forEach((value, i) => add(log, { origin: `n${i % 3}.1`, seq: i + 1, value }));
  add(log, { origin: "n9.1", seq: 1, value: "a" });
  equal(log.digest, digestOf(values));
});
