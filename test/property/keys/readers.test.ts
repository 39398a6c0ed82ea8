/** Readers that go from node to node: each value once, however often and wherever it was told. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { recordText } from "../../../lib/core/keys/record.ts";
import { takeAsked } from "../../../lib/core/keys/reading.ts";
import { Digest } from "../../../lib/core/log/digest.ts";
import { Log } from "../../../lib/core/log/log.ts";
import { MemoryEntries } from "../../../lib/core/log/memory_entries.ts";
import type { Run } from "../../../lib/core/log/runs.ts";
import { Texts } from "../../../lib/core/log/texts.ts";
import { holds } from "../holds.ts";

const NODES = 3;
const TOPICS = ["", "t"];

/** What is told, and what it is the same as, wherever it is told. */
interface Told {
  readonly name: string;
  readonly text: string;
  readonly topic: string | undefined;
}

const told: fc.Arbitrary<Told> = fc.oneof(
  fc.integer({ min: -2, max: 5 }).map((n) => ({ name: `${n}`, text: `${n}`, topic: undefined })),
  fc.nat(3).map((n) => ({ name: `{${n}}`, text: `{"n":${n}}`, topic: undefined })),
  fc.nat(3).map((n) => ({ name: `[${n}]`, text: recordText({ text: `${n}` }), topic: "t" })),
  fc.tuple(fc.nat(3), fc.nat(9), fc.boolean()).map(([id, n, isPut]) => ({
    name: `id ${id}`,
    text: recordText({ text: `${n}`, id: `i${id}`, ...isPut && { key: "k", stamp: 1 + n } }),
    topic: "t",
  })),
);

const node = fc.nat(NODES - 1);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("tell" as const), node, told }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("pass on" as const), node, to: node, nth: fc.nat(40) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("read" as const), node, most: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const), node }) },
);

class Cluster {
  readonly #kept = Array.from({ length: NODES }, () => new MemoryEntries());
  readonly #logs = this.#kept.map((entries) => new Log(entries));
  /** All that was told. */
  readonly entries: (Run & { readonly name: string })[] = [];
  readonly #read: string[] = [];
  #position = new Digest();

  get told(): readonly string[] {
    return [...new Set(this.entries.map(({ name }) => name))].toSorted();
  }

  get read(): readonly string[] {
    return this.#read.toSorted();
  }

  log(node: number): Log {
    const log = this.#logs[node];
    if (log === undefined) throw new RangeError(`there are ${NODES} nodes`);
    return log;
  }

  /** What a node knows is acknowledged, and enters once. */
  tell(node: number, { name, text, topic }: Told): void {
    const texts = Texts.of([text]);
    if (this.log(node).holdsValue(texts, topic)) return;
    const origin = `n${node}.1`;
    const run = { origin, seq: (this.log(node).held(origin)?.last ?? 0) + 1, texts, topic, name };
    this.entries.push(run);
    this.log(node).addRun(run, 0);
  }

  passOn(node: number, to: number, nth: number): void {
    const run = this.entries[nth];
    if (run !== undefined && this.log(node).held(run.origin)?.has(run.seq)) this.log(to).addRun(run, 0);
  }

  restart(node: number): void {
    this.#logs[node] = new Log(this.#kept[node]);
  }

  /** The reader goes to a node that has what it had, takes so many entries and goes, as if it was killed; its position is all that it keeps. */
  readAt(node: number, most: number): void {
    const log = this.log(node);
    for (const run of this.entries) if (this.#position.has(run.origin, run.seq)) log.addRun(run, 0);
    let left = most;
    for (let more = true; more && left > 0;) {
      const batch = takeAsked(log, this.#position.clone(), { topics: TOPICS });
      for (const { origin, seq, texts } of batch.runs) {
        for (let i = 0; i < texts.length && left > 0; i++, left--) {
          const entry = this.entries.find((each) => each.origin === origin && each.seq === seq + i);
          this.#read.push(entry?.name ?? "what nobody told");
          this.#position.of(origin).add(seq + i);
        }
      }
      if (left > 0 && batch.passedOver !== undefined) this.#position.addAll(batch.passedOver.had);
      more = batch.more;
    }
  }
}

test("property: a reader that goes from node to node with nothing but its position has each value once [H12]", () => {
  holds(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const cluster = new Cluster();
      for (const each of steps) {
        if (each.kind === "tell") cluster.tell(each.node, each.told);
        else if (each.kind === "pass on") cluster.passOn(each.node, each.to, each.nth);
        else if (each.kind === "restart") cluster.restart(each.node);
        else cluster.readAt(each.node, each.most);
      }
      for (const run of cluster.entries) cluster.log(0).addRun(run, 0);
      cluster.readAt(0, Infinity);
      deepEqual(cluster.read, cluster.told);
    }),
    500,
  );
});
