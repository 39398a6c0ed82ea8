/** Durable nodes whose logs and clocks go back, under all other faults: nothing is lost but what only they had. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mechanism } from "../../lib/core/node.ts";
import type { Results } from "../../lib/workbench/verdict/results.ts";
import { defaults, faultsOfGiven } from "../../lib/workbench/settings.ts";
import { simulate } from "../../lib/workbench/world/sim.ts";

const SEEDS = 40;

function runs(count: number, without: readonly Mechanism[] = []): Results[] {
  return Array.from({ length: count }, (_, i) => {
    const settings = { ...defaults, latencyMs: i % 3 * 20, nemesisIntervalS: 1 + i % 3, seed: 1 + i };
    return simulate({ ...settings, nemesis: faultsOfGiven }, { without });
  });
}

test("simulate(): what others have is not lost in rollbacks, what nobody has any more is told apart [B5] [B7]", () => {
  const sound = runs(SEEDS);
  assert.deepEqual(sound.flatMap(({ failures }) => failures), []);
  const rollbacks = sound.flatMap(({ nemesis }) =>
    nemesis.filter(({ fault, what }) => fault === "rollback" && what === "start").map(({ detail }) => detail)
  );
  for (const kind of [/ before\b/, /an empty disk/, / behind/]) {
    assert.ok(
      rollbacks.some((detail) => kind.test(detail)),
      `${kind} is among ${rollbacks.length} rollbacks`,
    );
  }
  const gone = sound.reduce((sum, { workload }) => sum + workload["rolled-back-count"], 0);
  const acked = sound.reduce((sum, { workload }) => sum + workload["acknowledged-count"], 0);
  assert.ok(gone > 0 && gone < acked / 10, `${gone} of ${acked} are gone with rollbacks`);
});

test("simulate(): without rebirth rollbacks lose values that others have [B5]", () => {
  assert.ok(runs(8, ["rebirth"]).some(({ valid }) => !valid));
});
