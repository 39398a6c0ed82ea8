/** Nodes that make safe what they hold, in the simulator, while they are killed and their disks fail: what nobody may lose. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Results } from "../../lib/workbench/verdict/results.ts";
import { defaults, type Settings } from "../../lib/workbench/settings.ts";
import { type SimHosts, simulate } from "../../lib/workbench/world/sim.ts";
import { careless, forgetful } from "./broken.ts";

const SEEDS = [1, 2, 3, 4, 5, 6];

function runs(settings: Partial<Settings>, hosts?: SimHosts): Results[] {
  return SEEDS.map((seed) => {
    const latencyMs = seed % 2 * 50;
    const base = { ...defaults, rate: 50, latencyMs, nemesisIntervalS: 3, durable: true, seed };
    return simulate({ ...base, ...settings }, {}, hosts);
  });
}

/** What people are told is lost, of all runs. */
function lost(results: readonly Results[]): number {
  return results.reduce((sum, { workload }) => sum + workload["not-in-final-read-count"], 0);
}

test("simulate(): durable nodes lose no acknowledged value in kills; forgetful ones are caught [N9] [I2]", () => {
  const kills: Partial<Settings> = { nemesis: ["kill", "partition"] };
  const sound = runs(kills);
  assert.deepEqual(sound.flatMap(({ failures }) => failures), []);
  assert.equal(sound.reduce((sum, { workload }) => sum + workload["forgiven-count"], 0), 0);
  assert.ok(runs(kills, forgetful).some(({ valid }) => !valid));
});

test("simulate(): nodes that acknowledge before the commit are caught losing values, by kills and by failing disks [S1]", () => {
  for (const fault of ["kill", "disk"] as const) {
    const nemesis: Partial<Settings> = { nemesis: [fault], nemesisIntervalS: 0.3, latencyMs: 100, rate: 200 };
    const sound = runs(nemesis);
    assert.deepEqual(sound.flatMap(({ failures }) => failures), [], fault);
    assert.ok(lost(runs(nemesis, careless)) > 0, fault);
  }
});

test("simulate(): while disks fail, new values are refused and everything else goes on; afterwards all are taken [N10] [S5]", () => {
  for (const { failures, nemesis, stats, net, settings, ...results } of runs({ nemesis: ["disk"] })) {
    assert.deepEqual(failures, []);
    const { broadcast, read } = stats["by-f"];
    assert.ok(broadcast["fail-count"] > 0, "some broadcasts are refused");
    assert.equal(read["fail-count"] + stats["info-count"], 0, "every read is answered");
    assert.ok(nemesis.some(({ detail }) => /\bn\d (full|failing)\b/.test(detail)));
    assert.equal(results.workload["rolled-back-count"], 0);
    assert.ok(net.servers["msgs-per-op"] < 10, `${net.servers["msgs-per-op"]} with seed ${settings.seed}`);
  }
});

test("simulate(): what --nemesis disk or rollback fails or rolls back is there: they imply durable nodes", () => {
  for (const fault of ["disk", "rollback"] as const) {
    const { workload, failures } = simulate({ ...defaults, nemesis: [fault, "kill"], nemesisIntervalS: 1 });
    assert.deepEqual(failures, []);
    assert.equal(workload["forgiven-count"], 0);
  }
});
