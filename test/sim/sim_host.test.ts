/** One simulated process: wakes at deadlines, pauses, lives and their incarnations. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Envelope, Json } from "../../lib/core/message.ts";
import type { Effect, Event, NodeOptions } from "../../lib/core/node.ts";
import { COMMIT_LATER_MS } from "../../lib/runtime/drive.ts";
import { RESUME_MS } from "../../lib/runtime/drive_durably.ts";
import { VirtualScheduler } from "../../lib/workbench/world/scheduler.ts";
import { TIMERS_PER_MOMENT_MAX } from "../../lib/workbench/world/processor.ts";
import { simHosts, type SimNodeOptions, type Steps } from "../../lib/workbench/world/sim.ts";
import type { Host } from "../../lib/workbench/world/world.ts";
import { runOf } from "../../lib/core/log/runs.ts";

const nothing = (): void => {};
const NOBODY = {
  sent: nothing,
  misbehaved: nothing,
  delivered: nothing,
  gone: nothing,
  back: nothing,
  lost: nothing,
};

/** A host around a node that notes its events; `deadline` says after each at what moment it wants to be woken. */
function hosting(deadline: (now: number) => number, options: SimNodeOptions = {}) {
  const scheduler = new VirtualScheduler();
  const events: string[] = [];
  const lives: number[] = [];
  let wakeAt = deadline(0);
  const node: Steps = {
    step({ kind }: Event, now: number) {
      events.push(`${kind}@${now}`);
      wakeAt = deadline(now);
      return [];
    },
    get deadline() {
      return wakeAt;
    },
  };
  const make = ({ incarnation }: { readonly incarnation: number }): Steps => {
    lives.push(incarnation);
    return node;
  };
  const host: Host = simHosts(1, scheduler, options, make)("n0", NOBODY);
  const receive = (): unknown => host.receive({ src: "n1", dest: "n0", body: { type: "x" } });
  return { scheduler, host, events, lives, receive };
}

test("SimHost: wakes its node at its deadline, which it asks for again after every step", () => {
  const { scheduler, host, events, receive } = hosting((now) => now < 50 ? now + 20 : Infinity);
  host.start();
  scheduler.at(15, receive);
  scheduler.run();
  assert.deepEqual(events, ["receive@15", "wake@35", "wake@55"]);
});

test("SimHost: a paused node is not woken until it is resumed, and then at once if it is due", () => {
  const { scheduler, host, events } = hosting((now) => now < 20 ? 20 : Infinity);
  host.start();
  host.pause();
  scheduler.run(100);
  assert.deepEqual(events, []);
  host.resume();
  scheduler.run();
  assert.deepEqual(events, ["wake@100"]);
});

test("SimHost: what reaches a paused node waits until it is resumed", () => {
  const { scheduler, host, events, receive } = hosting(() => Infinity);
  host.start();
  host.pause();
  receive();
  scheduler.run(100);
  assert.deepEqual(events, []);
  host.resume();
  scheduler.run();
  assert.deepEqual(events, ["receive@100"]);
});

test("SimHost: a killed node does nothing more, and each new life has a larger incarnation", () => {
  const { scheduler, host, events, lives, receive } = hosting(() => 20);
  host.start();
  host.kill();
  receive();
  scheduler.run(10);
  assert.deepEqual(events, []);
  host.start();
  host.kill();
  host.start();
  assert.ok(lives.every((life, i) => i === 0 || life > (lives[i - 1] ?? Infinity)));
  host.stop();
});

test("SimHost: a node that wants to be woken over TIMERS_PER_MOMENT_MAX times at one moment is our mistake", () => {
  const { scheduler, host, events } = hosting((now) => now);
  host.start();
  assert.throws(() => scheduler.run(), /n0 wants to be woken again and again at 0 ms/);
  assert.equal(events.length, TIMERS_PER_MOMENT_MAX);
});

test("SimHost: a node that starts gets what has come once it is there, and is woken no earlier", () => {
  const startUp = { nodes: 1, ms: 1_000 };
  const { scheduler, host, events, receive } = hosting((now) => now === 0 ? 10 : Infinity, { startUp });
  host.start();
  receive();
  scheduler.at(5, receive);
  scheduler.run(2_000);
  const at = Number(events[0]?.split("@")[1]);
  assert.ok(at > 10 && at <= 1_000, `${at} ms`);
  assert.deepEqual(events.slice(0, 2), [`receive@${at}`, `receive@${at}`]);
  receive();
  assert.equal(events.at(-1), "receive@2000", "it is slow no more");
});

test("SimHost: rolled back, a durable node has what it had made safe at some moment before, and says what is lost", () => {
  const scheduler = new VirtualScheduler();
  const restored: unknown[][] = [];
  let entered = 0;
  const make = ({ entries: given }: NodeOptions): Steps => {
    restored.push([...given?.blocks() ?? []].map(({ seq }) => seq));
    return {
      step() {
        const run = runOf("n0.1", ++entered, entered);
        given?.put(run, 0);
        return [{ kind: "persist", own: true, runs: [run] }];
      },
      deadline: Infinity,
    };
  };
  const host = simHosts(1, scheduler, { durable: true }, make)("n0", NOBODY);
  host.start();
  for (let at = 10; at <= 100; at += 10) {
    scheduler.at(at, () => host.receive({ src: "n1", dest: "n0", body: { type: "x" } }));
  }
  scheduler.run(100);
  host.kill();
  const half = host.rollBack?.({ next: () => 0.5 });
  assert.deepEqual([half?.detail, half?.lost], ["0.1 s before", [6, 7, 8, 9, 10]]);
  const nothing = host.rollBack?.({ next: () => 0 });
  assert.deepEqual([nothing?.detail, nothing?.lost, host.holds?.()], [
    "an empty disk",
    [1, 2, 3, 4, 5],
    [],
  ]);
  host.start();
  assert.deepEqual(restored, [[], []]);
});

