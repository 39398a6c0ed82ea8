/** Each workload's checker can fail: nodes that are wrong in one way are caught and named, and right ones pass. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defaults, type Settings } from "../../../lib/workbench/settings.ts";
import { asJson, type Results } from "../../../lib/workbench/verdict/results.ts";
import { type SimHosts, simulate } from "../../../lib/workbench/world/sim.ts";
import { counters, echoes, generators, sets } from "./nodes.ts";
import { kinds } from "./kinds.ts";

function examine(hosts: SimHosts | undefined, settings: Partial<Settings>): Results {
  return simulate({ ...defaults, ...settings }, {}, hosts);
}

/** Its JSON, as somebody reads it who has only that. */
function workloadOf(results: Results): Record<string, unknown> {
  const parsed: { readonly workload: Record<string, unknown> } = JSON.parse(JSON.stringify(asJson(results)));
  return parsed.workload;
}

const everyFault: Partial<Settings> = {
  nemesis: ["partition", "kill", "pause", "loss", "duplicate"],
  nemesisIntervalS: 2,
  rate: 50,
  timeLimitS: 10,
};

test("each workload: hearsay and a right node as anybody might write it are valid, whatever happens", () => {
  const hosts = {
    "echo": echoes.right,
    "unique-ids": generators.right,
    "g-set": sets.right,
    "g-counter": counters.right,
    "pn-counter": counters.right,
  } as const;
  const durable: Partial<Settings> = { nemesis: ["kill", "pause", "rollback", "disk"], nemesisIntervalS: 2 };
  for (const workload of ["echo", "unique-ids", "g-set", "g-counter", "pn-counter"] as const) {
    const runs = [
      examine(hosts[workload], { workload, ...everyFault }),
      examine(undefined, { workload, ...everyFault }),
      examine(undefined, { workload, ...durable }),
    ];
    assert.deepEqual(runs.map(({ failures }) => failures), [[], [], []], workload);
  }
});

test("no other workload than broadcast tells the nodes of neighbours", () => {
  const asked = (settings: Partial<Settings>): ReadonlySet<string> => {
    const types = new Set<string>();
    examine((...given) => (id, events) => {
      const host = sets.right(...given)(id, events);
      return {
        ...{ start: () => host.start(), kill: () => host.kill(), pause: () => host.pause() },
        ...{ resume: () => host.resume(), stop: () => host.stop() },
        receive(envelope) {
          if (envelope.src.startsWith("c")) types.add(envelope.body.type);
          return host.receive(envelope);
        },
      };
    }, settings);
    return types;
  };
  assert.deepEqual([...asked({ workload: "g-set" })].sort(), ["add", "init", "read"]);
  assert.deepEqual([...asked({})].sort(), ["broadcast", "init", "read", "topology"]);
});

test("echo: a node that trims, one that answers what was asked before, and one without a payload are caught", () => {
  const trimmed = examine(echoes.trims, { workload: "echo" });
  assert.deepEqual(kinds(trimmed), ["Wrong echo"]);
  assert.match(
    trimmed.failures[0] ?? "",
    /requests were answered with something else: n\d answered " \d+\\t" with "\d+"/,
  );
  const before = examine(echoes["answers what was asked before"], { workload: "echo" });
  assert.deepEqual(kinds(before), ["Wrong echo"]);
  const { errors, ...found } = workloadOf(before);
  assert.equal(found["ok-count"], 0);
  assert.equal(found["error-count"], before.stats.count);
  assert.ok(Array.isArray(errors) && Array.isArray(errors[0]));
  assert.deepEqual([errors[0][0], errors[0][2], errors[0][3]], [
    "Expected a message with :echo",
    "But received",
    { echo: "nothing" },
  ]);
  const without = examine(echoes["has no payload"], { workload: "echo" });
  const said = new Set(kinds(without));
  assert.deepEqual([...said].sort(), ["Misbehaved", "No echo", "No final read", "Nothing proven"]);
});

test("echo: what a node owed as it was killed is forgiven, and nothing else", () => {
  const faulty = examine(echoes.right, { workload: "echo", ...everyFault });
  assert.ok(faulty.stats["fail-count"] > 0);
  const { "ok-count": ok, "error-count": errors } = workloadOf(faulty);
  assert.deepEqual([ok, errors], [faulty.stats["ok-count"], 0]);
});

