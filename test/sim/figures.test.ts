/** The figures of the README's table, on the first seeds of each row: what has been reached stays reached. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../../lib/commands/exam/figures.ts";
import { challenges, rows, rowSettings } from "../../lib/commands/exam/targets.ts";
import { simulate } from "../../lib/workbench/world/sim.ts";

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
