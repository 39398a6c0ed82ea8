/** The drive: effects in order, one timer, one clock. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Envelope } from "../../../lib/core/message.ts";
import type { Effect, Event } from "../../../lib/core/node.ts";
import { TOGETHER_MAX } from "../../../lib/core/keys/entering.ts";
import {
  COMMIT_ALONG_MS,
  COMMIT_ENTRIES_MAX,
  COMMIT_LATER_MS,
  drive,
  TIMER_MS_MAX,
} from "../../../lib/runtime/drive.ts";
import type { Journal } from "../../../lib/runtime/journal.ts";
import type { Transport, TransportHandlers } from "../../../transports/transport.ts";
import { monotonicClock } from "../../../transports/clock.ts";
import { runOf } from "../../../lib/core/log/runs.ts";

const hello: Envelope = { src: "n1", dest: "n0", body: { type: "hello" } };
const broadcast: Envelope = { src: "c1", dest: "n0", body: { type: "broadcast", message: 7, msg_id: 1 } };
const delta: Envelope = { src: "n1", dest: "n0", body: { type: "delta" } };
const run = runOf("n0.1", 1, 7);
const taking: Effect[] = [
  { kind: "persist", own: true, runs: [run] },
  { kind: "send", envelope: hello },
  { kind: "deliver", runs: [run] },
  { kind: "send", envelope: hello },
  { kind: "drop", reason: "no use" },
];
const performed = ["send hello", "deliver 1", "send hello", "drop no use", "settled"];

test("drive() performs the effects of a step in their order", () => {
  const rig = new Rig(() => taking);
  rig.turn();
  assert.deepEqual(rig.log, ["step receive", ...performed]);
});

test("drive() holds all that follows from entries until one commit at the end of the turn [S1]", () => {
  const answers: Effect[][] = [[{ kind: "send", envelope: hello }], taking, [{
    kind: "send",
    envelope: hello,
  }], taking];
  const rig = new Rig(() => answers.shift() ?? [], { disk: new Disk() });
  for (let i = 0; i < 4; i++) rig.receive(hello);
  const step = "step receive";
  assert.deepEqual(rig.log, [step, "send hello", step, step, step]);
  assert.equal(rig.driver.settled, false);
  rig.endTurn();
  const twice = [...performed.slice(0, -1), "send hello", ...performed];
  assert.deepEqual(rig.log.slice(5), ["commit", ...twice]);
  assert.equal(rig.driver.settled, true);
});

test("drive() commits COMMIT_ENTRIES_MAX entries before the turn is over [S3]", () => {
  const many = Array.from({ length: COMMIT_ENTRIES_MAX }, (_, i) => ({ ...run, seq: i + 1 }));
  const rig = new Rig(() => [{ kind: "persist", own: true, runs: many }], { disk: new Disk() });
  rig.receive(hello);
  assert.deepEqual(rig.log, ["step receive", "commit"]);
  rig.endTurn();
  assert.equal(rig.log.length, 2, "nothing is left to commit");
});

test("drive() holds nothing for what others brought, and commits it a little later [S2]", () => {
  const brought: Effect[] = taking.map((effect) =>
    effect.kind === "persist" ? { ...effect, own: false } : effect
  );
  const rig = new Rig(() => brought, { disk: new Disk() });
  rig.turn();
  rig.turn();
  const step = ["step receive", ...performed];
  assert.deepEqual(rig.log, [...step, ...step]);
  assert.deepEqual(rig.timers, [COMMIT_LATER_MS]);
  rig.fire(1000 + COMMIT_LATER_MS);
  assert.deepEqual(rig.log.slice(2 * step.length), ["commit"]);
  assert.deepEqual(rig.timers, []);
});

test("drive() wakes the node that takes over after a later commit has failed [S4]", () => {
  const brought: Effect[] = [{ kind: "persist", own: false, runs: [run] }];
  const answers = [brought];
  const rig = new Rig(() => answers.shift() ?? [], { disk: new Disk(true) });
  rig.receive(hello);
  rig.deadline = 1500;
  rig.fire(1000 + COMMIT_LATER_MS);
  assert.deepEqual(rig.log.slice(-2), ["commit", "unsafe: no room"]);
  assert.deepEqual(rig.timers, [500 - COMMIT_LATER_MS]);
});

test("drive() commits what others brought together with an own entry once it has waited, and when it stops [S2]", () => {
  const brought: Effect[] = [{ kind: "persist", own: false, runs: [runOf("n1.1", 1, 8)] }];
  const answers = [brought, taking, taking, taking, brought];
  const disk = new Disk();
  const rig = new Rig(() => answers.shift() ?? [], { disk });
  rig.receive(hello);
  for (const now of [1000, 1000 + COMMIT_ALONG_MS - 1]) {
    rig.now = now;
    rig.turn();
  }
  assert.deepEqual(disk.commits, ["n0.1", "n0.1"], "else only what entered here");
  assert.deepEqual(rig.timers, [COMMIT_LATER_MS]);
  rig.now = 1000 + COMMIT_ALONG_MS;
  rig.turn();
  assert.deepEqual([disk.commits.slice(2), rig.timers], [["all"], []]);
  rig.receive(hello);
  rig.driver.stop();
  assert.deepEqual([disk.commits.slice(3), rig.timers], [["all"], []]);
});

test("drive() counts what others brought and still waits among COMMIT_ENTRIES_MAX [S3]", () => {
  const brought = Array.from({ length: COMMIT_ENTRIES_MAX - 1 }, (_, i) => runOf("n1.1", i + 1, i));
  const answers: Effect[][] = [[{ kind: "persist", own: false, runs: brought }], taking, taking];
  const disk = new Disk();
  const rig = new Rig(() => answers.shift() ?? [], { disk });
  rig.receive(hello);
  rig.receive(hello);
  assert.deepEqual([disk.commits, rig.timers], [["all"], []]);
  rig.turn();
  assert.deepEqual(disk.commits, ["all", "n0.1"]);
});

test("drive() has nothing more to commit of what others brought when a commit of own entries has failed [S4]", () => {
  const brought: Effect[] = [{ kind: "persist", own: false, runs: [runOf("n1.1", 1, 8)] }];
  const answers = [brought, taking];
  const disk = new Disk(true);
  const rig = new Rig(() => answers.shift() ?? [], { disk });
  rig.receive(hello);
  rig.turn();
  assert.deepEqual([disk.commits, rig.timers], [["n0.1"], []]);
});

test("drive() commits a list of members at the end of the turn, too [M4]", () => {
  const disk = new Disk();
  const rig = new Rig(() => [{ kind: "members", members: [], news: [] }], { disk });
  rig.turn();
  assert.equal(disk.commits.length, 1);
});

test("drive() gives the events of a failed commit to the node that takes over, and nothing else leaves [S4]", () => {
  const answers: Effect[][] = [taking, [{ kind: "send", envelope: hello }], [], []];
  const rig = new Rig(() => answers.shift() ?? [], { disk: new Disk(true) });
  rig.receive(hello);
  rig.receive(hello);
  rig.endTurn();
  const step = "step receive";
  assert.deepEqual(rig.log, [step, step, "commit", "unsafe: no room", step, step]);
});

test("drive() wakes the node once at the end of the turn, for all that came in it [S9]", () => {
  const rig = new Rig((event) => {
    rig.deadline = event.kind === "wake" ? Infinity : 1000;
    return [];
  });
  rig.receive(hello);
  rig.receive(hello);
  assert.deepEqual(rig.log, ["step receive", "step receive"]);
  rig.endTurn();
  assert.deepEqual(rig.log.slice(2), ["step wake"]);
  assert.deepEqual(rig.timers, []);
});

test("drive() takes in all that has come before it does what is overdue: nothing misses what leaves then [S9]", () => {
  const rig = new Rig((event) => {
    rig.deadline = event.kind === "wake" ? Infinity : rig.deadline;
    return [];
  }, { deadline: 1100 });
  rig.now = 1200;
  rig.receive(hello);
  rig.receive(hello);
  rig.endTurn();
  assert.deepEqual(rig.log, ["step receive", "step receive", "step wake"]);
});

test("drive() passes on what came in its last turn before it stops [S9]", () => {
  const rig = new Rig((event) => {
    rig.deadline = event.kind === "wake" ? Infinity : 1000;
    return event.kind === "wake" ? [{ kind: "send", envelope: hello }] : taking;
  }, { disk: new Disk() });
  rig.receive(hello);
  rig.driver.stop();
  assert.deepEqual(rig.log.slice(-3), ["settled", "step wake", "send hello"]);
  assert.deepEqual(rig.log.filter((line) => line === "commit").length, 1);
  rig.endTurn();
  assert.deepEqual(rig.log.at(-1), "send hello");
});

test("drive() says once per turn that all is settled [S9]", () => {
  const rig = new Rig(() => taking);
  rig.receive(hello);
  rig.receive(hello);
  assert.equal(rig.log.includes("settled"), false);
  rig.endTurn();
  assert.equal(rig.log.filter((line) => line === "settled").length, 1);
  rig.receive(hello);
  rig.endTurn();
  assert.equal(rig.log.filter((line) => line === "settled").length, 2);
  assert.deepEqual(rig.timers, []);
});

test("drive() wakes the node at its deadline, not before", () => {
  const rig = new Rig((event) => {
    rig.deadline = event.kind === "wake" ? Infinity : 1500;
    return [];
  });
  rig.turn();
  assert.deepEqual(rig.timers, [500]);
  rig.fire(1500);
  assert.deepEqual(rig.log, ["step receive", "step wake"]);
  assert.deepEqual(rig.timers, []);
});

test("drive() arms again when the deadline moves nearer", () => {
  const rig = new Rig(() => []);
  rig.deadline = 1500;
  rig.turn();
  rig.deadline = 1100;
  rig.turn();
  assert.deepEqual(rig.timers, [100]);
});

test("drive() leaves the timer when the deadline moves away, and looks again when it fires", () => {
  const rig = new Rig(() => []);
  rig.deadline = 1500;
  rig.turn();
  rig.deadline = 2000;
  rig.turn();
  assert.deepEqual(rig.timers, [500]);
  rig.fire(1500);
  assert.deepEqual(rig.timers, [500]);
  assert.deepEqual(rig.log, ["step receive", "step receive"]);
});

test("drive() waits at most TIMER_MS_MAX at a time, which a timer can hold", () => {
  const rig = new Rig(() => []);
  rig.deadline = 1e12;
  rig.turn();
  assert.deepEqual(rig.timers, [TIMER_MS_MAX]);
});

test("drive() waits zero for a deadline that has passed", () => {
  const rig = new Rig(() => []);
  rig.deadline = 10;
  rig.turn();
  assert.deepEqual(rig.timers, [0]);
});

test("drive() arms for a deadline that a node has from the start", () => {
  const rig = new Rig(() => [], { deadline: 1200 });
  assert.deepEqual(rig.timers, [200]);
});

test("drive() neither steps nor wakes once stopped", () => {
  const rig = new Rig(() => []);
  rig.deadline = 1500;
  rig.receive(hello);
  rig.driver.stop();
  rig.receive(hello);
  assert.deepEqual(rig.timers, []);
  assert.deepEqual(rig.log, ["step receive"]);
});

test("drive() does not arm again when it is stopped within a step", () => {
  const rig = new Rig(() => {
    rig.driver.stop();
    return [];
  });
  rig.deadline = 1500;
  rig.receive(hello);
  assert.deepEqual(rig.timers, []);
});

test("drive() steps all that comes in one turn at one moment, which never goes back [S9]", () => {
  const rig = new Rig(() => []);
  rig.deadline = 1500;
  rig.receive(hello);
  rig.endTurn();
  rig.now = 1400;
  rig.receive(hello);
  rig.now = 1450;
  rig.receive(hello);
  rig.fire(1500);
  rig.receive(hello);
  rig.deadline = Infinity;
  rig.endTurn();
  rig.now = 1600;
  rig.receive(hello);
  assert.deepEqual(rig.moments, [1000, 1400, 1400, 1500, 1500, 1600]);
});

test("drive() hands over the broadcasts of a turn together, before whatever else comes, and at its end [S12]", () => {
  const rig = new Rig(() => [], { gathers: true });
  for (const step of [broadcast, broadcast, hello, broadcast]) rig.receive(step);
  assert.deepEqual(rig.log, ["step broadcasts of 2", "step receive"]);
  rig.endTurn();
  assert.deepEqual(rig.log.slice(2), ["step broadcasts of 1"]);
  rig.receive(broadcast);
  rig.driver.stop();
  assert.deepEqual(rig.log.slice(3), ["step broadcasts of 1"], "also before it stops");
});

test("drive() passes on what members brought before it commits what clients broadcast in the same turn [S2]", () => {
  const brought: Effect[] = taking.map((effect) =>
    effect.kind === "persist" ? { ...effect, own: false } : effect
  );
  const rig = new Rig((event) => {
    rig.deadline = event.kind === "wake" ? Infinity : 1000;
    if (event.kind === "wake") return [{ kind: "send", envelope: hello }];
    return event.kind === "receive" ? brought : taking;
  }, { gathers: true, disk: new Disk() });
  rig.receive(broadcast);
  rig.receive(delta);
  rig.endTurn();
  assert.deepEqual(rig.log, ["step receive", ...performed, "step wake", "send hello"]);
  rig.endTurn();
  const committed = ["step broadcasts of 1", "commit", ...performed, "step wake", "send hello"];
  assert.deepEqual(rig.log.slice(8), committed, "once that has left the process");
  rig.endTurn();
  assert.equal(rig.log.length, 8 + committed.length);
});

test("drive() takes in all of a turn at once where there is nothing to commit [S9]", () => {
  const rig = new Rig((event) => {
    rig.deadline = event.kind === "wake" ? Infinity : 1000;
    return [];
  }, { gathers: true });
  for (const each of [broadcast, delta, broadcast]) rig.receive(each);
  rig.endTurn();
  assert.deepEqual(rig.log, ["step receive", "step broadcasts of 2", "step wake"]);
});

test("drive() lets acknowledgements leave together once what they follow from is safe [S1] [S12]", () => {
  const acknowledgements = { src: "n0", dest: "c1#1", requests: [1, 2] };
  const rig = new Rig(() => [...taking, { kind: "acknowledge", acknowledgements }], {
    gathers: true,
    disk: new Disk(),
  });
  rig.receive(broadcast);
  assert.deepEqual(rig.log, []);
  rig.endTurn();
  const left = [...performed.slice(0, -1), "acknowledge 1,2 to c1#1", "settled"];
  assert.deepEqual(rig.log, ["step broadcasts of 1", "commit", ...left]);
});

test("drive() hands over at most TOGETHER_MAX broadcasts at once [S12]", () => {
  const rig = new Rig(() => [], { gathers: true });
  for (let i = 0; i <= TOGETHER_MAX; i++) rig.receive(broadcast);
  assert.deepEqual(rig.log, [`step broadcasts of ${TOGETHER_MAX}`]);
  rig.endTurn();
  assert.deepEqual(rig.log.slice(1), ["step broadcasts of 1"]);
});

test("drive() gives the broadcasts of a failed commit to the node that takes over, too [S4] [S12]", () => {
  const answers: Effect[][] = [taking];
  const rig = new Rig(() => answers.shift() ?? [], { gathers: true, disk: new Disk(true) });
  rig.receive(broadcast);
  rig.receive(broadcast);
  rig.endTurn();
  const step = "step broadcasts of 2";
  assert.deepEqual(rig.log, [step, "commit", "unsafe: no room", step]);
});

test("monotonicClock() is near the time of day and never decreases", () => {
  const clock = monotonicClock();
  let last = clock();
  assert.ok(Math.abs(last - Date.now()) < 60_000);
  for (let i = 0; i < 10_000; i++) {
    const now = clock();
    assert.ok(now >= last);
    last = now;
  }
});

interface Setting {
  readonly deadline?: number;
  readonly disk?: Disk;
  readonly gathers?: boolean;
}

/** A driven node of the test's own, on a clock that stands at 1000 until moved. */
class Rig {
  readonly log: string[] = [];
  deadline: number;
  readonly driver;
  readonly #decide: (event: Event) => Effect[];
  readonly #timers = new Map<() => void, number>();
  #handlers: TransportHandlers | undefined;
  now = 1000;
  /** Of each step. */
  readonly moments: number[] = [];

