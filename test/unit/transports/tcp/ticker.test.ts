/** The carrier's one timer, in virtual time: how often it ticks, when it beats, and what time it counts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { HEARTBEAT_MS, TICK_MS } from "../../../../transports/tcp/limits.ts";
import { Ticker } from "../../../../transports/tcp/ticker.ts";

interface Tick {
  readonly at: number;
  readonly ms: number;
  readonly beats: boolean;
}

const START_MS = 1_000;

/** A ticker on a clock that runs from timer to timer; times are since its start. */
class Rig {
  readonly ticks: Tick[] = [];
  readonly ticker: Ticker;
  calm: boolean;
  now = 0;
  #planned: { readonly at: number; readonly run: () => void } | undefined;

  constructor(calm: boolean) {
    this.calm = calm;
    this.ticker = new Ticker({
      onTick: (ms, beats) => {
        this.ticks.push({ at: this.now, ms, beats });
        return this.calm;
      },
      now: () => START_MS + this.now,
      timer: (ms, run) => {
        const timer = this.#planned = { at: this.now + ms, run };
        return () => this.#planned = this.#planned === timer ? undefined : this.#planned;
      },
    });
    this.ticker.start();
  }

  get runs(): boolean {
    return this.#planned !== undefined;
  }

  runTo(ms: number): void {
    while (this.#planned !== undefined && this.#planned.at <= ms) {
      const { at, run } = this.#planned;
      this.#planned = undefined;
      this.now = Math.max(this.now, at);
      run();
    }
    this.now = Math.max(this.now, ms);
  }
}

test("what is not calm is looked at every TICK_MS, and beats every HEARTBEAT_MS", () => {
  const rig = new Rig(false);
  rig.runTo(2 * HEARTBEAT_MS);
  assert.deepEqual(rig.ticks.map(({ ms }) => ms), Array(2 * HEARTBEAT_MS / TICK_MS).fill(TICK_MS));
  assert.deepEqual(beatsOf(rig.ticks), [HEARTBEAT_MS, 2 * HEARTBEAT_MS]);
});

test("while all is calm it ticks for heartbeats only, until it is hurried", () => {
  const rig = new Rig(true);
  rig.runTo(3 * HEARTBEAT_MS);
  assert.deepEqual(rig.ticks.map(({ at }) => at), [TICK_MS, ...[1, 2, 3].map((n) => n * HEARTBEAT_MS)]);
  assert.deepEqual(rig.ticks.map(({ beats }) => beats), [false, true, true, true]);
  rig.runTo(3 * HEARTBEAT_MS + 50);
  rig.calm = false;
  rig.ticker.hurry();
  rig.runTo(3 * HEARTBEAT_MS + 50 + 2 * TICK_MS);
  assert.deepEqual(rig.ticks.slice(4), [
    { at: 3 * HEARTBEAT_MS + 50 + TICK_MS, ms: 50 + TICK_MS, beats: false },
    { at: 3 * HEARTBEAT_MS + 50 + 2 * TICK_MS, ms: TICK_MS, beats: false },
  ]);
});

test("to be hurried does not put off a tick that is due sooner", () => {
  const rig = new Rig(true);
  for (let ms = 0; ms < TICK_MS; ms += 10) {
    rig.runTo(ms);
    rig.ticker.hurry();
  }
  rig.runTo(TICK_MS);
  assert.deepEqual(rig.ticks.map(({ at }) => at), [TICK_MS]);
});

test("it beats along with a peer where its own heartbeats are due before long", () => {
  const rig = new Rig(true);
  rig.runTo(HEARTBEAT_MS);
  rig.runTo(HEARTBEAT_MS + HEARTBEAT_MS / 2);
  rig.ticker.join();
  assert.deepEqual(beatsOf(rig.ticks), [HEARTBEAT_MS], "its own have only just left");
  rig.runTo(2 * HEARTBEAT_MS - TICK_MS);
  rig.ticker.join();
  rig.ticker.join();
  rig.runTo(3 * HEARTBEAT_MS - TICK_MS);
  assert.deepEqual(beatsOf(rig.ticks), [1, 2, 3].map((n) => n * HEARTBEAT_MS - (n > 1 ? TICK_MS : 0)));
});

test("the time for which the process stood still is not counted", () => {
  const rig = new Rig(true);
  rig.runTo(HEARTBEAT_MS);
  rig.now += 3_600_000;
  rig.runTo(3_600_000);
  assert.equal(rig.ticks.at(-1)?.ms, HEARTBEAT_MS + TICK_MS);
});

test("nothing happens before it starts, and after it stops", () => {
  const rig = new Rig(true);
  rig.ticker.stop();
  rig.runTo(HEARTBEAT_MS);
  rig.ticker.hurry();
  rig.ticker.join();
  assert.deepEqual([rig.ticks, rig.runs], [[], false]);
});

function beatsOf(ticks: readonly Tick[]): number[] {
  return ticks.filter(({ beats }) => beats).map(({ at }) => at);
}
