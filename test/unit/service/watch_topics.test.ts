/** Watches of topics and of the latest: what is refused, what is sent, and that much to pass over stops nobody. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { TOPICS_PER_WATCH_MAX } from "../../../lib/core/keys/names.ts";
import { Runs } from "../../../lib/core/log/runs.ts";
import type { Body, Envelope } from "../../../lib/core/message.ts";
import { Node } from "../../../lib/core/node.ts";
import { BATCH_ENTRIES_MAX } from "../../../lib/core/replication/pacing.ts";
import { seeded } from "../../../lib/core/random.ts";
import { PASSED_BATCHES_MAX, PASSED_ENTRIES_MAX, Watches } from "../../../lib/service/watches.ts";

class Rig {
  readonly watches: Watches;
  readonly #node = new Node({ random: seeded(1), incarnation: 1 });
  #said: string[] = [];
  #later: (() => void)[] = [];
  /** What was named as passed over. */
  readonly had: unknown[] = [];
  /** How many batches were looked at. */
  batches = 0;

  constructor() {
    this.ask({ type: "init", node_id: "n0", node_ids: ["n0"] });
    this.watches = new Watches({
      take: (position, asked) => {
        this.batches++;
        return this.#node.takeBatch(position, asked);
      },
      now: () => this.#node.position,
      count: () => this.#node.status.values,
      settled: () => true,
      heldBytes: () => 0,
      ahead: (position) => this.#node.aheadOf(position),
      later: (_, run) => this.#later.push(run),
      nextTurn: (run) => run(),
      keepOpen: () => {},
      reply: (_, body) => {
        this.#said.push(said(body));
        if (body["had"] !== undefined) this.had.push(body["had"]);
      },
    });
  }

  ask(body: Body): void {
    this.#node.step({ kind: "receive", envelope: request(body) }, 5);
    this.watches?.serveAll();
  }

  put(topic: string, key: string, message: string): void {
    this.ask({ type: "broadcast", topic, key, message });
  }

  /** So many entries of two topics that take turns, and then one of topic a. Returns how many. */
  crowd(entries: number): number {
    for (let i = 0; i < entries; i++) {
      this.ask({ type: "broadcast", topic: i % 2 === 0 ? "b" : "c", message: i });
    }
    this.ask({ type: "broadcast", topic: "a", message: 1 });
    return entries;
  }

  /** What a watch is told at once. */
  watch(fields: Record<string, unknown>): string[] {
    const asked = request({ type: "watch", msg_id: 9, ...fields });
    this.watches.open(asked, asked.body);
    return this.take();
  }

  take(): string[] {
    const said = this.#said;
    this.#said = [];
    return said;
  }

  /** What was put off runs now. Returns whether there was anything. */
  goOn(): boolean {
    const later = this.#later;
    this.#later = [];
    for (const run of later) run();
    return later.length > 0;
  }
}

function request(body: Body): Envelope {
  return { src: "c#1", dest: "n0", body };
}

/** The text of runs, and else the type, or the text of an error. */
function said({ type, runs, text }: Body): string {
  return runs instanceof Runs ? runs.text : typeof text === "string" ? text : type;
}

test("Watches give the topics that they ask for, first what is held and then what is new [H5]", () => {
  const rig = new Rig();
  for (const topic of [undefined, "flags", "flags.eu", "jobs"]) {
    rig.ask({ type: "broadcast", topic, message: 1 });
  }
  const eu = '["n0.1",3,[[1]],"flags.eu"]';
  deepEqual(rig.watch({ topics: ["flags*"] }), ["watch_ok", `[["n0.1",2,[[1]],"flags"],${eu}]`]);
  rig.ask({ type: "broadcast", topic: "jobs", message: 2 });
  rig.ask({ type: "broadcast", topic: "flags", message: 2 });
  deepEqual(rig.take(), ['[["n0.1",6,[[2]],"flags"]]']);
});

test("Watches that name no topics are given the default one [H5]", () => {
  const rig = new Rig();
  for (const topic of [undefined, "flags"]) rig.ask({ type: "broadcast", topic, message: 1 });
  for (const topics of [undefined, null]) {
    deepEqual(rig.watch({ topics, follow: false }), ["watch_ok", '[["n0.1",1,[1]]]', "watch_end"]);
  }
});

