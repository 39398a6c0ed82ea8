/** The figures of the README's table, on the first seeds of each row: what has been reached stays reached. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../../../lib/commands/exam/figures.ts";
import { challenges, rows, rowSettings } from "../../../lib/commands/exam/targets.ts";
import { STALL_MS_MAX } from "../../../lib/workbench/faults/injectors.ts";
import { defaults } from "../../../lib/workbench/settings.ts";
import { simulate } from "../../../lib/workbench/world/sim.ts";

const SEEDS = [1, 2, 3];

for (const row of rows) {
  test(`hearsay meets its figures: ${row.title}`, () => {
    const { deliveryBudgetMs } = challenges[row.challenge];
    for (const seed of SEEDS) {
      const results = simulate(
        rowSettings(row, seed),
        deliveryBudgetMs === undefined ? {} : { deliveryBudgetMs },
      );
      assert.deepEqual(results.failures, []);
      const missed = judge(results, row.reached ?? row.sim).filter(({ met }) => !met);
      assert.deepEqual(missed, [], `seed ${seed}`);
    }
  });
}

test("a busy machine makes challenge 3d a little slower, and hardly costs a message [S9] [V6]", () => {
  for (const seed of SEEDS) {
    const settings = { ...defaults, ...challenges["3d"].settings, seed };
    const [busy, quiet] = [simulate({ ...settings, nemesis: ["stall"] }), simulate(settings)];
    assert.deepEqual(busy.failures, []);
    assert.ok((busy.workload["stable-latencies"]?.["0.5"] ?? Infinity) < 400);
    const more = busy.net.servers["msgs-per-op"] - quiet.net.servers["msgs-per-op"];
    assert.ok(more < 0.05, `${more} messages an operation more with seed ${seed}`);
    // Its own stall, the relay's and that of the last node to hear of it.
    const [slowest, usual] = [busy, quiet].map((results) => results["true-latencies"]?.["1"] ?? Infinity);
    assert.ok(Number(slowest) < Number(usual) + 3 * STALL_MS_MAX, `${slowest} ms with seed ${seed}`);
  }
});
