/** The nemesis and the nodes under it: what is struck, when, and that all is mended in the end. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../../../lib/core/random.ts";
import { Clients } from "../../../../lib/workbench/load/client.ts";
import { Cluster } from "../../../../lib/workbench/cluster.ts";
import { STALL_EVERY_MS, STALL_MS_MAX, victimsMax } from "../../../../lib/workbench/faults/injectors.ts";
import { Nemesis, type NemesisEvent } from "../../../../lib/workbench/faults/nemesis.ts";
import { INIT_TIMEOUT_MS } from "../../../../lib/workbench/introduction.ts";
import { Network } from "../../../../lib/workbench/world/network.ts";
import { simulatedPartitioner } from "../../../../lib/workbench/faults/partitioner.ts";
import { VirtualScheduler } from "../../../../lib/workbench/world/scheduler.ts";
import { defaults, type Settings } from "../../../../lib/workbench/settings.ts";
import { Violations } from "../../../../lib/workbench/verdict/violations.ts";
import type { Host, HostEvents } from "../../../../lib/workbench/world/world.ts";

/** A host that notes what is done to it and answers every request with its ok, or nothing while `mute`. */
class NotingHost implements Host {
  readonly #id: string;
  readonly #events: HostEvents;
  readonly #notes: string[];
  readonly #mute: () => boolean;

  constructor(id: string, events: HostEvents, notes: string[], mute: () => boolean) {
    this.#id = id;
    this.#events = events;
    this.#notes = notes;
    this.#mute = mute;
  }

