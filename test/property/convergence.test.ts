/** Convergence: whatever the network did, after a rest every node reads exactly what was broadcast. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { replayCommand } from "../../lib/commands/exam/describe.ts";
import { type SimNodeOptions, simulate } from "../../lib/workbench/world/sim.ts";
import { defaults, faultsOfGiven, type Settings } from "../../lib/workbench/settings.ts";
import { wrongIn } from "../sim/random/wrong.ts";
import { holds } from "./holds.ts";

/** As many as take about a second. */
const RUNS = 200;

const grudges = ["one", "minority-third", "majority", "majorities-ring", "bridge", "one-way"];

/** A short examination of a small cluster, with any mixture of faults. */
const settings: fc.Arbitrary<Settings> = fc.record({
  nodeCount: fc.integer({ min: 1, max: 7 }),
  rate: fc.constantFrom(5, 20, 60),
  latencyMs: fc.constantFrom(0, 1, 20, 100),
  latencyDist: fc.constantFrom("constant" as const, "uniform" as const, "exponential" as const),
  bandwidthBps: fc.option(fc.constantFrom(256_000, 2_000_000), { nil: undefined }),
  nemesis: fc.subarray([...faultsOfGiven]),
  nemesisIntervalS: fc.constantFrom(0.3, 1, 3),
  lossShare: fc.constantFrom(0.05, 0.3, 0.6),
  duplicateShare: fc.constantFrom(0.1, 0.5),
  grudge: fc.option(fc.constantFrom(...grudges), { nil: undefined }),
  durable: fc.boolean(),
  seed: fc.nat(1_000_000),
}).map(({ grudge, bandwidthBps, durable, ...rest }) => ({
  ...defaults,
  ...rest,
  timeLimitS: 4,
  ...(durable ? { durable } : {}),
  ...(grudge === undefined ? {} : { grudge }),
  ...(bandwidthBps === undefined ? {} : { bandwidthBps }),
}));

const nodes: fc.Arbitrary<SimNodeOptions> = fc.option(
  fc.constantFrom(50, 500, 2_000).map((deliveryBudgetMs) => ({ deliveryBudgetMs })),
  { nil: {} },
);

const short: Settings = { ...defaults, timeLimitS: 4 };
const lossy: Settings = {
  ...short,
  nodeCount: 2,
  rate: 5,
  nemesis: ["loss"],
  nemesisIntervalS: 0.3,
  lossShare: 0.6,
};

/** Examinations that once failed, by what they taught. */
const taught: readonly (readonly [string, Settings, SimNodeOptions])[] = [
  ["who is lost to another is called by the other as well", { ...lossy, seed: 400_279 }, {
    deliveryBudgetMs: 500,
  }],
  [
    "who is lost to another is called by the other as well, without a budget",
    { ...lossy, seed: 332_669 },
    {},
  ],
  [
    "a peer that stood still makes nobody wait long for the next loss",
    { ...short, rate: 20, nemesis: ["pause", "loss"], nemesisIntervalS: 3, lossShare: 0.05, seed: 992_184 },
    { deliveryBudgetMs: 50 },
  ],
  [
    "what enters before a first answer goes when that comes",
    { ...short, nodeCount: 2, rate: 5, nemesis: ["kill", "pause"], nemesisIntervalS: 3, seed: 516_734 },
    {},
  ],
  [
    "a relay that was reborn says so, though all have called its earlier life",
    {
      ...short,
      nodeCount: 4,
      rate: 5,
      latencyMs: 1,
      nemesis: ["kill", "pause"],
      nemesisIntervalS: 0.3,
      seed: 714_363,
    },
    { deliveryBudgetMs: 500 },
  ],
  [
    "what an earlier life saw is no longer so",
    {
      ...short,
      nodeCount: 7,
      rate: 5,
      nemesis: ["partition", "kill", "pause", "loss", "duplicate"],
      nemesisIntervalS: 0.3,
      lossShare: 0.3,
      seed: 475_730,
    },
    { deliveryBudgetMs: 50 },
  ],
  [
    "a neighbour that a node has not heard before it lives again is asked again where that message is lost",
    {
      ...defaults,
      nodeCount: 12,
      rate: 5,
      timeLimitS: 10,
      nemesis: faultsOfGiven,
      nemesisIntervalS: 0.3,
      lossShare: 0.05,
      durable: true,
      seed: 2212,
    },
    {},
  ],
];

for (const [lesson, given, options] of taught) {
  test(lesson, () => {
    const { failures } = simulate(given, options);
    assert.deepEqual(failures, [], replayCommand({ settings: given, ...options }, given.seed, []));
  });
}

test("every node reads exactly what was broadcast, once the network has rested [I1]", () => {
  let proven = 0;
  let runs = 0;
  holds(
    fc.property(settings, nodes, (given, options) => {
      const results = simulate(given, options);
      assert.deepEqual(wrongIn(results), [], replayCommand({ settings: given, ...options }, given.seed, []));
      runs++;
      if (results.valid) proven++;
    }),
    RUNS,
  );
  assert.ok(proven > runs / 2, `${proven} of ${runs} examinations proved something`);
});
