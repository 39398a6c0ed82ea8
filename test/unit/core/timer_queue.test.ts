/** The timers: who is due when, whoever else there is. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TimerQueue } from "../../../lib/core/timers/timer_queue.ts";
import { type Event, Node } from "../../../lib/core/node.ts";
import { seeded } from "../../../lib/core/random.ts";
import { holds } from "../../property/holds.ts";

/** Somebody who counts how often it is asked. */
class Somebody {
  asked = 0;
  readonly #moved: () => void;
  #dueAt = Infinity;

  constructor(timers: TimerQueue<Somebody>) {
    this.#moved = timers.enter(this);
  }

  get dueAt(): number {
    this.asked++;
    return this.#dueAt;
  }

  set dueAt(at: number) {
    this.#dueAt = at;
    this.#moved();
  }
}

function some(count: number): { timers: TimerQueue<Somebody>; all: Somebody[] } {
  const timers = new TimerQueue<Somebody>();
  return { timers, all: Array.from({ length: count }, () => new Somebody(timers)) };
}

const moment = fc.oneof({ weight: 4, arbitrary: fc.nat(9) }, { weight: 1, arbitrary: fc.constant(Infinity) });
const moves = fc.array(fc.tuple(fc.nat(11), moment, fc.boolean()), { maxLength: 60 });

test("Agenda: next is the earliest of all, and those due come in the order in which they were entered", () => {
  holds(
    fc.property(moves, (list) => {
      const { timers, all } = some(12);
      for (const [who, at, isAsked] of list) {
        (all[who] as Somebody).dueAt = at;
        if (!isAsked) continue;
        equal(timers.nextAt, Math.min(...all.map(({ dueAt }) => dueAt)));
        deepEqual([...timers.due(5)], all.filter(({ dueAt }) => dueAt <= 5));
      }
    }),
    500,
  );
});

test("Agenda: who becomes due while others are served has its turn, unless that is over", () => {
  const { timers, all } = some(5);
  const numbers = new Map(all.map((each, i) => [each, i]));
  const plan = (...at: number[]) => at.forEach((each, i) => (all[i] as Somebody).dueAt = each);
  plan(9, 1, 9, 1, 1);
  const served: (number | undefined)[] = [];
  for (const each of timers.due(1)) {
    served.push(numbers.get(each));
    // The first becomes due too late, the third in time, and the last is due no more.
    if (served.length === 1) plan(1, 1, 1, 1, 9);
  }
  deepEqual(served, [1, 2, 3]);
  equal(timers.nextAt, 1);
});

test("Agenda: to see who is due asks only those who moved or are due, of however many", () => {
  const { timers, all } = some(10_000);
  for (const [i, each] of all.entries()) each.dueAt = i;
  equal(timers.nextAt, 0);
  for (const each of all) each.asked = 0;
  (all[9_999] as Somebody).dueAt = 0.5;
  deepEqual([timers.nextAt, [...timers.due(1)].length], [0, 3]);
  const asked = all.reduce((sum, each) => sum + each.asked, 0);
  ok(asked <= 10, `asked ${asked} times`);
});

/** The first of so many members, which has heard from all others and had its status read, some time before its deadline. */
function relayOf(count: number): Node {
  const ids = Array.from({ length: count }, (_, i) => `n${100_000 + i}`);
  const [me = "", ...others] = ids;
  const node = new Node({ random: seeded(1), incarnation: 1 });
  const receive = (src: string, body: { type: string; [field: string]: unknown }): Event => (
    { kind: "receive", envelope: { src, dest: me, body } }
  );
  node.step(receive("c1", { type: "init", node_id: me, node_ids: ids }), 0);
  for (const id of others) node.step(receive(id, { type: "ack", incarnation: 1, seq: 1, digest: [] }), 1);
  equal(node.status.peers.length, count - 1);
  while (node.deadline <= 1) node.step({ kind: "wake" }, 1);
  return node;
}

/** The least time that a thousand of them took, ms. */
function leastMs(run: () => unknown): number {
  const times = Array.from({ length: 20 }, () => {
    const before = performance.now();
    for (let i = 0; i < 1_000; i++) run();
    return performance.now() - before;
  });
  return Math.min(...times);
}

test("a deadline, and a wake with nothing due, cost a node of 10,000 members what they cost one of 5 [N8]", () => {
  const [few, many] = [relayOf(5), relayOf(10_000)];
  const costs: readonly ((node: Node) => unknown)[] = [
    (node) => node.deadline,
    (node) => node.step({ kind: "wake" }, 1),
  ];
  for (const cost of costs) {
    const [little, much] = [leastMs(() => cost(few)), leastMs(() => cost(many))];
    // Where all are looked at it is over a thousand times as long.
    ok(much < 50 * little + 1, `${much} ms instead of ${little} ms`);
  }
});
