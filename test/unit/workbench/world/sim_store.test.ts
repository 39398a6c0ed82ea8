/** The simulated disk: what a commit of some origins leaves, and what is there after a crash and a rollback. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "../../../../lib/core/random.ts";
import { SimStore } from "../../../../lib/workbench/world/sim_store.ts";
import { entriesIn, refusal, run } from "../../store/folder.ts";

const own = new Set(["n1.1"]);

function stored() {
  const clock = { now: 0 };
  const store = new SimStore({ id: "n1", seed: 1, now: () => clock.now });
  store.open();
  const put = (origin: string, seq: number) => store.put(run(origin, seq, seq), clock.now);
  return { clock, store, put };
}

test("SimStore: a commit of some origins leaves what came under others, which a crash takes", () => {
  const { store, put } = stored();
  put("n2.1", 1);
  put("n1.1", 1);
  store.commit(own);
  deepEqual(store.safe(), [1]);
  deepEqual(entriesIn(store), ["n2.1 1 1", "n1.1 1 1"]);
  store.revert();
  deepEqual(entriesIn(store), ["n1.1 1 1"]);
  put("n2.1", 1);
  store.commit(own);
  store.fault = "full";
  store.commit(own);
  equal(refusal(() => store.commit()).kind, "full");
  store.fault = undefined;
  store.commit();
  store.revert();
  deepEqual(entriesIn(store), ["n1.1 1 1", "n2.1 1 1"]);
});

test("SimStore: a commit of some origins takes all where something was dropped or noted, as on a disk", () => {
  const { store, put } = stored();
  put("n2.1", 1);
  store.note("kept", "1");
  store.commit(own);
  put("n1.1", 1);
  put("n2.1", 3);
  store.drop(1);
  store.commit(own);
  store.revert();
  deepEqual([entriesIn(store), [...store.notes()]], [["n1.1 1 1", "n2.1 3 3"], [["kept", "1"]]]);
});

test("SimStore: a rollback takes what was committed later, though it came before", () => {
  const { clock, store, put } = stored();
  put("n2.1", 2);
  put("n1.1", 1);
  store.commit(own);
  clock.now = 10;
  store.commit();
  put("n2.1", 4);
  // To half of the time, with the clock as it is.
  const random: Random = { next: () => 0.5 };
  deepEqual(store.rollBack(random).lost, [2]);
  deepEqual(entriesIn(store), ["n1.1 1 1"]);
});
