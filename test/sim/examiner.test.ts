/** The examiner can fail: nodes broken on purpose are caught and named; and one seed gives one result. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Results } from "../../lib/workbench/verdict/results.ts";
import { defaults, type Settings } from "../../lib/workbench/settings.ts";
import { simulate } from "../../lib/workbench/world/sim.ts";
import { broken, type Flaw } from "./broken.ts";
import { naiveHosts } from "./naive.ts";

function examine(flaw: Flaw, settings: Partial<Settings> = {}): Results {
  return simulate({ ...defaults, ...settings }, {}, broken(flaw));
}

/** Fails in exactly these ways, each said in a sentence that begins so. */
function assertFails(results: Results, ways: readonly string[]): void {
  assert.equal(results.valid, false);
  assert.deepEqual(results.failures.map((failure) => failure.split(":")[0]), ways);
}

test("simulate(): a sound node is valid, and so is the naive one", () => {
  assert.deepEqual(simulate(defaults).failures, []);
  const naive = simulate(
    { ...defaults, latencyMs: 20, nemesis: ["partition", "loss", "duplicate", "pause"] },
    {},
    naiveHosts,
  );
  assert.deepEqual(naive.failures, []);
});

test("simulate(): a node that forgets one value is caught", () => {
  const results = examine("forgets-one");
  assert.deepEqual(results.workload.partial, [{ element: 3, nodes: ["n1"] }]);
  assert.deepEqual(results.workload["not-in-final-read"], [3]);
  assert.ok(
    results.failures.some((failure) =>
      failure.startsWith("Partial: 1 value") && failure.includes("not at n1")
    ),
  );
});

test("simulate(): a node that reads one value twice is caught", () => {
  const results = examine("reads-one-twice");
  assertFails(results, ["Duplicated"]);
  assert.deepEqual(results.workload.duplicated, [3]);
});

test("simulate(): a node that invents a value is caught", () => {
  const results = examine("invents-one");
  assertFails(results, ["Phantom"]);
  assert.deepEqual(results.workload.phantom, [1_000_000]);
});

test("simulate(): a node that stops answering is caught", () => {
  const results = examine("stops-answering");
  assertFails(results, ["No final read", "Unanswered"]);
  assert.deepEqual([results.workload["no-final-read"], results.workload.unanswered], [["n1"], ["n1"]]);
});

test("simulate(): a stray line is caught", () => {
  const results = examine("stray-line");
  assertFails(results, ["Misbehaved"]);
  assert.ok(
    results.failures[0]?.includes("n1: stray-line: it printed hello (standard output is for messages only)"),
  );
});

test("simulate(): a node that never forwards is caught", () => {
  const results = examine("never-forwards");
  assert.equal(results.valid, false);
  const mine = results.workload.partial.filter(({ nodes }) => !nodes.includes("n1"));
  assert.ok(mine.length > 5 && mine.every(({ nodes }) => nodes.length === 4));
});

test("simulate(): a message in another node's name is taken, as Maelstrom takes it, and said to be unusual", () => {
  const { failures, unusual = [] } = examine("other-source");
  assert.deepEqual(failures, []);
  // The reply itself comes once more, under its own name.
  const found = unusual.map(({ kind, count, nodes }) => [kind, count, nodes]);
  assert.deepEqual(found, [["other-source", 1, ["n1"]], ["second-reply", 1, ["n1"]]]);
  assert.equal("unusual" in simulate(defaults), false);
});

test("simulate(): messages to nobody and in nobody's name are caught, and so is a reply of the wrong form", () => {
  assert.ok(
    examine("unknown-destination").failures.some((failure) =>
      failure.startsWith("Misbehaved: n1: unknown-destination")
    ),
  );
  assert.ok(
    examine("wrong-source").failures.some((failure) => failure.startsWith("Misbehaved: n1: wrong-source")),
  );
  const kinds = examine("malformed-reply").workload.violations.map(({ kind }) => kind);
  assert.ok(kinds.length > 10 && kinds.every((kind) => kind === "malformed-reply"));
});

