/** Canonical keys: equal for equal JSON values and for no others. */
import { equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonical } from "../../lib/core/log/canonical.ts";
import { holds } from "./holds.ts";
import { json, reversed, same } from "./json.ts";

test("canonical() does not see the order of keys [L3]", () => {
  holds(fc.property(json, (value) => equal(canonical(reversed(value)), canonical(value))), 500);
});

test("canonical() is equal exactly for values that are equal [L3]", () => {
  // One pool, so that equal pairs and near misses both come up.
  const pool = fc.array(json, { minLength: 2, maxLength: 12 });
  holds(
    fc.property(pool, (values) => {
      for (const a of values) {
        for (const b of values) equal(canonical(a) === canonical(b) || (a === 0 && b === 0), same(a, b));
      }
    }),
    300,
  );
});

test("canonical() is the same after a trip over the wire [L3]", () => {
  holds(
    fc.property(json, (value) => {
      equal(new Set([canonical(value), canonical(JSON.parse(JSON.stringify(value)))]).size, 1);
    }),
    500,
  );
});
