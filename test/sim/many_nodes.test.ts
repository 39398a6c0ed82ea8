/** Many nodes: no relay has much more to do than all others, and when relays are lost everything goes on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ROOT_HZ_MAX } from "../../lib/core/root_load.ts";
import type { Results } from "../../lib/workbench/results.ts";
import { defaults, type Settings } from "../../lib/workbench/settings.ts";
import { simHosts, simulate } from "../../lib/workbench/sim.ts";

const NODES = 64;

/** How many times the mean the busiest node sends and receives, and how often the root would have sent as a star's, Hz. */
function examine(settings: Partial<Settings>): { readonly results: Results; readonly peak: number } {
  const load = new Map<string, number>();
  const count = (id: string) => load.set(id, (load.get(id) ?? 0) + 1);
  const results = simulate({ ...defaults, nodeCount: NODES, rate: 100, ...settings }, {}, (...given) => {
    const sound = simHosts(...given);
    return (id, events) =>
      sound(id, {
        ...events,
        sent: (envelope) => {
          if (envelope.dest.startsWith("n")) [envelope.src, envelope.dest].forEach(count);
          events.sent(envelope);
        },
      });
  });
  const all = [...load.values()];
  return { results, peak: Math.max(...all) / (all.reduce((sum, each) => sum + each, 0) / NODES) };
}

test("no node of many has more than twice the square root of their number times the mean to do [P23]", () => {
  const { results, peak } = examine({ latencyMs: 10, timeLimitS: 10 });
  assert.deepEqual(results.failures, []);
  assert.ok(results.stats.count / 10 * NODES > ROOT_HZ_MAX, "one relay would have too much to do");
  assert.ok(peak <= 2 * Math.sqrt(NODES), `the busiest has ${peak.toFixed(1)} times the mean`);
});

test("the root of many, or one of its relays, is cut off: all others get every value within seconds [P23]", () => {
  for (const grudge of ["n0|rest", "n1|rest"]) {
    const { results } = examine({ latencyMs: 10, timeLimitS: 15, nemesis: ["partition"], grudge });
    assert.deepEqual(results.failures, []);
    const slowest = results["during-cuts"].reachable?.["1"] ?? Infinity;
    assert.ok(slowest <= 2_000, `${grudge}: ${slowest} ms`);
  }
});
