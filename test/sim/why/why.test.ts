/** Of every value of a run the time to its last node is accounted for, by what the nodes said. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accountOf } from "./accounts.ts";

const NAMED_SHARE_MIN = 0.99;

for (const title of ["3c", "3d", "3d + partition"]) {
  test(`${title}: the parts of each value add up to its latency, and nearly all of the time has a name`, () => {
    for (const seed of [1, 2]) {
      const { values, ms, byCause, errorMs, slowestMs, measuredMs } = accountOf(title, seed);
      assert.ok(values > 50, "there are values");
      assert.ok(errorMs < 1);
      assert.ok(Math.abs(slowestMs - measuredMs) < 1);
      assert.ok(ms - (byCause.get("unknown") ?? 0) >= NAMED_SHARE_MIN * ms);
    }
  });
}

test("3d + partition: most of the time is lost to cuts, and then to finding a way", () => {
  const { byCause } = accountOf("3d + partition", 1);
  const [first, second] = [...byCause].toSorted((a, b) => b[1] - a[1]).map(([cause]) => cause);
  assert.deepEqual([first, ["network", "probe"].includes(second ?? "")], ["cut", true]);
});