test("unique-ids: ids by the clock alone, ids that come again after a restart, and one for everybody are caught", () => {
  const clock = examine(generators["by the clock alone"], { workload: "unique-ids", rate: 200 });
  assert.deepEqual(kinds(clock), ["Repeated"]);
  assert.deepEqual(kinds(examine(generators["again after a restart"], { workload: "unique-ids" })), []);
  const restart = examine(generators["again after a restart"], { workload: "unique-ids", ...everyFault });
  assert.deepEqual(kinds(restart), ["Repeated"]);
  const nulls = examine(generators["null to everybody"], { workload: "unique-ids" });
  const { count, "ok-count": ok } = nulls.stats;
  assert.deepEqual(nulls.failures, [
    `Repeated: 1 id was given more than once: null (${ok} times, by n0, n1, n2, n3, n4).`,
  ]);
  assert.deepEqual(workloadOf(nulls), {
    valid: false,
    "attempted-count": count,
    "acknowledged-count": ok,
    "duplicated-count": 1,
    duplicated: { null: ok },
    range: [null, null],
    "no-final-read": [],
    unanswered: [],
    "violation-count": 0,
    violations: [],
  });
});

test("g-set: a node that forgets at a pause, one that makes strings of numbers, and one that reads twice are caught", () => {
  const pauses: Partial<Settings> = { workload: "g-set", nemesis: ["pause"], nemesisIntervalS: 5 };
  assert.deepEqual(kinds(examine(sets.right, pauses)), []);
  assert.deepEqual(kinds(examine(sets["forgets at a pause"], pauses)), ["Missing", "Partial"]);
  const strings = examine(sets["makes strings of numbers"], { workload: "g-set" });
  assert.deepEqual(kinds(strings), ["Lost", "Phantom", "Missing"]);
  assert.deepEqual(kinds(examine(sets["reads twice"], { workload: "g-set" })), ["Duplicated"]);
});

test("g-set: results are those of a set, and count additions", () => {
  const results = examine(undefined, { workload: "g-set" });
  const { stats } = JSON.parse(JSON.stringify(asJson(results)));
  assert.deepEqual(Object.keys(stats["by-f"]), ["add", "read"]);
  assert.equal(results.workload["stable-count"], stats["by-f"].add.count);
  assert.ok((results["true-latencies"]?.["1"] ?? 0) > 0);
  assert.equal(results.settings.workload, "g-set");
});

test("g-counter: what comes twice and is counted twice is caught, and what is lost", () => {
  const sound = examine(counters["counts what it hears"], { workload: "g-counter" });
  assert.deepEqual(kinds(sound), []);
  const doubled = examine(counters["counts what it hears"], {
    ...{ workload: "g-counter", nemesis: ["duplicate"], duplicateShare: 0.5 },
  });
  assert.ok(["Wrong sum", "Disagree", "Impossible"].every((kind) => kinds(doubled).includes(kind)));
  const lost = examine(counters["counts what it hears"], { workload: "g-counter", nemesis: ["loss"] });
  assert.deepEqual(kinds(lost), ["Wrong sum", "Disagree"]);
});

test("g-counter: nodes that keep the largest sum agree on a wrong one, and a sum that shrinks is caught", () => {
  const largest = examine(counters["keeps the largest sum"], { workload: "g-counter" });
  assert.deepEqual(kinds(largest), ["Wrong sum"]);
  const last = examine(counters["takes the sum that it heard last"], { workload: "g-counter", rate: 50 });
  assert.ok(kinds(last).includes("Decreased"));
  assert.match(last.failures.at(-1) ?? "", /^Decreased: n\d read \d+ at \d+\.\d s, after it had read \d+/);
});

test("pn-counter: nodes that keep the largest sum, of all or of each, are caught where something is taken away", () => {
  assert.deepEqual(kinds(examine(counters["keeps the largest of each node"], { workload: "g-counter" })), []);
  const each = examine(counters["keeps the largest of each node"], { workload: "pn-counter" });
  assert.ok(kinds(each).includes("Wrong sum"));
  assert.ok(
    kinds(examine(counters["keeps the largest sum"], { workload: "pn-counter" })).includes("Wrong sum"),
  );
  // A sum may go down where something is taken away.
  assert.deepEqual(kinds(examine(counters.right, { workload: "pn-counter" })), []);
});

test("counters: results say the final reads and what is acceptable, as Maelstrom's do", () => {
  const results = examine(undefined, { workload: "pn-counter" });
  const { acceptable, "final-reads": reads, ...more } = workloadOf(results);
  assert.ok(Array.isArray(reads) && reads.length === 5 && new Set(reads).size === 1);
  assert.deepEqual(acceptable, [[reads[0], reads[0]]]);
  assert.deepEqual(more, {
    ...{ valid: true, errors: null, impossible: [], decreased: [], "at-risk-count": 0 },
    ...{ "no-final-read": [], unanswered: [], "violation-count": 0, violations: [] },
  });
  const json = JSON.parse(JSON.stringify(asJson(results)));
  assert.deepEqual(Object.keys(json.stats["by-f"]), ["add", "read"]);
  // Latencies are of values, and there are none.
  assert.equal("true-latencies" in json, false);
  assert.equal(json.net["msgs-per-value"] > 0, true);
});
