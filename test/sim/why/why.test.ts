/** Of every value of a run the time to its last node is accounted for, by what the nodes said. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accountOf } from "./accounts.ts";

const NAMED_SHARE_MIN = 0.99;

/** `bun test/bench/why.ts` takes the rows as they are. */
const SHORT = { timeLimitS: 10 };
/** Seeds by row. */
const runs = { "3c": [1, 2, 3], "3d": [1], "3d + partition": [1] };

for (const [title, seeds] of Object.entries(runs)) {
  test(`${title}: the parts of each value add up to its latency, and nearly all of the time has a name`, () => {
    for (const seed of seeds) {
      const { values, ms, byCause, errorMs, offMs } = accountOf(title, seed, SHORT);
      assert.ok(values > 25, "there are values");
      assert.ok(errorMs < 1);
      assert.ok(offMs < 1);
      assert.ok(ms - (byCause.get("unknown") ?? 0) >= NAMED_SHARE_MIN * ms);
      const [first] = [...byCause].toSorted((a, b) => b[1] - a[1]).map(([cause]) => cause);
      assert.equal(first, title === "3d" ? "network" : "cut");
    }
  });
}
