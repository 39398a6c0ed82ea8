/** The tree while all is well: a star, or two levels of relays where one would have too much to do. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Lookout } from "../../lib/core/lookout.ts";
import { Peer } from "../../lib/core/peer.ts";
import { Peers } from "../../lib/core/peers.ts";
import { Plan } from "../../lib/core/plan.ts";
import { seeded } from "../../lib/core/random.ts";
import { plant } from "../../lib/core/relay.ts";
import { ROOT_BURST_MAX, ROOT_HZ_MAX, SHARED_FLUSHES, SHARED_MIN } from "../../lib/core/root_load.ts";
import { Sights } from "../../lib/core/sights.ts";
import { Timing } from "../../lib/core/timing.ts";

const ids = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`).sort();

test("Plan is a star where no relays stand between [P8]", () => {
  const plan = new Plan(ids(4), 0);
  deepEqual(ids(4).map((id) => plan.parentOf(id)), [undefined, "n0", "n0", "n0"]);
  deepEqual([plan.childrenOf("n0"), plan.childrenOf("n1")], [["n1", "n2", "n3"], []]);
});

test("Plan shares the members out among its relays [P23]", () => {
  const plan = new Plan(ids(9), 3);
  deepEqual(plan.childrenOf("n0"), ["n1", "n2", "n3"]);
  deepEqual(["n1", "n2", "n3"].map((id) => plan.childrenOf(id)), [["n4", "n7"], ["n5", "n8"], ["n6"]]);
  deepEqual([plan.near("n4"), plan.near("n2")], [["n1"], ["n0", "n5", "n8"]]);
});

test("Plan: parents and children agree, and everyone is two hops from the root at most [P23]", () => {
  for (const count of [1, 2, 5, 10, 100]) {
    for (const relays of [0, 1, 3, 10].filter((each) => each < count)) {
      const [plan, all] = [new Plan(ids(count), relays), ids(count)];
      for (const id of all) {
        for (const child of plan.childrenOf(id)) equal(plan.parentOf(child), id);
        const parent = plan.parentOf(id);
        if (parent !== undefined) ok(plan.childrenOf(parent).includes(id) && plan.links(id, parent));
        ok(parent === undefined || parent === plan.root || plan.parentOf(parent) === plan.root);
      }
      equal(all.filter((id) => plan.parentOf(id) === undefined).length, 1);
    }
  }
});

test("plant() leaves everyone in place whose relay is there, when another is lost [P23]", () => {
  const all = ids(9);
  const sights = new Sights("n0", 1, new Plan(all, 3));
  for (const relay of ["n1", "n2", "n3"]) sights.see(relay);
  sights.lose("n2");
  const tree = plant(sights, "n0");
  deepEqual(tree.children, ["n1", "n3"]);
  deepEqual(all.map((id) => tree.parentOf(id)), [
    undefined,
    "n0",
    undefined,
    "n0",
    "n1",
    undefined,
    "n3",
    "n1",
    undefined,
  ]);
  for (const orphan of ["n5", "n8"]) {
    sights.merge(orphan, { life: 1, version: 1, lost: new Set(["n2"]), seen: new Set(["n0"]) });
    sights.see(orphan);
  }
  deepEqual(plant(sights, "n0").children, ["n1", "n3", "n5", "n8"]);
});

test("the root shares the work before more leaves it at once than may, and at no less [P23]", () => {
  const others = 30;
  const root = lookoutOf("n0", others + 1);
  for (let sent = others; sent <= ROOT_BURST_MAX; sent += others) equal(plannedAt(root, 0), 0);
  equal(plannedAt(root, 0), 6, "the square root of 31");
});

test("the root shares what is too much in the long run, and does alone what is just enough [P23]", () => {
  const everyMs = 1_000 * 30 / ROOT_HZ_MAX;
  const flushes = Array.from({ length: 1_000 }, (_, i) => i);
  const plans = (ms: number) => {
    const root = lookoutOf("n0", 31);
    return new Set(flushes.map((i) => plannedAt(root, i * ms)));
  };
  deepEqual(plans(everyMs), new Set([0]));
  deepEqual(plans(0.9 * everyMs), new Set([0, 6]));
});

test("the root takes the work back where it was little for SHARED_FLUSHES flushes [P23]", () => {
  const littleMs = SHARED_MIN * 1_000 * 99 / ROOT_HZ_MAX;
  for (const [everyMs, relays] of [[1.1 * littleMs, 0], [0.9 * littleMs, 10]] as const) {
    const root = lookoutOf("n0", 100);
    deepEqual([plannedAt(root, 0), plannedAt(root, 0)], [0, 10]);
    const plans = Array.from({ length: SHARED_FLUSHES }, (_, i) => plannedAt(root, (i + 1) * everyMs));
    deepEqual(new Set(plans.slice(0, -1)), new Set([10]), "not before");
    equal(plans.at(-1), relays);
  }
});

test("a relay knows how much there was to do while another was root, and does not take it back [P23]", () => {
  const [root, next, others] = [new Peer("n0"), lookoutOf("n1", 100), ids(100).slice(2)];
  next.sights.mergePlan([1, 1, 10]);
  let now = 0;
  const hear = (lost: string[]) => {
    now++;
    for (const id of others) next.heard(new Peer(id), { sights: [[id, 1, now, lost, ["n1"]]] }, now);
  };
  const plans = (times: number) => new Set(Array.from({ length: times }, () => plannedAt(next, now += 100)));
  for (const times of [SHARED_FLUSHES / 2, SHARED_FLUSHES]) {
    next.lose(root, now);
    hear(["n0"]);
    deepEqual([next.tree.root, next.tree.size, plans(times)], ["n1", 99, new Set([10])]);
    next.heard(root, {}, now);
    hear([]);
    deepEqual([next.tree.root, plans(100 * SHARED_FLUSHES)], ["n0", new Set([10])]);
  }
});

test("nobody but the root plans, and no root where that would save it little [P23]", () => {
  const shares = (me: string, count: number) => {
    const lookout = lookoutOf(me, count);
    return Array.from({ length: ROOT_BURST_MAX }, () => plannedAt(lookout, 0)).at(-1);
  };
  equal(shares("n1", 60), 0);
  equal(shares("n0", SHARED_MIN * SHARED_MIN - 1), 0);
  equal(shares("n0", SHARED_MIN * SHARED_MIN), SHARED_MIN);
});

test("members start with shared work where the greetings of all would be too much for one [P12] [P23]", () => {
  const presumed = (count: number) => lookoutOf("n0", count).sights.plan.relays;
  deepEqual([presumed(5), presumed(ROOT_BURST_MAX + 1), presumed(ROOT_BURST_MAX + 2)], [0, 0, 13]);
  const root = lookoutOf("n0", ROOT_BURST_MAX + 2);
  const everyMs = 3_600_000;
  for (let i = 0; i <= SHARED_FLUSHES; i++) {
    equal(plannedAt(root, i * everyMs), 13, "one burst would be too much");
  }
});

test("roots that could not reach each other: all take up the plan with more relays [P23]", () => {
  const words = [[2, 1, 0], [2, 1, 3], [2, 1, 2]] as const;
  for (const order of [words, words.toReversed()]) {
    const sights = new Sights("n5", 1, new Plan(ids(9), 0));
    for (const word of order) sights.mergePlan(word);
    equal(sights.plan.relays, 3);
  }
});

test("Sights take up the latest plan, and none that cannot be [P23]", () => {
  const sights = new Sights("n1", 1, new Plan(ids(9), 0));
  const merge = (...word: [number, number, number]) => [sights.mergePlan(word), sights.plan.relays];
  deepEqual(merge(2, 1, 3), [true, 3]);
  deepEqual(merge(2, 1, 2), [false, 3], "known already");
  deepEqual(merge(1, 9, 2), [false, 3], "of an earlier life");
  deepEqual(merge(2, 1, 9), [false, 3], "as many relays as members");
  deepEqual(merge(2 ** 53 - 1, 1, 2), [false, 3], "it could not be outranked");
  deepEqual(merge(3, 1, 0), [true, 0]);
  deepEqual(sights.planSince(0), [3, 1, 0]);
  equal(sights.planSince(sights.revision), undefined);
});

/** How many relays are planned once it has passed on. */
function plannedAt(lookout: Lookout, now: number): number {
  lookout.weigh(now);
  return lookout.sights.plan.relays;
}

function lookoutOf(me: string, count: number): Lookout {
  const ranked = ids(count);
  const nothing = () => {};
  return new Lookout({
    me,
    life: 1,
    ranked,
    peers: new Peers(me, ranked),
    timing: new Timing(undefined),
    random: seeded(1),
    without: [],
    patienceMs: () => 1,
    hands: { call: nothing, probe: nothing, askOnce: nothing, turned: nothing },
  });
}
