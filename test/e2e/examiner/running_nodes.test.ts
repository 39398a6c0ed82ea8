/** The examiner and nodes that run already: watched over TCP, cut by others, counted by themselves, killed by others. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../lib/core/message.ts";
import { Examination } from "../../../lib/workbench/examination.ts";
import type { ExaminationProgress } from "../../../lib/workbench/progress.ts";
import { type Cuts, realPartitioner } from "../../../lib/workbench/faults/partitioner.ts";
import { remoteHosts } from "../../../lib/workbench/world/running/remote.ts";
import type { Results } from "../../../lib/workbench/verdict/results.ts";
import { RealScheduler } from "../../../lib/workbench/world/scheduler.ts";
import { defaults, type Settings } from "../../../lib/workbench/settings.ts";
import { FakeCluster, type FakeOptions, type Spoil } from "../fixtures/fake_cluster.ts";
import type { Address } from "../../../transports/address.ts";

const ids = ["a", "b", "n-3"];
const FIRST = 1_700_000_000_000_000;

interface Given {
  readonly settings?: Partial<Settings>;
  readonly cuts?: (cluster: FakeCluster) => Cuts;
  readonly onProgress?: (progress: ExaminationProgress, cluster: FakeCluster) => void;
}

/** What a median may take on a busy machine, ms: a few are enough elsewhere. */
const BUSY_MS = 1_000;
/** Values that are on their way at the end of the load have that long to arrive on a busy machine, s. */
const RECOVERY_S = 1.5;
/** A timer may ring that much too early, ms. */
const TIMER_EARLY_MS = 2;

const noCuts: Cuts = { partition: () => assert.fail(), heal: () => assert.fail() };

/** Examines a cluster at these addresses for a second. */
async function examineAt(
  addresses: ReadonlyMap<string, Address>,
  cuts: Cuts,
  changes: Partial<Settings> = {},
  onProgress: (progress: ExaminationProgress) => void = () => {},
): Promise<Results> {
  const nodes = [...addresses.keys()];
  const short = { nodeCount: nodes.length, rate: 100, timeLimitS: 1, recoveryS: RECOVERY_S };
  const settings: Settings = { ...defaults, ...short, ...changes };
  const scheduler = new RealScheduler();
  const partitioner = (network: Parameters<typeof realPartitioner>[1]) => realPartitioner(cuts, network);
  const running = { nodes, firstValue: FIRST, partitioner };
  const hosts = remoteHosts(addresses, scheduler);
  const results = await new Promise<Results>((resolve) => {
    new Examination({ settings, scheduler, hosts, seesInside: true, running, onProgress }).start(resolve);
  });
  scheduler.close();
  return results;
}

async function withCluster<T>(
  options: FakeOptions,
  use: (cluster: FakeCluster, addresses: ReadonlyMap<string, Address>) => Promise<T>,
): Promise<T> {
  const cluster = new FakeCluster(ids, options);
  const addresses = await cluster.start();
  try {
    return await use(cluster, addresses);
  } finally {
    await cluster.stop();
  }
}

function examine(options: FakeOptions, given: Given = {}): Promise<Results> {
  return withCluster(options, (cluster, addresses) => {
    const cuts = given.cuts?.(cluster) ?? noCuts;
    return examineAt(addresses, cuts, given.settings, (progress) => given.onProgress?.(progress, cluster));
  });
}

test("a running cluster is examined under its own ids; what it held before is passed over", async () => {
  await withCluster({}, async (cluster, addresses) => {
    cluster.node("a").broadcast("held before");
    cluster.node("b").broadcast(7);
    const { failures, workload, watched, ...results } = await examineAt(addresses, noCuts);
    assert.deepEqual([failures, watched], [[], true]);
    assert.equal(workload["stable-count"], workload["attempt-count"]);
    assert.ok(workload["stable-count"] > 20);
    assert.ok((results["true-latencies"]?.["0.5"] ?? Infinity) < BUSY_MS);
  });
});

