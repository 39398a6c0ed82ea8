/** While a store fails, entries wait, and are stored first afterwards. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Entry } from "../../../lib/core/log/log.ts";
import { DegradableJournal } from "../../../lib/runtime/degradable_journal.ts";
import { type Store, StoreFault } from "../../../lib/store/store.ts";

const entry = (seq: number): Entry => ({ origin: "n1.1", seq, value: seq });

test("DegradableJournal stores at each commit, and nothing while it is suspended [S5]", () => {
  const store = new Room();
  const safe = new DegradableJournal(store);
  safe.append([entry(1)]);
  safe.commit();
  safe.suspend(new Error("it failed"));
  safe.append([entry(2)]);
  safe.commit();
  deepEqual(store.stored, [[entry(1)]]);
});

test("DegradableJournal.resume() stores the entries that wait, once there is room [S5]", () => {
  const store = new Room();
  const safe = new DegradableJournal(store);
  safe.suspend(new Error("it failed"));
  equal(safe.state, "failed");
  safe.append([entry(1), entry(2)]);
  store.full = true;
  equal(safe.resume() instanceof Error, true);
  equal(safe.state, "full");
  safe.append([entry(3)]);
  store.full = false;
  equal(safe.resume(), undefined);
  equal(safe.state, "durable");
  deepEqual(store.stored, [[entry(1), entry(2), entry(3)]]);
});

test("DegradableJournal keeps entries that wait for a commit when it is suspended, also if the store fails on [S5]", () => {
  const store = new Room();
  const safe = new DegradableJournal(store);
  safe.append([entry(1)]);
  safe.suspend(new StoreFault("gone", "it is gone"));
  safe.append([entry(2)]);
  store.full = true;
  equal(safe.resume() instanceof Error, true);
  store.full = false;
  equal(safe.resume(), undefined);
  deepEqual(store.stored, [[entry(1), entry(2)]]);
});

test("DegradableJournal says that the place of its store is gone, until it is suspended [S5]", () => {
  const store = new Room();
  const safe = new DegradableJournal(store);
  equal(safe.faultOfPlace(), undefined);
  store.gone = true;
  const fault = safe.faultOfPlace();
  equal(fault instanceof StoreFault, true);
  safe.suspend(fault);
  deepEqual([safe.faultOfPlace(), safe.state], [undefined, "failed"]);
});

class Room implements Store {
  readonly origin = "n0.1";
  readonly incarnation = 1;
  readonly durable = true;
  readonly stored: Entry[][] = [];
  full = false;
  gone = false;
  #appended: Entry[] = [];

  entries(): Entry[] {
    return this.stored.flat();
  }

  append(entries: readonly Entry[]): void {
    this.#appended.push(...entries);
  }

  commit(): void {
    const appended = this.#appended;
    this.#appended = [];
    if (this.full) throw new StoreFault("full", "no room");
    this.stored.push(appended);
  }

  check(): void {
    if (this.gone) throw new StoreFault("gone", "it is gone");
  }

  close(): void {}
}
