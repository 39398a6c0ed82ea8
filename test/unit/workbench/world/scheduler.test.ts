/** The two schedulers and the heap they stand on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../../../lib/core/random.ts";
import { Heap } from "../../../../lib/runtime/heap.ts";
import { RealScheduler, VirtualScheduler } from "../../../../lib/workbench/world/scheduler.ts";

test("Heap: comes out by rank, equal ranks in the order they went in", () => {
  const random = seeded(7);
  const items = Array.from({ length: 500 }, (_, turn) => ({ rank: Math.floor(random.next() * 20), turn }));
  const heap = new Heap<{ rank: number; turn: number }>();
  for (const item of items) heap.push(item.rank, item);
  const out = Array.from(items, () => heap.pop());
  assert.deepEqual(out, items.toSorted((a, b) => a.rank - b.rank || a.turn - b.turn));
  assert.equal(heap.pop(), undefined);
  assert.equal(heap.rank, Infinity);
});

test("VirtualScheduler: runs timers in order of time, equal moments in the order they were set", () => {
  const scheduler = new VirtualScheduler();
  const ran: string[] = [];
  const note = (name: string) => () => ran.push(`${name}@${scheduler.now()}`);
  scheduler.at(20, note("late"));
  scheduler.at(10, note("first"));
  scheduler.at(10, note("second"));
  scheduler.at(Infinity, note("never"));
  scheduler.run();
  assert.deepEqual(ran, ["first@10", "second@10", "late@20"]);
});

test("VirtualScheduler: a timer for the past runs now, a cancelled one never", () => {
  const scheduler = new VirtualScheduler();
  const ran: number[] = [];
  const cancel = scheduler.at(6, () => ran.push(-1));
  scheduler.at(5, () => {
    cancel();
    scheduler.at(1, () => ran.push(scheduler.now()));
  });
  scheduler.run();
  assert.deepEqual(ran, [5]);
});

test("VirtualScheduler: run(until) stops there and keeps what is later", () => {
  const scheduler = new VirtualScheduler();
  const ran: number[] = [];
  for (const when of [10, 20, 30]) scheduler.at(when, () => ran.push(when));
  scheduler.run(20);
  assert.deepEqual([ran, scheduler.now()], [[10, 20], 20]);
  scheduler.run();
  assert.deepEqual(ran, [10, 20, 30]);
});

/** Far enough that a machine that stands still for a moment while timers are set does not turn them round, ms. */
const FAR_MS = 100;

test("RealScheduler: runs timers no earlier than they were set for, in order, and none that was cancelled", async () => {
  const scheduler = new RealScheduler();
  const ran: string[] = [];
  await new Promise<void>((resolve) => {
    scheduler.at(0, () => ran.push("past"));
    scheduler.at(0, () => ran.push("past too"));
    // One reading: a machine that stands still between two of them would turn the order round.
    const start = scheduler.now();
    scheduler.at(start + 2 * FAR_MS, () => {
      ran.push("last");
      resolve();
    });
    scheduler.at(start + FAR_MS, () => ran.push("cancelled"))();
    // Timers ring at whole milliseconds.
    const due = start + FAR_MS + 0.5;
    scheduler.at(due, () => ran.push(scheduler.now() >= due ? "due" : "early"));
  });
  assert.deepEqual(ran, ["past", "past too", "due", "last"]);
});

test("RealScheduler: close() forgets every timer", async () => {
  const [closed, open] = [new RealScheduler(), new RealScheduler()];
  const ran: string[] = [];
  closed.at(closed.now() + 1, () => ran.push("forgotten"));
  closed.close();
  await new Promise<void>((resolve) => open.at(open.now() + 5, resolve));
  assert.deepEqual(ran, []);
});

test("RealScheduler: says once by how much a timer came too late", async () => {
  const scheduler = new RealScheduler();
  const start = scheduler.now();
  await new Promise<void>((resolve) => {
    let dueAt = Infinity;
    scheduler.at(start + 1, () => {
      while (scheduler.now() < dueAt + 30);
    });
    scheduler.at(start + 2, resolve);
    // It is due then at the latest: what was set when its moment had passed is due at once.
    dueAt = Math.max(start + 2, scheduler.now());
  });
  assert.ok(scheduler.takeLateMs() >= 30);
  assert.equal(scheduler.takeLateMs(), 0);
  const pastMs = 60_000;
  await new Promise<void>((resolve) => scheduler.at(start - pastMs, resolve));
  assert.ok(scheduler.takeLateMs() < pastMs, "what is set for the past is not late");
});