test("a running cluster counts for itself: messages by type, and bytes, since the load began", async () => {
  await withCluster({}, async (cluster, addresses) => {
    cluster.node("a").broadcast(1);
    let before: ReadonlyMap<string, number> | undefined;
    let bytesBefore = 0;
    const { net, stats } = await examineAt(addresses, noCuts, {}, ({ phase }) => {
      if (phase !== "main" || before !== undefined) return;
      // The first progress of the main phase comes within 250 ms of its beginning.
      before = new Map(cluster.sent);
      bytesBefore = cluster.bytesSent;
    });
    const all = [...cluster.sent.values()].reduce((sum, count) => sum + count, 0);
    const { bytes } = net;
    assert.ok(bytes !== undefined && before !== undefined);
    assert.ok((net["servers-by-type"]["delta"]?.["send-count"] ?? 0) > 0);
    const missed = [...before.values()].reduce((sum, count) => sum + count, 0);
    const counted = net.servers["send-count"];
    assert.ok(counted <= all && counted >= all - missed, `${all - missed} <= ${counted} <= ${all}`);
    assert.ok(bytes.sent <= cluster.bytesSent && bytes.sent >= cluster.bytesSent - bytesBefore);
    const values = stats["by-f"].broadcast.count;
    assert.equal(net["msgs-per-value"], Math.round(counted / values * 1e6) / 1e6);
    assert.equal(bytes["per-value"], Math.round(bytes.sent / values * 1e6) / 1e6);
    assert.deepEqual(net.undercounted, []);
  });
});

/** Changes what reads give at one node. */
function reading(change: (values: readonly Json[]) => readonly Json[]): Spoil {
  return (id, envelope) => {
    const messages = envelope.body["messages"];
    if (id !== "b" || !Array.isArray(messages)) return envelope;
    return { ...envelope, body: { ...envelope.body, messages: change(messages) } };
  };
}

/** Changes the digest that one node shows. */
function digesting(digest: string): Spoil {
  return (id, it) =>
    id === "b" && it.body.type === "status_ok" ? { ...it, body: { ...it.body, digest } } : it;
}

const flaws: readonly (readonly [Spoil, string])[] = [
  [reading((values) => values.filter((value) => value !== FIRST)), "Missing: 1 value"],
  [reading((values) => [...values, FIRST]), "Duplicated: 1 value"],
  [reading((values) => values.length > 3 ? [...values, "invented"] : values), "Phantom: 1 value"],
  [
    digesting("0123456789abcdef"),
    "Disagree: by their own digests these nodes hold other values than are read: b.",
  ],
];

test("a running cluster that loses, doubles or invents a value, or shows another digest, is caught", async () => {
  const found = await Promise.all(flaws.map(async ([spoil, beginning]) => {
    const { valid, failures } = await examine({ spoil });
    return [valid, failures.find((failure) => failure.startsWith(beginning)) !== undefined, beginning];
  }));
  assert.deepEqual(found, flaws.map(([, beginning]) => [false, true, beginning]));
});

/** Cuts that take a while, as those of sidecars do. */
function slowCuts(cluster: FakeCluster, ms: number, log: string[] = []): Cuts {
  const later = (what: string, act: () => void) =>
    new Promise<void>((resolve) =>
      setTimeout(() => {
        act();
        log.push(what);
        resolve();
      }, ms)
    );
  return {
    partition: (grudge) => later("cut", () => void (cluster.grudge = grudge)),
    heal: () => later("heal", () => void (cluster.grudge = new Map())),
  };
}

test("a real cut counts from when it is certain, and so does the heal; what is left cut is healed first", async () => {
  const log: string[] = [];
  const settings: Partial<Settings> = {
    nemesis: ["partition"],
    grudge: "a|rest",
    timeLimitS: 2,
    nemesisIntervalS: 60,
    recoveryS: 3,
  };
  const given = { settings, cuts: (cluster: FakeCluster) => slowCuts(cluster, 300, log) };
  const { failures, nemesis, ...results } = await examine({}, given);
  assert.deepEqual([failures, log], [[], ["heal", "cut", "heal"]]);
  const [start, stop] = nemesis;
  assert.deepEqual(nemesis.map(({ what, detail }) => [what, detail]), [["start", "a | b,n-3"], [
    "stop",
    "healed",
  ]]);
  assert.ok(start !== undefined && start["at-ms"] >= 300 - TIMER_EARLY_MS);
  assert.ok(stop !== undefined && stop["at-ms"] >= 2300 - TIMER_EARLY_MS && start["at-ms"] < stop["at-ms"]);
  const [heal] = results["everywhere-after-heal-ms"];
  assert.equal(heal?.["at-ms"], stop["at-ms"]);
  assert.ok(heal.ms !== null);
  assert.ok(results["during-cuts"]["reachable-count"] > 5);
  assert.equal(results["during-cuts"]["never-reachable-count"], 0);
});

