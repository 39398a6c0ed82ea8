/** A recording made by hand: three nodes, a value 7, and what happens to it in so many ms. */
import type { Body, Json } from "../../../../../lib/core/message.ts";
import type { TraceEvent } from "../../../../../lib/core/trace.ts";
import { Recorder } from "../../../../../lib/workbench/report/recording.ts";
import { Facts } from "../../../../../lib/workbench/report/why/facts.ts";
import { type Why, whyOf } from "../../../../../lib/workbench/report/why/why.ts";
import type { Passage } from "../../../../../lib/workbench/world/network.ts";

export const NODES = ["n0", "n1", "n2"];
export const VALUE = 7;

/** What a message of ours looks like that brings these values. */
export function bringing(...values: readonly Json[]): Body {
  const runs = [["n0.1", 1, values]];
  return { type: "delta", incarnation: 1, seq: 1, digest: [], runs };
}

export class Story {
  readonly recorder = new Recorder();
  /** Only of simulated nodes it is known what they hold. */
  readonly world: "sim" | "test";
  #count = 0;

  constructor(world: "sim" | "test" = "sim") {
    this.world = world;
  }

  /** A client tells a node the value, which begins at `at` and is there at `there`. */
  told(
    node: string,
    at: number,
    there = at,
    value: Json = VALUE,
    f: "broadcast" | "add" = "broadcast",
  ): this {
    const index = this.#count++;
    const op = { index, time: at, process: 0, thread: 0, node, f, value, final: false } as const;
    const invoked = { ...op, type: "invoke" } as const;
    this.recorder.operation(invoked, invoked);
    const envelope = {
      src: "c1",
      dest: node,
      body: f === "add" ? { type: f, element: value } : { type: f, message: value },
    };
    this.recorder.passed({ envelope, sentAt: at, endedAt: there });
    return this;
  }

  holds(node: string, at: number, value: Json = VALUE): this {
    this.recorder.holds(node, [value], at);
    return this;
  }

  sent(
    src: string,
    dest: string,
    [sentAt, endedAt]: readonly [number, number],
    dropped?: Passage["dropped"],
  ): this {
    this.recorder.passed({ envelope: { src, dest, body: bringing(VALUE) }, sentAt, endedAt, dropped });
    return this;
  }

  says(node: string, at: number, event: TraceEvent): this {
    this.recorder.traced(node, event, at);
    return this;
  }

  /** A star around n0, as all see it. */
  star(): this {
    this.says("n0", 0, { kind: "tree", neighbours: ["n1", "n2"] });
    for (const node of ["n1", "n2"]) this.says(node, 0, { kind: "tree", relay: "n0", neighbours: ["n0"] });
    return this;
  }

  /** From then on nothing passes between the node and the others; without a node, everything is healed. */
  cut(at: number, loner?: string): this {
    const others = NODES.filter((node) => node !== loner);
    const sides = loner === undefined ? [] : [[loner, new Set(others)] as const];
    this.recorder.parted(
      new Map([...sides, ...sides.flatMap(([one]) => others.map((each) => [each, new Set([one])] as const))]),
      at,
    );
    return this;
  }

  get facts(): Facts {
    const { recording } = this.recorder;
    return new Facts({ about: { world: this.world, nodes: NODES }, recording });
  }

  why(value: Json = VALUE): Why {
    const why = whyOf(this.facts, value);
    if (why === undefined) throw new Error(`nobody has ${JSON.stringify(value)}`);
    return why;
  }
}

/** "0–100 linger n1 n0" for each stretch. */
export function textOf({ stretches }: Why): string[] {
  return stretches.map(({ from, to, cause, node, peer }) =>
    `${from}–${to} ${cause} ${node}${peer === undefined ? "" : ` ${peer}`}`
  );
}
