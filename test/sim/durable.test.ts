/** Nodes that make safe what they hold, killed again and again in the simulator: nothing that was acknowledged is lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Node } from "../../lib/core/node.ts";
import type { Results } from "../../lib/workbench/verdict/results.ts";
import { defaults } from "../../lib/workbench/settings.ts";
import { type SimHosts, simHosts, simulate } from "../../lib/workbench/world/sim.ts";

const SEEDS = [1, 2, 3, 4, 5, 6];

/** Restarted nodes that have lost what they should have kept. */
const forgetful: SimHosts = (seed, scheduler, options) =>
  simHosts(seed, scheduler, options, ({ restored: _, ...node }) => new Node(node));

function runs(hosts?: SimHosts): Results[] {
  return SEEDS.map((seed) => {
    const latencyMs = seed % 2 * 50;
    const settings = { ...defaults, rate: 50, latencyMs, nemesisIntervalS: 3, seed };
    return simulate({ ...settings, nemesis: ["kill", "partition"] }, { durable: true }, hosts);
  });
}

test("simulate(): durable nodes lose no acknowledged value in kills; forgetful ones are caught [N9]", () => {
  const sound = runs();
  assert.deepEqual(sound.flatMap(({ failures }) => failures), []);
  assert.equal(sound.reduce((sum, { workload }) => sum + workload["forgiven-count"], 0), 0);
  assert.ok(runs(forgetful).some(({ valid }) => !valid));
});
