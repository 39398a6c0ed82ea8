/** `hearsay/sim`: the same runs as `hearsay sim`, of hearsay's nodes and of one's own; and what it refuses, in words of settings. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SettingsError, simulate, type SimulationSettings } from "../../../lib/package/sim.ts";
import { hopeful, lossesOf } from "../../examples/simulated.ts";

const short = { nodeCount: 3, timeLimitS: 2, recoveryS: 1 } as const;

/** What is wrong with them, a sentence each. */
function mistakesIn(settings: object): readonly string[] {
  try {
    simulate({ ...short, ...settings });
  } catch (error) {
    if (error instanceof SettingsError) return error.mistakes;
    throw error;
  }
  return [];
}

test("equal settings give equal results, and other seeds give others", () => {
  const of = (seed: number) =>
    JSON.stringify(simulate({ ...short, nemesis: ["loss"], lossShare: 0.5, seed }).results);
  assert.equal(of(1), of(1));
  assert.notEqual(of(1), of(2));
});

test("each setting arrives", () => {
  const settings: SimulationSettings = {
    ...short,
    ...{
      rate: 20,
      latencyMs: 10,
      latencyDist: "uniform",
      bandwidthBps: 1_000_000,
      topology: "line",
      seed: 5,
    },
    ...{ nemesis: ["partition", "kill", "loss", "membership"], nemesisIntervalS: 0.5, grudge: "n0|rest" },
    ...{ cutsS: [0.3, 0.2], outagesS: [0.5], lossShare: 0.2, durable: true, startUpMs: 20, spares: 1 },
    ...{ workload: "events" },
  };
  const { nemesis, ...others } = simulate(settings).results.settings;
  assert.deepEqual({ ...others, nemesis }, { ...settings, duplicateShare: 0.1 });
});

test("a challenge brings its settings along, and what it demands", () => {
  const lately = simulate({ challenge: "3a", timeLimitS: 1 });
  assert.deepEqual([lately.passed, lately.results.settings.nodeCount], [true, 1]);
  const slow = { challenge: "3d", timeLimitS: 2, protocol: "flood" } as const;
  const { passed, results } = simulate(slow);
  assert.deepEqual([passed, results.valid], [false, true]);
});

test("messages are told with their times", () => {
  const sent: number[] = [];
  let received = 0;
  const log = { sent: (_: unknown, at: number) => void sent.push(at), received: () => void received++ };
  const { results: { net } } = simulate({ ...short, log });
  assert.ok(net.all["send-count"] > 0 && sent.length >= net.all["send-count"] && received > 0);
  assert.deepEqual(sent.toSorted((a, b) => a - b), sent);
});

test("a node of one's own is examined, and what it loses is found with the same seed each time", () => {
  const lost = lossesOf(hopeful, 1);
  assert.match(lost.join("\n"), /^Lost: \d+ values/m);
  assert.deepEqual(lossesOf(hopeful, 1), lost);
  assert.deepEqual(simulate({ ...short, node: hopeful }).results.failures, []);
  const echo = simulate({
    ...short,
    workload: "echo",
    node: () => ({ echo: ({ body }) => ({ echo: body["echo"] }) }),
  });
  assert.equal(echo.passed, true);
  const broken = () => ({
    broadcast() {
      throw new RangeError("a bug of its own");
    },
  });
  assert.throws(() => simulate({ ...short, node: broken }), /a bug of its own/);
});

test("what is out of bounds, does not go together or is no setting is refused, all at once", () => {
  assert.deepEqual(mistakesIn({ nodeCount: 0, rat: 5, latencyMs: 1e9, cutsS: [5] }), [
    "Cannot simulate as there is no setting 'rat'",
    "Cannot simulate as 'nodeCount' must be a whole number from 1 to 10000: current value is \"0\"",
    "Cannot simulate as 'latencyMs' must be a number from 0 to 60000: current value is \"1000000000\"",
    "Cannot simulate as 'cutsS' must be given together with nemesis partition: current value is \"5\"",
  ]);
  assert.deepEqual(mistakesIn({ challenge: "all" }), ["Cannot simulate as 'challenge' must be one alone"]);
  assert.deepEqual(mistakesIn({ readShare: 0.5 }), ["Cannot simulate as there is no setting 'readShare'"]);
  assert.deepEqual(mistakesIn({ rate: undefined, nemesis: [], durable: false }), []);
});

test("what only hearsay's nodes can do is refused with others", () => {
  const of = (settings: object) => mistakesIn({ ...settings, node: hopeful });
  const only = (name: string) =>
    `Cannot simulate as '${name}' must be left out with node, as only hearsay knows what to do with it`;
  assert.deepEqual(of({ durable: true }), [only("durable")]);
  assert.deepEqual(of({ protocol: "flood" }), [only("protocol")]);
  assert.deepEqual(of({ without: ["retry"], retain: "a=1h" }), [only("without"), only("retain")]);
  assert.deepEqual(of({ nemesis: ["disk"] }), [
    "Cannot simulate as 'nemesis' must be without rollback and disk with node, which keeps no log",
  ]);
  assert.deepEqual(of({ nemesis: ["membership"] }), [
    "Cannot simulate as 'nemesis' must be without membership with node, whose members are given once",
  ]);
});