test("a cut or a heal that fails is a failure of the examination; without a first heal it does not begin", async () => {
  const settings: Partial<Settings> = { nemesis: ["partition"], grudge: "a|rest" };
  let heals = 0;
  const failing = (what: string): Cuts => ({
    partition: () => what === "cut" ? Promise.reject(new Error("no cut")) : Promise.resolve(),
    heal: () => what === "heal" && heals++ > 0 ? Promise.reject(new Error("no heal")) : Promise.resolve(),
  });
  const [uncut, unhealed, unbegun] = await Promise.all([
    examine({}, { settings, cuts: () => failing("cut") }),
    examine({}, { settings, cuts: () => failing("heal") }),
    examine({}, {
      settings,
      cuts: () => ({ ...noCuts, heal: () => Promise.reject(new Error("no sidecar")) }),
    }),
  ]);
  assert.deepEqual(uncut.failures, ["Partition a | b,n-3: no cut."]);
  assert.deepEqual(unhealed.failures, ["Heal: no heal."]);
  assert.deepEqual([unbegun.failures, unbegun.stats.count], [["Setup: no sidecar."], 0]);
});

/** Kills b once in the main phase, and starts it again when the load is over. */
function outage(): (progress: ExaminationProgress, cluster: FakeCluster) => void {
  let state: "up" | "down" | "over" = "up";
  return ({ phase, acknowledged }, cluster) => {
    if (state === "up" && phase === "main" && acknowledged > 30) {
      state = "down";
      cluster.node("b").kill();
    } else if (state === "down" && phase === "recovery") {
      state = "over";
      cluster.node("b").start();
    }
  };
}

const killed: Partial<Settings> = { timeLimitS: 2 };

test("a node that is killed and started from outside: an outage, counts that are lower bounds, and nothing lost", async () => {
  await Promise.all((["memory", "durable"] as const).map(async (storage) => {
    const given = { settings: killed, onProgress: outage() };
    const { failures, nemesis, stats, net, workload, ...results } = await examine({ storage }, given);
    assert.deepEqual(failures, []);
    const happened = nemesis.map(({ fault, what }) => [fault, what]);
    assert.deepEqual(happened, [["outage of b", "start"], ["outage of b", "stop"]]);
    assert.match(nemesis[0]?.detail ?? "", /^127\.0\.0\.1:\d+ closed the connection$/);
    // While it is out of reach it is asked nothing.
    assert.ok(stats["fail-count"] > 3 && stats["info-count"] <= 1);
    assert.deepEqual(net.undercounted, ["b"]);
    const broadcasts = stats["by-f"].broadcast;
    const cost = net.servers["send-count"] / (broadcasts.count - broadcasts["fail-count"]);
    assert.equal(net["msgs-per-value"], Math.round(cost * 1e6) / 1e6);
    assert.equal(workload["at-risk-count"] > 0, storage === "memory");
    assert.equal(typeof results["everywhere-after-heal-ms"][0]?.ms, "number");
  }));
});

test("a durable node that comes back without what it alone held has lost it; a node in memory may", async () => {
  // b's values do not get out before it is killed.
  const losing = async (storage: "memory" | "durable") => {
    const step = outage();
    return await examine({ storage: "memory", spoil: claiming(storage) }, {
      settings: killed,
      onProgress(progress, cluster) {
        if (progress.phase === "setup") {
          cluster.grudge = new Map([["a", new Set(["b"])], ["n-3", new Set(["b"])]]);
        }
        if (progress.phase === "recovery") cluster.grudge = new Map();
        step(progress, cluster);
      },
    });
  };
  const [memory, durable] = await Promise.all([losing("memory"), losing("durable")]);
  assert.deepEqual(memory.failures, []);
  assert.ok(memory.workload["forgiven-count"] > 0);
  assert.equal(durable.workload["lost-count"], durable.workload["not-in-final-read-count"]);
  assert.match(durable.failures[0] ?? "", /^Lost: /);
});

/** Says of the storage what is not so. */
function claiming(storage: string): Spoil {
  return (_id, it) => it.body.type === "status_ok" ? { ...it, body: { ...it.body, storage } } : it;
}

test("a node that is out of reach at the end is a failure that says why", async () => {
  const { failures, net } = await examine({}, {
    onProgress({ phase, acknowledged }, cluster) {
      if (phase === "main" && acknowledged > 10) cluster.node("n-3").kill();
    },
  });
  assert.deepEqual(net.undercounted, ["n-3"]);
  assert.equal(failures[0], "No final read: it failed at n-3.");
  assert.match(
    failures[1] ?? "",
    /^Out of reach at the end: n-3: 127\.0\.0\.1:\d+ refuses the connection: nothing listens there\.$/,
  );
});
