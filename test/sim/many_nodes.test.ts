/** Many nodes: no relay has much more to do than all others, and when relays are lost everything goes on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { STAR_MAX } from "../../lib/core/topology/layout.ts";
import type { Results } from "../../lib/workbench/verdict/results.ts";
import { defaults, type Settings } from "../../lib/workbench/settings.ts";
import { simHosts, simulate } from "../../lib/workbench/world/sim.ts";
import { exchangeIn } from "../unit/core/stepped.ts";

const NODES = STAR_MAX + 1;

interface Examined {
  readonly results: Results;
  /** How many times the mean the busiest node sends and receives, from its first word on. */
  readonly peak: number;
  /** How many words of who sees whom were told. */
  readonly words: number;
}

function examine(settings: Partial<Settings>): Examined {
  const load = new Map<string, number>();
  let words = 0;
  const count = (id: string) => load.set(id, (load.get(id) ?? 0) + 1);
  const results = simulate({ ...defaults, nodeCount: NODES, rate: 100, ...settings }, {}, (...given) => {
    const sound = simHosts(...given);
    return (id, events) =>
      sound(id, {
        ...events,
        sent: (envelope) => {
          if (envelope.dest.startsWith("n")) [envelope.src, envelope.dest].forEach(count);
          words += exchangeIn(envelope.body)?.links?.length ?? 0;
          events.sent(envelope);
        },
      });
  });
  const all = [...load.values()];
  return { results, peak: Math.max(...all) / (all.reduce((sum, each) => sum + each, 0) / all.length), words };
}

test("no node of many has more than the square root of their number times the mean to do [K9]", () => {
  const { results, peak } = examine({ latencyMs: 10, timeLimitS: 10 });
  assert.deepEqual(results.failures, []);
  assert.ok(peak <= Math.sqrt(NODES), `the busiest has ${peak.toFixed(1)} times the mean`);
});

test("nor has any when they start, where the greetings of all are too much for one [D1] [K9]", () => {
  const { results, peak } = examine({ rate: 1, latencyMs: 10, timeLimitS: 1 });
  assert.deepEqual(results.failures, []);
  assert.ok(peak <= Math.sqrt(NODES), `the busiest has ${peak.toFixed(1)} times the mean`);
});

test("a value of many takes three hops: up past the relay, and down through it [V10]", () => {
  const latencyMs = 100;
  const settings = { rate: 0.5, readShare: 0, latencyMs, timeLimitS: 40 };
  const { results } = examine(settings);
  assert.deepEqual(results.failures, []);
  const hops = (results["true-latencies"]?.["0.5"] ?? Infinity) / latencyMs;
  assert.ok(hops >= 3 && hops < 3.5, `it took ${hops} hops`);
});

test("the root of many, or one of its relays, is cut off: all others get every value within seconds [K9]", () => {
  for (const grudge of ["n0|rest", "n1|rest"]) {
    const { results } = examine({ latencyMs: 10, timeLimitS: 15, nemesis: ["partition"], grudge });
    assert.deepEqual(results.failures, []);
    const slowest = results["during-cuts"].reachable?.["1"] ?? Infinity;
    assert.ok(slowest <= 2_000, `${grudge}: ${slowest} ms`);
  }
});

test("many are cut in half: neither half makes one relay do all, and link states are told to few [K12] [K13]", () => {
  const nodeCount = 169;
  const { results, peak, words } = examine({
    nodeCount,
    rate: 20,
    latencyMs: 10,
    timeLimitS: 12,
    nemesis: ["partition"],
    grudge: "majority",
    cutsS: [5],
  });
  assert.deepEqual(results.failures, []);
  assert.ok(peak <= 1.6 * Math.sqrt(nodeCount), `the busiest has ${peak.toFixed(1)} times the mean`);
  const healed = results["everywhere-after-heal-ms"].at(-1)?.ms ?? Infinity;
  assert.ok(healed <= 1_000, `everything is everywhere ${healed} ms after the heal`);
  assert.ok(words <= 24 * nodeCount ** 1.5, `${words} words of who sees whom`);
});