  readonly #ends: (() => void)[] = [];

  constructor(decide: (event: Event) => Effect[], setting: Setting = {}) {
    const { deadline = Infinity, disk, gathers = false } = setting;
    this.#decide = decide;
    this.deadline = deadline;
    this.driver = drive({
      node: this,
      transport: this.#transport(gathers),
      clock: () => this.now,
      timer: (ms, run) => {
        this.#timers.set(run, ms);
        return () => this.#timers.delete(run);
      },
      ...disk && { journal: disk.writing(this.log) },
      endOfTurn: (run) => this.#ends.push(run),
      onUnsafe: (error) => {
        this.log.push(`unsafe: ${error instanceof Error ? error.message : error}`);
        return this;
      },
      onSettled: () => this.log.push("settled"),
      onDeliver: (entries) => this.log.push(`deliver ${entries.length}`),
      onDropped: (reason) => this.log.push(`drop ${reason}`),
    });
  }

  /** What timers are armed, ms. */
  get timers(): number[] {
    return [...this.#timers.values()];
  }

  step(event: Event, now: number): Effect[] {
    this.moments.push(now);
    const size = event.kind === "broadcasts" ? ` of ${event.envelopes.length}` : "";
    this.log.push(`step ${event.kind}${size}`);
    return this.#decide(event);
  }

  receive(envelope: Envelope): void {
    this.#handlers?.onEnvelope(envelope);
  }

  /** A turn in which one message comes. */
  turn(): void {
    this.receive(hello);
    this.endTurn();
  }

  endTurn(): void {
    for (const run of this.#ends.splice(0)) run();
  }

  fire(now: number): void {
    this.now = now;
    const due = [...this.#timers.keys()];
    this.#timers.clear();
    for (const run of due) run();
  }

  #transport(acknowledges: boolean): Transport {
    return {
      open: (handlers) => {
        this.#handlers = handlers;
      },
      send: (envelope) => {
        this.log.push(`send ${envelope.body.type}`);
      },
      ...acknowledges && {
        acknowledge: ({ dest, requests }) => this.log.push(`acknowledge ${requests} to ${dest}`),
      },
      drain: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }
}

/** Says what it is asked to do, and may have no room. */
class Disk {
  /** The origins of each commit. */
  readonly commits: string[] = [];
  readonly #full: boolean;

  constructor(full = false) {
    this.#full = full;
  }

  writing(log: string[]): Journal {
    return {
      commit: (origins) => {
        log.push("commit");
        this.commits.push(origins === undefined ? "all" : [...origins].join());
        if (this.#full) throw new Error("no room");
      },
    };
  }
}
