/** Rounds through all watches: how many a turn serves, and that nobody is left out. */
import { deepEqual, throws } from "node:assert/strict";
import { test } from "node:test";
import { Rounds, WATCHES_PER_TURN_MAX } from "../../../lib/service/watching/rounds.ts";

test("Rounds serve WATCHES_PER_TURN_MAX in a turn, the others in the next ones [S15]", () => {
  const rig = new Rig(2 * WATCHES_PER_TURN_MAX + 1);
  rig.rounds.begin();
  deepEqual(rig.take(), range(1, WATCHES_PER_TURN_MAX));
  rig.turn();
  deepEqual(rig.take(), range(WATCHES_PER_TURN_MAX + 1, 2 * WATCHES_PER_TURN_MAX));
  rig.turn();
  deepEqual(rig.take(), [2 * WATCHES_PER_TURN_MAX + 1]);
  rig.turn();
  deepEqual(rig.take(), []);
});

test("Rounds serve all again once there is more for them, however often it is said meanwhile [S15]", () => {
  const count = WATCHES_PER_TURN_MAX + 1;
  const rig = new Rig(count);
  rig.rounds.begin();
  rig.rounds.begin();
  rig.rounds.begin();
  deepEqual(rig.take(), range(1, WATCHES_PER_TURN_MAX));
  rig.turn();
  deepEqual(rig.take(), [count, ...range(1, WATCHES_PER_TURN_MAX)]);
  rig.turn();
  rig.turn();
  deepEqual(rig.take(), [count]);
  rig.rounds.begin();
  deepEqual(rig.take(), range(1, WATCHES_PER_TURN_MAX));
});

test("Rounds leave out who has gone, and serve who has come meanwhile [S15]", () => {
  const count = WATCHES_PER_TURN_MAX + 2;
  const rig = new Rig(count);
  rig.rounds.begin();
  rig.all.delete(count - 1);
  rig.all.add(count + 1);
  rig.take();
  rig.turn();
  deepEqual(rig.take(), [count, count + 1]);
});

test("Rounds go on after one in which serving failed, in its first turn or a later one [S15]", () => {
  const rig = new Rig(WATCHES_PER_TURN_MAX + 2);
  for (const failing of [2, WATCHES_PER_TURN_MAX + 1]) {
    rig.failing = failing;
    throws(() => {
      rig.rounds.begin();
      rig.turn();
    });
    rig.failing = 0;
    rig.take();
    rig.rounds.begin();
    rig.turn();
    deepEqual(rig.take(), range(1, WATCHES_PER_TURN_MAX + 2));
  }
});

class Rig {
  readonly all: Set<number>;
  readonly rounds: Rounds<number>;
  failing = 0;
  #served: number[] = [];
  #planned: (() => void)[] = [];

  constructor(count: number) {
    this.all = new Set(range(1, count));
    const serve = (each: number) => {
      if (each === this.failing) throw new Error(`${each} fails`);
      this.#served.push(each);
    };
    this.rounds = new Rounds(this.all, serve, (run) => void this.#planned.push(run));
  }

  turn(): void {
    const due = this.#planned;
    this.#planned = [];
    for (const run of due) run();
  }

  /** Who was served since the last look. */
  take(): number[] {
    const served = this.#served;
    this.#served = [];
    return served;
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to + 1 - from }, (_, i) => from + i);
}