  receive({ src, body }: Parameters<Host["receive"]>[0]): void {
    this.#notes.push(`${this.#id} ${body.type}`);
    if (this.#mute()) return;
    const reply = { type: `${body.type}_ok`, in_reply_to: body.msg_id ?? 0 };
    this.#events.sent({ src: this.#id, dest: src, body: reply });
  }

  start(): void {
    this.#notes.push(`${this.#id} start`);
  }

  kill(): void {
    this.#notes.push(`${this.#id} kill`);
  }

  pause(): void {
    this.#notes.push(`${this.#id} pause`);
  }

  resume(): void {
    this.#notes.push(`${this.#id} resume`);
  }

  failDisk(fault: string | undefined): void {
    this.#notes.push(`${this.#id} disk ${fault}`);
  }

  stall(ms: number): void {
    assert.ok(ms >= 0 && ms <= STALL_MS_MAX);
    this.#notes.push(`${this.#id} stall`);
  }

  stop(): void {
    this.#notes.push(`${this.#id} stop`);
  }
}

function world(
  changes: Partial<Settings> = {},
  partitionerOf: typeof simulatedPartitioner = simulatedPartitioner,
) {
  const settings: Settings = { ...defaults, ...changes };
  const nodes = Array.from({ length: settings.nodeCount }, (_, i) => `n${i}`);
  const scheduler = new VirtualScheduler();
  const network = new Network({
    scheduler,
    latency: () => 0,
    random: seeded(1),
    onUnknownDestination: () => {},
  });
  const [notes, events, forgot]: [string[], NemesisEvent[], string[]] = [[], [], []];
  const violations = new Violations();
  const state = { mute: false };
  const elapsed = (): number => scheduler.now();
  const cluster = new Cluster({
    ids: nodes,
    hosts: (id, hostEvents) => new NotingHost(id, hostEvents, notes, () => state.mute),
    scheduler,
    network,
    clients: new Clients(network, scheduler),
    topology: {},
    violations,
    elapsed,
    onDelivered: () => {},
    onMemoryLost: (node) => forgot.push(node),
    onLost: () => {},
    onOutage: () => {},
  });
  const nemesis = new Nemesis({
    settings,
    nodes,
    scheduler,
    network,
    partitioner: partitionerOf(network),
    cluster,
    elapsed,
    script: [],
    perform: () => assert.fail("no script, no operation"),
    setRate: () => assert.fail("no script, no rate"),
    onEvent: (it) => events.push(it),
    onFailure: (sentence) => assert.fail(sentence),
  });
  return { settings, nodes, scheduler, network, cluster, nemesis, notes, events, forgot, violations, state };
}

test("Cluster: start() sends every node init, and topology once all have answered", () => {
  const { cluster, scheduler, notes } = world({ nodeCount: 2 });
  let unanswered: readonly string[] | undefined;
  cluster.start((who) => unanswered = who);
  scheduler.run();
  assert.deepEqual(unanswered, []);
  assert.deepEqual(notes, ["n0 start", "n1 start", "n0 init", "n1 init", "n0 topology", "n1 topology"]);
  assert.ok(cluster.isUp("n0"));
});

test("Cluster: a killed node is down until it has answered init and topology again", () => {
  const { cluster, scheduler, notes, forgot } = world({ nodeCount: 1 });
  cluster.start(() => {});
  scheduler.run();
  notes.length = 0;
  assert.deepEqual([cluster.kill("n0"), cluster.kill("n0"), cluster.isUp("n0")], [true, false, false]);
  assert.deepEqual([cluster.restart("n0"), cluster.restart("n0"), cluster.isUp("n0")], [true, false, false]);
  scheduler.run();
  assert.ok(cluster.isUp("n0"));
  assert.deepEqual(notes, ["n0 kill", "n0 start", "n0 init", "n0 topology"]);
  assert.deepEqual(forgot, ["n0"]);
});

test("Cluster: a restarted node that does not answer init within INIT_TIMEOUT_MS is accused", () => {
  const { cluster, scheduler, violations, state } = world({ nodeCount: 1 });
  cluster.start(() => {});
  scheduler.run();
  const before = scheduler.now();
  cluster.kill("n0");
  state.mute = true;
  cluster.restart("n0");
  scheduler.run(before + INIT_TIMEOUT_MS - 1);
  assert.equal(violations.count, 0);
  scheduler.run();
  assert.deepEqual(violations.kept.map(({ node, kind }) => [node, kind]), [["n0", "init-unanswered"]]);
  assert.equal(cluster.isUp("n0"), false);
});

test("Cluster: a node that is killed while it starts starts afresh and nobody is accused", () => {
  const { cluster, scheduler, violations, state } = world({ nodeCount: 1 });
  cluster.start(() => {});
  scheduler.run();
  cluster.kill("n0");
  state.mute = true;
  cluster.restart("n0");
  scheduler.run(scheduler.now() + 5);
  cluster.kill("n0");
  state.mute = false;
  cluster.restart("n0");
  scheduler.run();
  assert.deepEqual([cluster.isUp("n0"), violations.count], [true, 0]);
});

test("Cluster: a request is excused if its node was paused or down at any time since", () => {
  const { cluster, scheduler } = world({ nodeCount: 1 });
  cluster.start(() => {});
  scheduler.run(100);
  assert.equal(cluster.wasDisturbed("n0", 100), false);
  scheduler.run(200);
  cluster.pause("n0");
  assert.equal(cluster.wasDisturbed("n0", 201), true);
  cluster.resume("n0");
  assert.deepEqual([cluster.wasDisturbed("n0", 150), cluster.wasDisturbed("n0", 201)], [true, false]);
});

test("Nemesis: strikes first at once, then on and off with gaps up to twice the interval, and mends all when stopped", () => {
  const { cluster, nemesis, scheduler, events, network } = world({
    nemesis: ["partition"],
    nemesisIntervalS: 2,
  });
  cluster.start(() => {});
  scheduler.run(0);
  nemesis.start();
  scheduler.run(400_000);
  nemesis.stop();
  const times = events.map((event) => event["at-ms"]);
  assert.equal(times[0], 0);
  assert.ok(events.every(({ what }, i) => what === (i % 2 === 0 ? "start" : "stop")));
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  assert.ok(gaps.every((gap) => gap <= 4000));
  const mean = 400_000 / gaps.length;
  assert.ok(mean > 1700 && mean < 2300);
  assert.equal(network.grudge.size, 0);
  const count = events.length;
  scheduler.run();
  assert.equal(events.length, count);
});

test("Nemesis: where cuts take time, one is healed only once it is there, and all is mended only once that is done", () => {
  const asked: [what: string, done: () => void][] = [];
  const partitioner = {
    partition: (_grudge: unknown, done: () => void) => void asked.push(["cut", done]),
    heal: (done: () => void) => void asked.push(["heal", done]),
  };
  const { nemesis, scheduler, events } = world(
    { nemesis: ["partition"], nemesisIntervalS: 1 },
    () => partitioner,
  );
  let mended = false;
  nemesis.start();
  // Long after the next turn would have come.
  scheduler.run(10_000);
  nemesis.stop(() => mended = true);
  assert.deepEqual([asked.map(([what]) => what), events], [["cut"], []]);
  asked[0]?.[1]();
  assert.deepEqual([asked.map(([what]) => what), mended, nemesis.interrupting], [
    ["cut", "heal"],
    false,
    true,
  ]);
  scheduler.run(10_500);
  asked[1]?.[1]();
  assert.deepEqual([mended, nemesis.interrupting], [true, false]);
  assert.deepEqual(events.map((event) => [event["at-ms"], event.what]), [[10_000, "start"], [
    10_500,
    "stop",
  ]]);
});

test("Nemesis: cuts of given lengths come one after the other, the interval in between, and no more after them", () => {
  const { nemesis, scheduler, events } = world({
    nemesis: ["partition", "pause"],
    nemesisIntervalS: 2,
    cutsS: [5, 0.5],
    grudge: "n0|rest",
  });
  nemesis.start();
  scheduler.run(100_000);
  const cuts = events.filter(({ fault }) => fault === "partition");
  assert.deepEqual(cuts.map((event) => [event["at-ms"], event.what]), [
    [0, "start"],
    [5000, "stop"],
    [7000, "start"],
    [7500, "stop"],
  ]);
  assert.ok(events.filter(({ fault }) => fault === "pause").length > 10);
});

test("Nemesis: the nodes of a kill are away for as long as was said, and no more are killed after those", () => {
  const settings: Partial<Settings> = { nemesis: ["kill"], nemesisIntervalS: 3, outagesS: [1, 20] };
  const { cluster, nemesis, scheduler, events } = world(settings);
  cluster.start(() => {});
  scheduler.run(0);
  nemesis.start();
  scheduler.run(100_000);
  assert.deepEqual(events.map((event) => [event["at-ms"], event.what]), [
    [0, "start"],
    [1_000, "stop"],
    [4_000, "start"],
    [24_000, "stop"],
  ]);
});

test("Nemesis: kills and pauses strike a minority, and say which nodes they really struck", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 25].map(victimsMax), [1, 1, 1, 1, 2, 12]);
  const { cluster, nemesis, scheduler, events, notes } = world({
    nemesis: ["kill", "pause"],
    nemesisIntervalS: 1,
  });
  cluster.start(() => {});
  scheduler.run(0);
  notes.length = 0;
  nemesis.start();
  scheduler.run(100_000);
  nemesis.stop();
  scheduler.run();
  const struck = (fault: string): number => {
    const details = events.filter((event) => event.fault === fault && event.what === "start").map((
      { detail },
    ) => detail);
    return details.flatMap((detail) => detail === "nobody" ? [] : detail.split(",")).length;
  };
  const noted = (what: string): number => notes.filter((note) => note.endsWith(` ${what}`)).length;
  assert.deepEqual([struck("kill"), struck("pause")], [noted("kill"), noted("pause")]);
  assert.equal(noted("start"), noted("kill"));
  for (const id of ["n0", "n1", "n2", "n3", "n4"]) {
    assert.ok(cluster.isUp(id) && !cluster.wasDisturbed(id, Infinity));
  }
});

