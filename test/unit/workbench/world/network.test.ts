/** The simulated network: order, latency, partitions, loss, duplicates, paused and dead nodes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Envelope } from "../../../../lib/core/message.ts";
import { seeded } from "../../../../lib/core/random.ts";
import { completeGrudge } from "../../../../lib/workbench/faults/grudge.ts";
import { latency } from "../../../../lib/workbench/world/lines/latency.ts";
import { weigh } from "../../../../lib/workbench/world/loads.ts";
import { Network, type NetworkObserver, PAUSED_QUEUE_MAX } from "../../../../lib/workbench/world/network.ts";
import { VirtualScheduler } from "../../../../lib/workbench/world/scheduler.ts";

/** A network of n0, n1, n2 and client c0 that notes every arrival as "who<-what@when". */
function world(latencies: readonly number[], bandwidthBps?: number, observer?: NetworkObserver) {
  const scheduler = new VirtualScheduler();
  const arrivals: string[] = [];
  const unknown: string[] = [];
  let drawn = 0;
  const network = new Network({
    scheduler,
    latency: () => latencies[drawn++ % latencies.length] ?? 0,
    bandwidthBps,
    observer,
    random: seeded(1),
    onUnknownDestination: (node, destination) => unknown.push(`${node}->${destination}`),
  });
  const note = ({ dest, body }: Envelope): void => {
    arrivals.push(`${dest}<-${body.type}@${scheduler.now()}`);
  };
  for (const id of ["n0", "n1", "n2"]) {
    network.addNode(id, note);
    network.up(id);
  }
  network.addClient("c0", note);
  const send = (src: string, dest: string, type: string): void => network.send({ src, dest, body: { type } });
  return { scheduler, network, arrivals, unknown, send };
}

