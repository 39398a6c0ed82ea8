/** Of every value of a run the time to its last node is accounted for, by what the nodes said. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mechanism } from "../../../lib/core/node.ts";
import type { Cause } from "../../../lib/workbench/report/why/causes.ts";
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

/** How much of the time went to a cause, with everything on and without a mechanism. */
function shares(title: string, cause: Cause, mechanism: Mechanism): readonly [number, number] {
  const of = (without: readonly Mechanism[]) => {
    const { byCause, ms } = accountOf(title, 1, { timeLimitS: 3 }, without);
    return (byCause.get(cause) ?? 0) / ms;
  };
  return [of([]), of([mechanism])];
}

test("a cause goes with its mechanism: without holding nothing lingers, without windows no relay gathers, without pulls none asks", () => {
  const gone: [string, Cause, Mechanism][] = [
    ["3d", "linger", "hold"],
    ["3d", "window", "window"],
    ["3d + loss 10 %", "pull", "pull"],
  ];
  for (const [title, cause, mechanism] of gone) {
    const [usual, without] = shares(title, cause, mechanism);
    assert.ok(usual > 0.01, `${cause} takes its time`);
    assert.equal(without, 0);
  }
});
