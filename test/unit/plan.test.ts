/** The tree while all is well: a star, or two levels of relays where one would have too much to do. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Lookout, SHARED_MIN } from "../../lib/core/lookout.ts";
import { Peers } from "../../lib/core/peers.ts";
import { Plan } from "../../lib/core/plan.ts";
import { seeded } from "../../lib/core/random.ts";
import { plant } from "../../lib/core/relay.ts";
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

test("the root shares the work when there is too much, and takes it back when there is little [P23]", () => {
  const root = lookoutOf("n0", 60);
  equal(plannedAt(root, 1), 0, "just enough to do alone");
  equal(plannedAt(root, 1.1), 8, "the square root of 60");
  equal(plannedAt(root, 1 / SHARED_MIN), 8, "not little enough");
  equal(plannedAt(root, 0.9 / SHARED_MIN), 0);
});

test("nobody but the root plans, and no root where that would save it little [P23]", () => {
  equal(plannedAt(lookoutOf("n1", 60), 100), 0);
  equal(plannedAt(lookoutOf("n0", SHARED_MIN * SHARED_MIN - 1), 100), 0);
  equal(plannedAt(lookoutOf("n0", SHARED_MIN * SHARED_MIN), 100), SHARED_MIN);
});

test("Sights take up the latest plan, and none that cannot be [P23]", () => {
  const sights = new Sights("n1", 1, new Plan(ids(9), 0));
  const merge = (...word: [number, number, number]) => [sights.mergePlan(word), sights.plan.relays];
  deepEqual(merge(2, 1, 3), [true, 3]);
  deepEqual(merge(2, 1, 2), [false, 3], "known already");
  deepEqual(merge(1, 9, 2), [false, 3], "of an earlier life");
  deepEqual(merge(2, 2, 9), [false, 3], "as many relays as members");
  deepEqual(merge(2 ** 53 - 1, 1, 2), [false, 3], "it could not be outranked");
  deepEqual(merge(3, 1, 0), [true, 0]);
  deepEqual(sights.planSince(0), [3, 1, 0]);
  equal(sights.planSince(sights.revision), undefined);
});

function plannedAt(lookout: Lookout, load: number): number {
  lookout.weigh(load, 0);
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