test("latency(): constant is the mean, uniform whole from 0 to twice the mean, exponential whole with about the mean", () => {
  assert.equal(latency("constant", 12.5, seeded(1))(), 12.5);
  const draw = (dist: "uniform" | "exponential"): number[] => {
    const next = latency(dist, 100, seeded(1));
    return Array.from({ length: 20_000 }, next);
  };
  const mean = (list: number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
  const [uniform, exponential] = [draw("uniform"), draw("exponential")];
  assert.deepEqual([Math.min(...uniform), Math.max(...uniform)], [0, 200]);
  assert.ok(Math.abs(mean(uniform) - 100) < 2);
  assert.ok(Math.abs(mean(exponential) - 99.5) < 2);
  assert.ok([...uniform, ...exponential].every(Number.isInteger));
});

test("Network: a slow node or link makes messages late, both ways and together, until it is slow no more", () => {
  const { scheduler, network, arrivals, send } = world([10]);
  const all = (): string[] => {
    for (const [src, dest] of [["n0", "n1"], ["n1", "n0"], ["n1", "n2"]] as const) send(src, dest, "m");
    scheduler.run();
    return arrivals.splice(0);
  };
  network.setSlow("n0-n1", 100);
  assert.deepEqual(all(), ["n2<-m@10", "n1<-m@110", "n0<-m@110"]);
  network.setSlow("n0", 1_000);
  assert.deepEqual(all(), ["n2<-m@120", "n1<-m@1220", "n0<-m@1220"]);
  network.setSlow("n0-n1", 0);
  network.setSlow("n0", 0);
  assert.deepEqual(all(), ["n1<-m@1230", "n0<-m@1230", "n2<-m@1230"]);
});

test("Network: an observer is told of messages as they leave, and of copies as such", () => {
  const left: string[] = [];
  const { scheduler, network, send } = world([10], undefined, {
    left: ({ envelope: { dest }, sentAt, dueAt, copy }) =>
      left.push(`${dest} ${sentAt} ${dueAt} ${copy ?? false}`),
    passed: () => {},
    became: () => {},
    parted: () => {},
  });
  send("n0", "n1", "m");
  network.setDuplicates(1);
  send("n0", "n2", "m");
  network.setDuplicates(0);
  network.setLoss(1);
  send("n0", "n1", "m");
  scheduler.run();
  assert.deepEqual(left, ["n1 0 10 false", "n2 0 10 false", "n2 0 10 true"]);
});

test("Network: between nodes a message takes its latency, with a client none", () => {
  const { scheduler, arrivals, send } = world([100]);
  send("n0", "n1", "slow");
  send("c0", "n2", "ask");
  send("n2", "c0", "answer");
  scheduler.run();
  assert.deepEqual(arrivals, ["n2<-ask@0", "c0<-answer@0", "n1<-slow@100"]);
});

test("Network: what the receiver holds delays what comes later, clients' requests too; what waits goes by deadline", () => {
  const { scheduler, arrivals, send } = world([100, 500, 20]);
  send("n0", "n1", "held");
  send("n0", "n1", "slow");
  scheduler.run(10);
  send("n0", "n1", "quick");
  send("c0", "n1", "ask");
  scheduler.run();
  assert.deepEqual(arrivals, ["n1<-held@100", "n1<-ask@100", "n1<-quick@100", "n1<-slow@500"]);
});

test("Network: a line with a bandwidth carries one message after the other, each way by itself, and latency comes on top", () => {
  const { scheduler, arrivals, send } = world([100], 8_000);
  const ms = weigh({ src: "n0", dest: "n1", body: { type: "first" } });
  send("n0", "n1", "first");
  send("n0", "n1", "later");
  send("n1", "n0", "other");
  send("n0", "n2", "third");
  send("c0", "n1", "ask");
  scheduler.run(500);
  send("n0", "n1", "again");
  scheduler.run();
  assert.deepEqual(arrivals, [
    "n1<-ask@0",
    ...["n1<-first", "n0<-other", "n2<-third"].map((arrival) => `${arrival}@${ms + 100}`),
    `n1<-later@${2 * ms + 100}`,
    `n1<-again@${500 + ms + 100}`,
  ]);
});

test("Network: while a long message is on a line with a bandwidth, its receiver sees parts of it, unless it is cut off", () => {
  const { scheduler, network } = world([0], 8_000);
  const seen: string[] = [];
  network.addNode("n3", () => {}, (src) => seen.push(`${src}@${scheduler.now()}`));
  network.up("n3");
  network.send({ src: "n0", dest: "n3", body: { type: "x".repeat(100) } });
  scheduler.run(60);
  network.partition(completeGrudge([["n0"], ["n3"]]));
  scheduler.run(120);
  network.heal();
  scheduler.run();
  assert.deepEqual(seen, ["n0@50"]);
});

test("Network: the grudge is tested when the receiver takes a message, not when it is sent", () => {
  const { scheduler, network, arrivals, send } = world([100]);
  send("n0", "n1", "held");
  send("n0", "n1", "waiting");
  network.partition(completeGrudge([["n0"], ["n1"]]));
  send("n0", "n2", "elsewhere");
  send("c0", "n1", "ask");
  scheduler.run();
  assert.deepEqual(arrivals, ["n1<-held@100", "n2<-elsewhere@100", "n1<-ask@100"]);
  assert.equal(network.traffic.mishaps.partition, 1);
  network.heal();
  send("n0", "n1", "healed");
  scheduler.run();
  assert.equal(arrivals.at(-1), "n1<-healed@200");
});

test("Network: a one-way grudge drops one way", () => {
  const { scheduler, network, arrivals, send } = world([0]);
  network.partition(new Map([["n1", new Set(["n0"])]]));
  send("n0", "n1", "there");
  send("n1", "n0", "back");
  scheduler.run();
  assert.deepEqual(arrivals, ["n0<-back@0"]);
});

test("Network: a killed node's queue is dropped, and what comes until it is up", () => {
  const { scheduler, network, arrivals, send } = world([100]);
  send("n0", "n1", "held");
  send("n0", "n1", "waiting");
  network.down("n1");
  send("n0", "n1", "too early");
  scheduler.run(50);
  network.up("n1");
  send("n0", "n1", "after");
  scheduler.run();
  assert.deepEqual(arrivals, ["n1<-after@150"]);
  assert.equal(network.traffic.mishaps.down, 1);
});

test("Network: a paused node receives nothing until it is resumed, and then everything, up to PAUSED_QUEUE_MAX", () => {
  const { scheduler, network, arrivals, send } = world([10]);
  send("n0", "n1", "held");
  network.pause("n1");
  for (let i = 0; i < PAUSED_QUEUE_MAX + 3; i++) send("n0", "n1", "waiting");
  scheduler.run(1000);
  assert.deepEqual(arrivals, []);
  network.up("n1");
  scheduler.run();
  assert.equal(arrivals.length, 1 + PAUSED_QUEUE_MAX);
  assert.equal(arrivals[0], "n1<-held@1000");
  assert.equal(network.traffic.mishaps.overflow, 3);
});

test("Network: what a node's host had to drop is a mishap, and was not received", () => {
  const { scheduler, network, send } = world([0]);
  network.addNode("n3", () => false);
  network.up("n3");
  send("n0", "n3", "a");
  scheduler.run();
  const { servers, mishaps } = network.traffic;
  assert.deepEqual([servers["send-count"], servers["recv-count"], mishaps.overflow], [1, 0, 1]);
});

test("Network: loss and duplicates touch about their share between nodes, and clients not at all", () => {
  const { scheduler, network, arrivals, send } = world([1]);
  network.setLoss(0.2);
  network.setDuplicates(0.5);
  for (let i = 0; i < 1000; i++) {
    send("n0", "n1", "tell");
    send("c0", "n2", "ask");
  }
  scheduler.run();
  const { loss, duplicated } = network.traffic.mishaps;
  assert.ok(loss > 150 && loss < 250 && duplicated > 340 && duplicated < 460);
  assert.equal(arrivals.filter((arrival) => arrival.startsWith("n2")).length, 1000);
  assert.deepEqual(network.traffic.servers, { "send-count": 1000, "recv-count": 1000 - loss + duplicated });
});

test("Traffic: counts nodes, clients and the observer apart, nodes by type; a message to nobody is told", () => {
  const { scheduler, network, unknown, send } = world([1]);
  network.addClient("c-observer-0", () => {});
  send("n0", "n1", "delta");
  send("n0", "n1", "ack");
  send("c0", "n1", "read");
  send("c-observer-0", "n1", "read");
  send("n0", "n9", "delta");
  scheduler.run();
  const { servers, clients, observer, byType } = network.traffic;
  assert.deepEqual([servers, clients, observer].map((flow) => flow["send-count"]), [2, 1, 1]);
  assert.deepEqual(byType.map(([type, flow]) => [type, flow["recv-count"]]), [["ack", 1], ["delta", 1]]);
  assert.deepEqual(unknown, ["n0->n9"]);
});

test("Network: an observer is told how each message to a node ended, of cuts and heals, and of nodes up and down", () => {
  const told: string[] = [];
  const { scheduler, network, send } = world([100], undefined, {
    passed: ({ envelope: { src, dest, body }, sentAt, endedAt, dropped = "received" }) =>
      told.push(`${src}->${dest} ${body.type} ${sentAt}-${endedAt} ${dropped}`),
    became: (node, state, at) => told.push(`${node} ${state} ${at}`),
    parted: (grudge, at) => told.push(`${grudge.size} ${at}`),
  });
  told.length = 0;
  send("n0", "n1", "whole");
  scheduler.run(150);
  network.partition(completeGrudge([["n0"], ["n1"]]));
  send("n0", "n1", "cut");
  network.heal();
  send("n0", "n2", "held");
  send("n0", "n2", "waiting");
  scheduler.run(160);
  network.down("n2");
  send("c0", "n2", "late");
  assert.deepEqual(told, [
    "n0->n1 whole 0-100 received",
    "2 150",
    "n0->n1 cut 150-150 partition",
    "0 150",
    "n2 down 160",
    "n0->n2 held 150-160 down",
    "n0->n2 waiting 150-160 down",
    "c0->n2 late 160-160 down",
  ]);
});
