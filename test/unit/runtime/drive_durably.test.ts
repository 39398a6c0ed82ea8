/** A driven node whose store fails: what it starts over with, what it is told, and when the store is tried again. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import type { Effect, Event } from "../../../lib/core/node.ts";
import { driveDurably, MAINTAIN_MS, RESUME_MS } from "../../../lib/runtime/drive_durably.ts";
import type { Run } from "../../../lib/core/log/runs.ts";
import { Texts } from "../../../lib/core/log/texts.ts";
import type { Committing } from "../../../lib/runtime/degradable_journal.ts";
import { StoreFault } from "../../../lib/store/store.ts";

const run: Run = { origin: "n0.1", seq: 1, texts: Texts.of(["7"]) };

test("driveDurably() starts over in a later life when a commit fails, and tells the node why and until when [S4] [S5]", () => {
  const rig = new Rig();
  rig.store.room = false;
  rig.driver.step({ kind: "linked", peer: "own" });
  rig.endTurn();
  deepEqual(rig.log, ["8 linked", "no room", "life 9", "9 storage no room", "9 linked"]);
  deepEqual(rig.driver.storage, "full");
  rig.log.length = 0;
  rig.pass(RESUME_MS - 1);
  rig.driver.step({ kind: "linked", peer: "brought" });
  rig.pass(1);
  deepEqual([rig.log, rig.driver.storage], [["9 linked"], "full"]);
  rig.store.room = true;
  rig.pass(RESUME_MS);
  deepEqual(rig.log, ["9 linked", "works again", "9 storage undefined"]);
  deepEqual([rig.driver.storage, rig.store.stored], ["durable", [run]]);
});

test("driveDurably() looks every RESUME_MS whether the log is still there, and refuses values where it is not [S5]", () => {
  const rig = new Rig();
  rig.pass(RESUME_MS);
  deepEqual(rig.log, []);
  rig.store.isGone = true;
  rig.pass(RESUME_MS);
  deepEqual(rig.log, ["it is gone", "8 storage it is gone"]);
  rig.store.isGone = false;
  rig.pass(RESUME_MS);
  deepEqual(rig.log.slice(2), ["works again", "8 storage undefined"]);
});

test("driveDurably() gives back what was dropped a little at a time, and suspends a store that fails then [S5]", () => {
  const rig = new Rig();
  rig.store.free = 3;
  rig.pass(RESUME_MS);
  deepEqual(rig.store.free, 2);
  rig.pass(MAINTAIN_MS);
  rig.pass(MAINTAIN_MS);
  deepEqual(rig.store.free, 0);
  rig.pass(RESUME_MS - 1);
  rig.store.free = 1;
  rig.store.room = false;
  deepEqual(rig.log, []);
  rig.pass(1);
  deepEqual([rig.log, rig.driver.storage], [["no room", "8 storage no room"], "full"]);
});

test("driveDurably() does nothing more once it is stopped, also where the last commit fails", () => {
  const rig = new Rig();
  rig.driver.step({ kind: "linked", peer: "brought" });
  rig.store.room = false;
  rig.driver.stop();
  rig.log.length = 0;
  rig.pass(10 * RESUME_MS);
  deepEqual(rig.log, []);
});

/** A node that persists an entry of its own, or one that others brought, whenever it is linked to a peer of that name. */
class Rig {
  readonly log: string[] = [];
  readonly store = new Disk();
  readonly driver;
  #now = 0;
  #timers: { at: number; run: () => void }[] = [];
  #ends: (() => void)[] = [];

  constructor() {
    const nothing = { open: () => {}, send: () => {}, drain: () => Promise.resolve() };
    this.driver = driveDurably({
      node: this.#node(this.store.incarnation),
      makeNode: (incarnation) => {
        this.log.push(`life ${incarnation}`);
        return this.#node(incarnation);
      },
      store: this.store,
      transport: { ...nothing, close: () => Promise.resolve() },
      clock: () => this.#now,
      timer: (ms, run) => {
        const timer = { at: this.#now + ms, run };
        this.#timers.push(timer);
        return () => this.#timers = this.#timers.filter((each) => each !== timer);
      },
      endOfTurn: (run) => this.#ends.push(run),
      onStorage: (fault) => this.log.push(fault instanceof Error ? fault.message : "works again"),
    });
  }

  endTurn(): void {
    for (const run of this.#ends.splice(0)) run();
  }

  pass(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { run } of due) run();
  }

  #node(incarnation: number) {
    const step = (event: Event): Effect[] => {
      this.log.push(
        `${incarnation} ${event.kind}${event.kind === "storage" ? ` ${event.fault}` : ""}`,
      );
      if (event.kind !== "linked" || incarnation === 9 && event.peer === "own") return [];
      this.store.pending.push(run);
      return [{ kind: "persist", own: event.peer === "own", runs: [run] }];
    };
    return { step, deadline: Infinity };
  }
}

class Disk implements Committing {
  readonly incarnation = 8;
  room = true;
  isGone = false;
  free = 0;
  stored: Run[] = [];
  pending: Run[] = [];

  commit(): void {
    this.check();
    if (!this.room && this.pending.length > 0) throw new StoreFault("full", "no room");
    this.stored.push(...this.pending.splice(0));
  }

  revert(): void {
    this.pending = [];
  }

  maintain(): boolean {
    if (this.free === 0) return false;
    if (!this.room) throw new StoreFault("full", "no room");
    return --this.free > 0;
  }

  check(): void {
    if (this.isGone) throw new StoreFault("gone", "it is gone");
  }
}
