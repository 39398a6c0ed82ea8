/** The checkers of events and keys can fail: nodes that are wrong in one way are caught and named, and right ones pass. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defaults, type Settings } from "../../../lib/workbench/settings.ts";
import { asJson, type Results } from "../../../lib/workbench/verdict/results.ts";
import { type SimHosts, simulate } from "../../../lib/workbench/world/sim.ts";
import { eventNodes } from "./event_nodes.ts";
import { keyNodes } from "./key_nodes.ts";
import { kinds } from "./kinds.ts";

const short: Partial<Settings> = { rate: 40, timeLimitS: 5, recoveryS: 2, nemesisIntervalS: 1 };
const partitions: Partial<Settings> = { ...short, nemesis: ["partition"] };
const everyFault: Partial<Settings> = {
  ...{ ...short, nemesis: ["partition", "kill", "pause", "loss", "duplicate"] },
};

function examine(
  workload: "events" | "keys",
  hosts: SimHosts | undefined,
  settings: Partial<Settings>,
): Results {
  return simulate({ ...defaults, ...settings, workload }, {}, hosts);
}

/** What failures begin with under some seeds, each once. */
function found(
  workload: "events" | "keys",
  hosts: SimHosts | undefined,
  settings: Partial<Settings>,
  seeds = 1,
): string[] {
  const runs = Array.from(
    { length: seeds },
    (_, i) => examine(workload, hosts, { ...settings, seed: i + 1 }),
  );
  return [...new Set(runs.flatMap(kinds))].sort();
}

test("events and keys: right nodes are valid, whatever happens", () => {
  for (const settings of [short, partitions, everyFault]) {
    assert.deepEqual(found("events", eventNodes.right, settings, 2), []);
    assert.deepEqual(found("keys", keyNodes.right, settings, 20), []);
    assert.deepEqual(found("keys", keyNodes["one clock is behind"], settings, 20), []);
  }
});

test("events and keys: hearsay is valid, whatever happens, with logs and without, and where little is kept", () => {
  const logs: Partial<Settings> = {
    ...short,
    nemesis: ["kill", "rollback", "disk", "partition"],
    durable: true,
  };
  // Before the final reads the last block is due.
  const little: Partial<Settings> = { retain: [{ pattern: "*", ageMs: 2_000 }], recoveryS: 6 };
  const kinds: readonly Partial<Settings>[] = [short, partitions, everyFault, logs];
  for (const settings of [...kinds, ...kinds.map((each) => ({ ...each, ...little }))]) {
    assert.deepEqual(found("events", undefined, settings, 2), []);
    assert.deepEqual(found("keys", undefined, settings, 2), []);
  }
});

test("events: nodes that take two for one, or one for two, are caught", () => {
  const one = "tells equal messages apart no more";
  assert.deepEqual(found("events", eventNodes[one], short), ["Missing"]);
  assert.deepEqual(found("events", eventNodes["takes an id for the same in every topic"], short), [
    "Missing",
  ]);
  const two = "takes each repetition for another event";
  assert.deepEqual(found("events", eventNodes[two], short), ["Repeated"]);
  assert.deepEqual(found("events", eventNodes["reads the first twice"], short), ["Repeated"]);
});

test("events: nodes that mix up topics, forget one, or invent what nobody told are caught", () => {
  assert.deepEqual(found("events", eventNodes["has no topics"], short), ["Astray", "Repeated"]);
  const begin = "reads the topics that begin alike";
  assert.deepEqual(found("events", eventNodes[begin], short), ["Astray", "Repeated"]);
  const pauses: Partial<Settings> = { ...short, nemesis: ["pause"] };
  assert.deepEqual(found("events", eventNodes["forgets a topic at a pause"], pauses, 3), ["Missing"]);
  assert.deepEqual(found("events", eventNodes["invents one"], short), ["Phantom"]);
});

test("keys: the last to arrive, each its own among equals, and a clock that heeds no other are caught", () => {
  const last = found("keys", keyNodes["the last to arrive"], short, 20);
  assert.deepEqual(last, ["Disagree", "Superseded", "Vanished", "Went back"]);
  const own = found("keys", keyNodes["among equals, its own"], partitions, 20);
  assert.deepEqual(own, ["Disagree", "Superseded", "Vanished", "Went back"]);
  const behind = found("keys", keyNodes["one clock is behind, and nothing else counts"], short, 20);
  assert.ok(behind.includes("Went back"));
});

test("keys: what is deleted and comes back, a key that is forgotten, and values from elsewhere are caught", () => {
  assert.deepEqual(found("keys", keyNodes["forgets deletions"], short, 20), ["Superseded", "Went back"]);
  const pauses: Partial<Settings> = { ...short, nemesis: ["pause"] };
  assert.ok(found("keys", keyNodes["forgets a key at a pause"], pauses, 4).includes("Disagree"));
  const rested: Partial<Settings> = { ...short, recoveryS: 4 };
  assert.deepEqual(found("keys", keyNodes["forgets what is old"], rested, 4), ["Vanished"]);
  assert.deepEqual(found("keys", keyNodes["has no topics"], short), ["Astray", "Vanished"]);
  assert.deepEqual(found("keys", keyNodes["invents values"], short), ["Phantom"]);
});

test("events and keys: results count what was told, in JSON under the names of their operations", () => {
  const events = examine("events", eventNodes.right, short);
  const keys = examine("keys", keyNodes.right, short);
  assert.ok(events.other?.kind === "events" && keys.other?.kind === "keys");
  const { "attempt-count": told, "acknowledged-count": acked, "repeat-count": again } = events.other;
  assert.ok(told > 50 && acked === told && again > 5, `${told} ${acked} ${again}`);
  assert.equal(acked + again, events.stats["by-f"].broadcast["ok-count"]);
  const { "put-count": put, "delete-count": deleted } = keys.other;
  assert.ok(put > 30 && deleted > 10, `${put} ${deleted}`);
  const { stats, workload } = JSON.parse(JSON.stringify(asJson(keys)));
  assert.deepEqual(Object.keys(stats["by-f"]), ["broadcast", "delete", "get"]);
  assert.deepEqual([workload.valid, workload["put-count"], workload.superseded], [true, put, []]);
});

test("events and keys: a script tells what it wants, and a run of keys without a deletion proves enough", () => {
  const script = (told: object) =>
    `100 broadcast n0 ${JSON.stringify(told)}; 200 read n1; 300 broadcast n1 7`;
  const scripted = (told: object): Partial<Settings> => ({ rate: 0, timeLimitS: 1, script: script(told) });
  const keys = examine("keys", undefined, scripted({ topic: "exam", key: "a", message: 1 }));
  assert.deepEqual([keys.failures, keys.stats.valid], [[], true]);
  assert.ok(keys.other?.kind === "keys" && keys.other["put-count"] === 2);
  const events = examine("events", undefined, scripted({ topic: "exam", id: "x", message: 1 }));
  assert.deepEqual(events.failures, []);
});