test("Watches of the latest give each key once, then each that becomes the latest, deletions included [H8]", () => {
  const rig = new Rig();
  for (const message of ["on", "off"]) rig.put("flags", "dark", message);
  rig.ask({ type: "broadcast", topic: "flags", message: "no key" });
  const off = '[["n0.1",2,[["off",null,"dark",5001]],"flags"]]';
  deepEqual(rig.watch({ topics: ["flags"], latest: true, follow: false }), ["watch_ok", off, "watch_end"]);
  deepEqual(rig.watch({ topics: ["flags"], latest: true }), ["watch_ok", off]);
  rig.ask({ type: "delete", topic: "flags", key: "dark" });
  rig.ask({ type: "broadcast", topic: "flags", message: "no key, either" });
  deepEqual(rig.take(), ['[["n0.1",4,[[null,null,"dark",5002,true]],"flags"]]']);
});

test("Watches refuse patterns that are none, by their place, and more than TOPICS_PER_WATCH_MAX [H7]", () => {
  const rig = new Rig();
  const many = Array.from({ length: TOPICS_PER_WATCH_MAX + 1 }, (_, i) => `t${i}`);
  deepEqual(rig.watch({ topics: ["a", "a*b"] }), ["watch /topics/1 holds *"]);
  deepEqual(rig.watch({ topics: [] }), ["watch /topics is empty"]);
  deepEqual(rig.watch({ topics: "a" }), ["watch /topics must be array"]);
  deepEqual(rig.watch({ topics: [7] }), ["watch /topics/0 must be string"]);
  deepEqual(rig.watch({ latest: "yes" }), ["watch /latest must be boolean"]);
  deepEqual(rig.watch({ topics: many }), ["watch /topics names 65 topics, at most 64 are allowed"]);
  deepEqual(rig.watch({ topics: many.slice(1) }), ["watch_ok"]);
});

test("Watches rest after PASSED_BATCHES_MAX batches of what they did not ask for, and then go on [H5]", () => {
  const rig = new Rig();
  const entries = rig.crowd(2 * PASSED_BATCHES_MAX * BATCH_ENTRIES_MAX);
  // Meanwhile nothing is said but where it is.
  deepEqual(new Set(rig.watch({ topics: ["a"] })), new Set(["watch_ok", "[]"]));
  equal(rig.batches, PASSED_BATCHES_MAX);
  rig.watches.serveAll();
  equal(rig.goOn(), true);
  while (rig.goOn());
  deepEqual(rig.take().filter((text) => text !== "[]"), [`[["n0.1",${entries + 1},[[1]],"a"]]`]);
});

test("Watches name what they pass over beside what they give, and alone once it is PASSED_ENTRIES_MAX [H11]", () => {
  const rig = new Rig();
  const pass = (from: number, to: number) => {
    for (let message = from; message <= to; message++) rig.ask({ type: "broadcast", message });
  };
  rig.watch({ topics: ["a"] });
  pass(1, 3);
  deepEqual([rig.take(), rig.had], [[], []]);
  rig.ask({ type: "broadcast", topic: "a", message: 1 });
  rig.ask({ type: "broadcast", topic: "a", message: 2 });
  deepEqual([rig.take().length, rig.had], [2, [[["n0.1", [1, 3]]]]]);
  pass(6, PASSED_ENTRIES_MAX + 4);
  deepEqual(rig.take(), []);
  pass(PASSED_ENTRIES_MAX + 5, PASSED_ENTRIES_MAX + 5);
  deepEqual([rig.take(), rig.had[1]], [["[]"], [["n0.1", [6, PASSED_ENTRIES_MAX + 5]]]]);
});

test("Watches that rest when their connection goes do not go on [S6]", () => {
  const rig = new Rig();
  rig.crowd(PASSED_BATCHES_MAX * BATCH_ENTRIES_MAX);
  rig.watch({ topics: ["a"] });
  rig.watches.gone("1");
  rig.goOn();
  deepEqual(rig.take(), []);
});
