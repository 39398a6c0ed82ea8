/** Hunts in the simulator: each flaw is found and made small, sound nodes are left in peace, and a seed decides it all. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { huntFaults } from "../../../lib/workbench/hunt/aims.ts";
import { faultsFound, operationsIn, settingsOf } from "../../../lib/workbench/hunt/case.ts";
import { Hunt, PATIENCE_S_MIN, STEPS_BACK_MAX } from "../../../lib/workbench/hunt/hunt.ts";
import type { HuntOutcome } from "../../../lib/workbench/hunt/options.ts";
import type { ScriptFault } from "../../../lib/workbench/script/script.ts";
import { defaults } from "../../../lib/workbench/settings.ts";
import { type SimHosts, simHosts, simulate } from "../../../lib/workbench/world/sim.ts";
import { careless } from "../broken.ts";
import { type Flaw, flawed, flaws } from "./flawed.ts";

/** How long a run counts as, ms: so a budget is a number of runs, and no clock has a say. */
const RUN_MS = 100;

interface Options {
  readonly seed?: number;
  readonly runs?: number;
  readonly faults?: readonly ScriptFault[];
  readonly durable?: boolean;
  readonly nodeCount?: number;
}

function huntIn(hosts: SimHosts, options: Options = {}): Promise<HuntOutcome> {
  const { seed = 1, runs = 600, faults = huntFaults, durable = false, nodeCount } = options;
  let now = 0;
  return new Hunt({
    ground: {
      ...{ nodesAtOnce: 1, isCertain: true, latenciesMs: [0, 20, 100] },
      run(tried, recoveryS) {
        now += RUN_MS;
        const settings = { ...settingsOf(tried, recoveryS, seed), durable };
        return Promise.resolve(simulate(settings, { loads: true }, hosts));
      },
    },
    ...{ seed, faults, nodeCount, budgetMs: runs * RUN_MS, recoveryS: defaults.recoveryS },
    now: () => now,
    onProgress: () => {},
  }).run();
}

for (const flaw of Object.keys(flaws).filter((name): name is Flaw => name in flaws)) {
  test(`hunt: a node that ${flaw.replaceAll("-", " ")} is found, and made small`, async () => {
    const { found } = await huntIn(flawed(flaw));
    assert.ok(found, "found");
    const { case: smallest, results, first } = found;
    assert.ok(smallest.nodeCount <= 3 && operationsIn(smallest) <= 5, JSON.stringify(smallest));
    assert.ok(smallest.nodeCount <= first.nodeCount && smallest.script.length <= first.script.length);
    const again = simulate(settingsOf(smallest, defaults.recoveryS, 1), { loads: true }, flawed(flaw));
    assert.deepEqual(again.failures, results.failures);
    assert.ok(faultsFound(again).length > 0);
  });
}

test("hunt: a node with a log that acknowledges before that is safe is found, and made small", async () => {
  const { found } = await huntIn(careless, { durable: true, faults: ["kill"], runs: 2_000 });
  assert.ok(found, "found");
  assert.ok(found.case.nodeCount <= 3 && operationsIn(found.case) <= 5);
  assert.ok(found.case.script.some(({ kind }) => kind === "kill"));
});

test("hunt: 200 runs of sound nodes raise no alarm, whatever the faults", async () => {
  const sound: readonly (readonly [SimHosts, Options])[] = [
    [flawed(undefined), {}],
    [simHosts, {}],
    [simHosts, { durable: true, seed: 2 }],
  ];
  for (const [hosts, options] of sound) {
    const { found, runs } = await huntIn(hosts, { ...options, runs: 200 });
    assert.equal(found, undefined, JSON.stringify(found?.case));
    assert.equal(runs, 200);
  }
});

test("hunt: one seed gives one outcome, and the flaw does not show without its faults", async () => {
  const once = await huntIn(flawed("retries-once"), { seed: 3 });
  assert.deepEqual(await huntIn(flawed("retries-once"), { seed: 3 }), once);
  const other = await huntIn(flawed("retries-once"), { seed: 4 });
  assert.notDeepEqual(other.found?.first, once.found?.first);
  const harmless = await huntIn(flawed("forgets-who-restarted"), {
    faults: ["pause", "duplicate"],
    runs: 100,
  });
  assert.equal(harmless.found, undefined);
});

test("hunt: as many nodes as it is told to begin with", async () => {
  const { found } = await huntIn(flawed("never-retries"), { nodeCount: 4 });
  assert.equal(found?.first.nodeCount, 4);
});

test("hunt: what fails only in a hurry, of PATIENCE_S_MIN at least, is confirmed for STEPS_BACK_MAX steps and given up", async () => {
  const { found } = await huntIn(flawed("drops-every-100th"));
  assert.ok(found, "found");
  const sound = simulate(settingsOf(found.case, defaults.recoveryS, 1), { loads: true }, simHosts);
  assert.deepEqual(faultsFound(sound), []);
  const hurries = new Set<number>();
  const phases: string[] = [];
  let runs = 0;
  const { found: slow } = await new Hunt({
    ground: {
      ...{ nodesAtOnce: 1, isCertain: true, latenciesMs: [0] },
      run(_, recoveryS) {
        const isFirst = runs++ === 0;
        if (recoveryS < defaults.recoveryS) hurries.add(recoveryS);
        return Promise.resolve(isFirst || recoveryS < defaults.recoveryS ? found.results : sound);
      },
    },
    ...{ seed: 1, faults: huntFaults, nodeCount: 3, budgetMs: 60_000, recoveryS: defaults.recoveryS },
    now: () => runs * RUN_MS,
    onProgress: ({ phase }) => void phases.push(phase),
  }).run();
  assert.deepEqual([...hurries], [PATIENCE_S_MIN]);
  // What was found is confirmed first, before it is made smaller.
  assert.equal(phases.filter((phase) => phase === "confirming").length, 1 + STEPS_BACK_MAX);
  assert.equal(slow?.case, slow?.first);
});