test("Nemesis: disks of a minority fail, each in its way, and all work again when it stops", () => {
  const { cluster, nemesis, scheduler, events, notes } = world({ nemesis: ["disk"], nemesisIntervalS: 1 });
  cluster.start(() => {});
  scheduler.run(0);
  notes.length = 0;
  nemesis.start();
  scheduler.run(100_000);
  nemesis.stop();
  const said = events.filter(({ what }) => what === "start").flatMap(({ detail }) => detail.split(", "));
  const failed = notes.filter((note) => !note.endsWith("undefined"));
  assert.deepEqual(said, failed.map((note) => note.replace(" disk", "")));
  assert.ok(failed.some((note) => note.endsWith("full")) && failed.some((note) => note.endsWith("failing")));
  assert.equal(notes.length, 2 * failed.length, "each one works again");
});

test("Nemesis: stalls strike several nodes at one moment, again and again, until it stops", () => {
  const { cluster, nemesis, scheduler, events, notes } = world({
    nemesis: ["stall"],
    nemesisIntervalS: 1_000,
    nodeCount: 9,
  });
  cluster.start(() => {});
  scheduler.run(0);
  notes.length = 0;
  nemesis.start();
  assert.equal(events[0]?.detail, "up to 4 nodes at a time, for up to 150 ms");
  const seen = new Set<number>();
  let most = 0;
  for (let at = 0; at < 400 * STALL_EVERY_MS; at += STALL_EVERY_MS / 10) {
    const before = notes.length;
    scheduler.run(at);
    if (notes.length > before) seen.add(at);
    most = Math.max(most, notes.length - before);
  }
  assert.ok(seen.size > 300 && seen.size < 500, `${seen.size} times`);
  assert.ok(most >= 4, `${most} at a time`);
  nemesis.stop();
  const stopped = notes.length;
  scheduler.run();
  assert.equal(notes.length, stopped);
});

test("Nemesis: loss and duplicates are on throughout, and off at the end", () => {
  const { cluster, nemesis, scheduler, events, network } = world({
    nemesis: ["loss", "duplicate"],
    lossShare: 1,
  });
  cluster.start(() => {});
  scheduler.run(0);
  nemesis.start();
  assert.deepEqual(events.map(({ fault, what, detail }) => [fault, what, detail]), [
    ["loss", "start", "100 %"],
    ["duplicate", "start", "10 %"],
  ]);
  network.send({ src: "n0", dest: "n1", body: { type: "x" } });
  assert.equal(network.traffic.mishaps.loss, 1);
  nemesis.stop();
  network.send({ src: "n0", dest: "n1", body: { type: "x" } });
  assert.equal(network.traffic.mishaps.loss, 1);
});

test("Nemesis: each fault has chance of its own, so that one more changes nothing for another", () => {
  const striking = (nemesis: Settings["nemesis"]): NemesisEvent[] => {
    const it = world({ nemesis });
    it.cluster.start(() => {});
    it.scheduler.run(0);
    it.nemesis.start();
    it.scheduler.run(100_000);
    return it.events;
  };
  const times = (events: NemesisEvent[], only: string): number[] =>
    events.filter(({ fault }) => fault === only).map((event) => event["at-ms"]);
  const all = striking(["kill", "partition", "pause"]);
  assert.deepEqual(striking(["partition"]), all.filter(({ fault }) => fault === "partition"));
  assert.notDeepEqual(times(all, "kill"), times(all, "pause"));
});
