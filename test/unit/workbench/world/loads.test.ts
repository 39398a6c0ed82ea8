/** What each node sends and receives, counted where it is asked for; and the share of reads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encode } from "../../../../lib/core/codec.ts";
import { Loads } from "../../../../lib/workbench/world/loads.ts";
import { defaults, type Settings } from "../../../../lib/workbench/settings.ts";
import { simulate } from "../../../../lib/workbench/world/sim.ts";
import { Traffic } from "../../../../lib/workbench/world/traffic.ts";
import { naiveHosts } from "../../../sim/naive.ts";

const settings: Settings = { ...defaults, nodeCount: 3, timeLimitS: 5, latencyMs: 10 };
const tell = (message: string) => ({ src: "n0", dest: "n1", body: { type: "tell", message } });

test("Loads: a message weighs its line in UTF-8, at its sender and at its receiver", () => {
  const loads = new Loads();
  const traffic = new Traffic(loads);
  const bytes = encode(tell("abc")).length + 1;
  assert.equal(traffic.sent(tell("abc")), bytes);
  assert.equal(traffic.sent(tell("äbc")), bytes + 1);
  traffic.received(tell("abc"), bytes);
  assert.deepEqual(loads.byNode, {
    n0: { "send-count": 2, "recv-count": 0, "send-bytes": 2 * bytes + 1, "recv-bytes": 0 },
    n1: { "send-count": 0, "recv-count": 1, "send-bytes": 0, "recv-bytes": bytes },
  });
  loads.clear();
  assert.deepEqual(loads.byNode, {});
});

test("Loads: what clients say and hear is no node's load", () => {
  const loads = new Loads();
  const traffic = new Traffic(loads);
  const ask = { src: "c1", dest: "n1", body: { type: "read" } };
  assert.equal(traffic.sent(ask), 0);
  traffic.received(ask);
  assert.deepEqual(loads.byNode, {});
});

test("simulate(): loads are told where they are asked for, without changing anything else", () => {
  const plain = simulate(settings, {}, naiveHosts);
  const { net, ...rest } = simulate(settings, { loads: true }, naiveHosts);
  const { "by-node": byNode, ...same } = net;
  assert.deepEqual({ ...rest, net: same }, plain);
  assert.deepEqual(Object.keys(byNode ?? {}).sort(), ["n0", "n1", "n2"]);
  const loads = Object.values(byNode ?? {});
  // These nodes say nothing before the first operation, so nothing is missing.
  assert.equal(loads.reduce((sum, load) => sum + load["send-count"], 0), net.servers["send-count"]);
  assert.equal(
    loads.reduce((sum, load) => sum + load["send-bytes"] - load["recv-bytes"], 0),
    0,
    "all that was sent was received",
  );
});

test("simulate(): counting begins with the first operation", () => {
  const { net } = simulate({ ...settings, rate: 0.001, timeLimitS: 1, readShare: 1 }, { loads: true });
  assert.ok(net.servers["send-count"] > 0, "they greet each other");
  assert.deepEqual(net["by-node"], {});
});

test("Workload: the share of reads is half of the operations, or what the settings say; last reads come on top", () => {
  const reads = (changes: Partial<Settings>): number => {
    const { stats } = simulate({ ...settings, rate: 100, ...changes }, {}, naiveHosts);
    return Math.round(100 * (stats["by-f"].read.count - settings.nodeCount) / stats.count);
  };
  assert.ok(Math.abs(reads({}) - 50) < 8);
  assert.equal(reads({ readShare: 0 }), 0);
  assert.ok(Math.abs(reads({ readShare: 0.9 }) - 90) < 5);
});
