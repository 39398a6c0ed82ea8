/** While a store fails, its commits wait. */
import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { type Committing, DegradableJournal } from "../../../lib/runtime/degradable_journal.ts";
import { StoreFault } from "../../../lib/store/store.ts";

test("DegradableJournal commits its store, and does not while that is suspended [S5]", () => {
  const [store, journal] = suspendable();
  store.pending++;
  const origins = new Set(["n1.7"]);
  journal.commit(origins);
  equal(store.origins, origins);
  journal.suspend(new Error("it failed"));
  store.pending++;
  journal.commit();
  deepEqual([store.committed, store.pending], [1, 1]);
});

test("DegradableJournal.resume() commits what is pending, once there is room [S5]", () => {
  const [store, journal] = suspendable();
  journal.suspend(new Error("it failed"));
  equal(journal.state, "failed");
  store.pending++;
  store.full = true;
  equal(journal.resume() instanceof Error, true);
  equal(journal.state, "full");
  store.pending++;
  store.full = false;
  equal(journal.resume(), undefined);
  deepEqual([journal.state, store.committed], ["durable", 2]);
});

test("DegradableJournal.maintain() throws where the store is gone or fails, and does nothing while it is suspended [S5]", () => {
  const [store, journal] = suspendable();
  store.free = 2;
  deepEqual([journal.maintain(), journal.maintain()], [true, false]);
  store.gone = true;
  throws(() => journal.maintain(), /it is gone/);
  journal.suspend(new StoreFault("gone", "it is gone"));
  deepEqual([journal.maintain(), journal.state], [false, "failed"]);
});

function suspendable(): readonly [store: Room, journal: DegradableJournal] {
  const store = new Room();
  return [store, new DegradableJournal(store)];
}

/** A store that counts what is in it. */
class Room implements Committing {
  pending = 0;
  committed = 0;
  full = false;
  free = 0;
  gone = false;
  origins: ReadonlySet<string> | undefined;

  commit(origins?: ReadonlySet<string>): void {
    this.origins = origins;
    if (this.full) throw new StoreFault("full", "no room");
    this.committed += this.pending;
    this.pending = 0;
  }

  maintain(): boolean {
    return --this.free > 0;
  }

  check(): void {
    if (this.gone) throw new StoreFault("gone", "it is gone");
  }
}
