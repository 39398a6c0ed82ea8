/** Which values are held: the same whatever way each is kept. */
import { equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { keyOf, ValueSet } from "../../lib/core/log/value_set.ts";
import type { Json } from "../../lib/core/message.ts";
import { holds } from "./holds.ts";
import { json, same } from "./json.ts";

/** Close together, far apart, and where whole numbers end. */
const numbers: fc.Arbitrary<Json> = fc.oneof(
  fc.integer({ min: -100, max: 100 }),
  fc.maxSafeInteger(),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 53, 1e300, 0.5, -0),
);

test("Keys takes each value once, and holds what was taken and nothing else [L3]", () => {
  const values = fc.array(fc.oneof(numbers, json), { maxLength: 60 });
  holds(
    fc.property(values, (all) => {
      const keys = new ValueSet();
      const taken: Json[] = [];
      for (const value of all) {
        const key = keyOf(value) ?? "";
        const isNew = !taken.some((each) => same(each, value));
        equal(keys.has(value, key), !isNew);
        equal(keys.add(value, key), isNew);
        equal(keys.has(value, key), true);
        taken.push(value);
      }
    }),
    500,
  );
});
