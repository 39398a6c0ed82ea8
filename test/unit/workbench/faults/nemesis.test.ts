/** The nemesis: what is struck, when, and that all is mended in the end. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { STALL_EVERY_MS, victimsMax } from "../../../../lib/workbench/faults/injectors.ts";
import type { NemesisEvent } from "../../../../lib/workbench/faults/nemesis.ts";
import type { Settings } from "../../../../lib/workbench/settings.ts";
import { world } from "./struck.ts";

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