test("simulate(): a node that does not answer init ends the examination, which says so", () => {
  const results = examine("never-initialises");
  assertFails(results, ["Setup"]);
  assert.ok(results.failures[0]?.includes("n1"));
  assert.equal(results.stats.count, 0);
});

test("simulate(): a test in which nothing happens proves nothing", () => {
  assertFails(simulate({ ...defaults, rate: 0 }), ["Nothing proven"]);
});

test("simulate(): the same seed gives the same JSON, another seed another", () => {
  const faulty: Settings = {
    ...defaults,
    latencyMs: 30,
    latencyDist: "exponential",
    nemesis: ["partition", "kill", "pause", "loss", "duplicate"],
    nemesisIntervalS: 4,
  };
  const once = JSON.stringify(simulate(faulty));
  assert.equal(JSON.stringify(simulate(faulty)), once);
  assert.notEqual(JSON.stringify(simulate({ ...faulty, seed: 2 })), once);
});

test("simulate(): operations to a node that is known to be down fail at once; one that is killed while asked leaves them open", () => {
  const results = simulate({ ...defaults, nemesis: ["kill"], nemesisIntervalS: 4, rate: 50 });
  assert.deepEqual(results.failures, []);
  assert.ok(results.stats["fail-count"] > 0);
  assert.ok(results.workload["at-risk-count"] > 0);
});

test("simulate(): a killed node must get everything again, and how long that took is told", () => {
  // So few values that none is broadcast during most kills: what the node lacks is only what it forgot.
  const settings: Settings = { ...defaults, rate: 1, latencyMs: 50, nemesis: ["kill"], nemesisIntervalS: 1 };
  const { nemesis, ...results } = simulate(settings);
  const heals = results["everywhere-after-heal-ms"];
  assert.equal(heals.length, nemesis.filter(({ what }) => what === "stop").length);
  assert.ok(heals.slice(4).every(({ ms }) => ms === null || ms >= 50));
});

test("simulate(): values broadcast during a cut are timed to all nodes, and to those in reach", () => {
  const settings: Settings = {
    ...defaults,
    nemesis: ["partition"],
    nemesisIntervalS: 1000,
    grudge: "n0|rest",
    latencyMs: 20,
  };
  const { stats, ...results } = simulate(settings, {}, naiveHosts);
  const { count, everywhere, reachable, ...rest } = results["during-cuts"];
  assert.equal(count, stats["by-f"].broadcast.count);
  assert.ok(rest["reachable-count"] < count && rest["never-reachable-count"] === 0);
  assert.equal(reachable?.["0.5"], 20);
  assert.ok((everywhere?.["0.5"] ?? 0) > 1000);
});

test("simulate(): what only a killed node knew is forgiven, and counted", () => {
  // Cut off from everyone, a node takes values that die with it; the cut heals only after it was killed.
  const settings: Settings = {
    ...defaults,
    rate: 100,
    nemesis: ["partition", "kill"],
    nemesisIntervalS: 3,
    grudge: "n0|n1|n2|n3|n4",
  };
  const seeds = [1, 2, 3, 4, 5].map((seed) => simulate({ ...settings, seed }));
  assert.deepEqual(seeds.flatMap(({ failures }) => failures), []);
  assert.ok(seeds.some(({ workload }) => workload["forgiven-count"] > 0));
});

test("simulate(): messages per operation count all clients' invocations, final reads included, and no client's message", () => {
  const { net, stats } = simulate(defaults, {}, naiveHosts);
  assert.equal(net.servers["msgs-per-op"], Math.round(net.servers["send-count"] / stats.count * 1e6) / 1e6);
  // Each of five nodes tells each value to four others, and they confirm it.
  assert.equal(net.servers["send-count"], stats["by-f"].broadcast.count * 40);
  // Five init, five topology and every operation, each with its answer.
  assert.equal(net.clients["send-count"], 2 * (10 + stats.count));
});