/** A durable host around a node that persists one entry for each message, and sends one message that follows from it. */
function durable(own: boolean) {
  const scheduler = new VirtualScheduler();
  const sent: number[] = [];
  const lost: unknown[] = [];
  let entered = 0;
  const make = ({ entries }: NodeOptions): Steps => ({
    step: ({ kind }: Event): Effect[] => {
      if (kind !== "receive") return [];
      const runs = [runOf("n0.1", ++entered, entered)];
      entries?.put(runs[0] ?? runOf("", 1, null), 0);
      const envelope = { src: "n0", dest: "c1", body: { type: "x" } };
      return [
        { kind: "persist", own, runs },
        { kind: "deliver", runs },
        { kind: "send", envelope },
      ];
    },
    deadline: Infinity,
  });
  const events = {
    ...NOBODY,
    sent: () => sent.push(scheduler.now()),
    lost: (values: readonly Json[]) => lost.push(values, host.holds?.()),
  };
  const host: Host = simHosts(1, scheduler, { durable: true }, make)("n0", events);
  host.start();
  const receive = (): unknown => host.receive({ src: "n1", dest: "n0", body: { type: "x" } });
  return { scheduler, host, sent, lost, receive };
}

test("SimHost: a durable node that is killed before its turn is over has said nothing and kept nothing [S1]", () => {
  const { scheduler, host, sent, receive } = durable(true);
  receive();
  host.kill();
  scheduler.run(1);
  assert.deepEqual([sent, host.holds?.()], [[], []]);
  host.start();
  receive();
  scheduler.run(2);
  host.kill();
  assert.deepEqual([sent, host.holds?.()], [[1], [2]]);
});

test("SimHost: what others brought is safe COMMIT_LATER_MS later; killed before that, the node tells what it lost [S2] [B7]", () => {
  for (const [afterMs, lost, kept] of [[COMMIT_LATER_MS - 1, [1], []], [COMMIT_LATER_MS, [], [1]]] as const) {
    const { scheduler, host, sent, receive } = durable(false);
    receive();
    scheduler.run(afterMs);
    assert.deepEqual(host.holds?.(), [1]);
    assert.deepEqual([host.kill(), host.holds?.(), sent], [lost, kept, [0]]);
  }
});

test("SimHost: a node that starts over says what it holds no more, as that may have been the last copy [S4]", () => {
  const { scheduler, host, lost, receive } = durable(false);
  receive();
  host.failDisk?.("full");
  scheduler.run(COMMIT_LATER_MS);
  assert.deepEqual(lost, [[1], []]);
});

test("SimHost: a process that ends takes along what waited for it", () => {
  const { scheduler, host, events, receive } = hosting(() => 20);
  host.start();
  host.pause();
  receive();
  host.kill();
  host.start();
  scheduler.run(10);
  assert.deepEqual(events, []);
  host.stop();
});

test("SimHost: what comes to a stalled process waits, and its timers fire late", () => {
  const { scheduler, host, events, receive } = hosting((now) => now < 20 ? 20 : Infinity);
  host.start();
  scheduler.at(10, () => host.stall?.(50));
  scheduler.at(30, receive);
  scheduler.run();
  assert.deepEqual(events, ["receive@60"], "nothing is due any more when the timer fires");
  receive();
  assert.equal(events.at(-1), "receive@60");
});

test("SimHost: a node whose disk is full starts over, refuses values, and takes them again when there is room [N10] [S5]", () => {
  const scheduler = new VirtualScheduler();
  const answers: string[] = [];
  const lost: Json[] = [];
  const events = {
    ...NOBODY,
    sent: ({ body }: Envelope) => answers.push(body.type),
    lost: (values: readonly Json[]) => lost.push(...values),
  };
  const host = simHosts(1, scheduler, { durable: true })("n0", events);
  const ask = (type: string, fields = {}): void => {
    host.receive({ src: "c1", dest: "n0", body: { type, msg_id: 1, ...fields } });
    scheduler.run(scheduler.now() + 1);
  };
  host.start();
  ask("init", { node_id: "n0", node_ids: ["n0"] });
  ask("broadcast", { message: 1 });
  host.failDisk?.("full");
  ask("broadcast", { message: 2 });
  ask("broadcast", { message: 3 });
  ask("broadcast", { message: 1 });
  assert.deepEqual(answers, ["init_ok", "broadcast_ok", "error", "error", "broadcast_ok"]);
  assert.deepEqual([host.holds?.(), lost], [[1], []]);
  host.failDisk?.(undefined);
  scheduler.run(scheduler.now() + RESUME_MS);
  ask("broadcast", { message: 2 });
  assert.equal(answers.at(-1), "broadcast_ok");
  assert.deepEqual([host.kill(), host.holds?.()], [[], [1, 2]]);
});
