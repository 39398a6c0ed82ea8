/** The counters: numbers are added, and the sum is read; g-counter takes none that is negative. */
import { below, type Random } from "../../core/random.ts";
import type { Op } from "../verdict/history.ts";
import { isWithin, type Range, sums } from "./ranges.ts";
import type {
  Checker,
  CheckerOptions,
  CounterResults,
  Findings,
  Reading,
  WorkloadDefinition,
} from "./workload.ts";
import { listed } from "./workload.ts";

/** Maelstrom's: from -5 to 4, and for a g-counter those of them that are not negative. */
export const gCounter = counter("g-counter", (random) => below(random, 5));
export const pnCounter = counter("pn-counter", (random) => below(random, 10) - 5);

function counter(name: "g-counter" | "pn-counter", draw: (random: Random) => number): WorkloadDefinition {
  return {
    name,
    operations: {
      add: { called: "additions", request: (delta) => ({ type: "add", delta }) },
      read: {
        called: "reads",
        request: () => ({ type: "read" }),
        field: "value",
        read: (answer) =>
          typeof answer === "number" && Number.isInteger(answer) ? { value: answer } : undefined,
      },
    },
    main: "add",
    counted: "additions",
    advises: false,
    ofValues: false,
    next: ({ random, readShare }) =>
      random.next() < 1 - readShare ? { f: "add", value: draw(random) } : { f: "read", value: null },
    last: () => [{ f: "read", value: null }],
    checker: (options) => new CounterChecker(name === "g-counter", options),
  };
}

/** An addition that was acknowledged, or of which nobody knows. */
interface Addition {
  readonly delta: number;
  readonly node: string;
  /** When it was acknowledged. */
  readonly time: number | undefined;
}

class CounterChecker implements Checker {
  readonly #growsOnly: boolean;
  readonly #options: CheckerOptions;
  readonly #additions: Addition[] = [];
  /** What a read may show at least and at most, by what was asked until now. */
  #least = 0;
  #most = 0;
  /** By node, the greatest read that was answered since it came back. */
  readonly #greatest = new Map<string, Op>();
  /** By process, the greatest at its node when it asked its own. */
  readonly #before = new Map<number, Op | undefined>();
  readonly #finals: Reading[] = [];
  readonly #impossible: CounterResults["impossible"][number][] = [];
  readonly #decreased: CounterResults["decreased"][number][] = [];

  constructor(growsOnly: boolean, options: CheckerOptions) {
    this.#growsOnly = growsOnly;
    this.#options = options;
  }

  see(op: Op, invocation: Op): void {
    if (op.f === "add") this.#onAdd(op, numberOf(invocation));
    else if (op.type === "invoke") this.#before.set(op.process, this.#greatest.get(op.node));
    else if (op.type === "ok") this.#onRead(op);
  }

  check(): Findings {
    const { open = [], "at-risk": atRisk = [], sure = [] } = Object.groupBy(
      this.#additions,
      ({ node, time }) => {
        if (time === undefined) return "open";
        return this.#options.mayHaveLost(node, time) ? "at-risk" : "sure";
      },
    );
    const possible = [...open, ...atRisk].map(({ delta }) => delta);
    const acceptable = sums(sure.reduce((sum, { delta }) => sum + delta, 0), possible);
    const errors = this.#finals.filter(({ value }) => !isWithin(acceptable, value));
    return {
      failures: [
        ...errors.length === 0 ? [] : [wrongSum(errors, acceptable)],
        ...disagreement(this.#finals),
        ...said(
          "Impossible",
          this.#impossible,
          (read) => `, where ${read.least} to ${read.most} is possible`,
        ),
        ...said("Decreased", this.#decreased, (read) => `, after it had read ${read.before}`),
      ],
      results: {
        kind: "counter",
        errors: errors.length === 0 ? null : errors,
        "final-reads": this.#finals.map(({ value }) => value),
        acceptable,
        impossible: this.#impossible,
        decreased: this.#decreased,
        "at-risk-count": atRisk.length,
      },
    };
  }

  #onAdd({ type, node, time }: Op, delta: number): void {
    if (type === "invoke") this.#widen(delta, 1);
    // What surely did not happen is in no sum.
    else if (type === "fail") this.#widen(delta, -1);
    else this.#additions.push({ delta, node, time: type === "ok" ? time : undefined });
  }

  #widen(delta: number, times: 1 | -1): void {
    if (delta < 0) this.#least += times * delta;
    else this.#most += times * delta;
  }

  #onRead(op: Op): void {
    const { node, process, time, final } = op;
    const reading: Reading = { node, value: numberOf(op), "at-ms": Math.round(time) };
    const [least, most] = [this.#least, this.#most];
    if (reading.value < least || reading.value > most) this.#impossible.push({ ...reading, least, most });
    const before = this.#before.get(process);
    if (this.#growsOnly && this.#isLess(op, before)) {
      this.#decreased.push({ ...reading, before: numberOf(before) });
    }
    if (!this.#isLess(op, this.#greatest.get(node))) this.#greatest.set(node, op);
    if (final) this.#finals.push(reading);
  }

  /** Whether a read shows less than another one at its node, which has not been started again since. */
  #isLess(op: Op, other: Op | undefined): other is Op {
    return other !== undefined && numberOf(op) < numberOf(other) &&
      !this.#options.cameBack(op.node, other.time);
  }
}

/** Of an addition that was asked, or a read that was answered. */
function numberOf({ value }: Op): number {
  return typeof value === "number" ? value : 0;
}

function wrongSum(errors: readonly Reading[], acceptable: readonly Range[]): string {
  const ranges = acceptable.map(([from, to]) => from === to ? `${from}` : `${from} to ${to}`);
  const reads = errors.map(({ node, value }) => `${value} at ${node}`);
  return `Wrong sum: the additions make ${ranges.join(" or ")}, and the final reads are ${listed(reads)}.`;
}

/** Even where each sum may be right, all nodes must have the same in the end. */
function disagreement(finals: readonly Reading[]): string[] {
  const nodes = [...Map.groupBy(finals, ({ value }) => value)].map(([value, reads]) =>
    `${value} at ${reads.map(({ node }) => node).join(", ")}`
  );
  return nodes.length < 2
    ? []
    : [`Disagree: the nodes do not read the same sum in the end: ${listed(nodes)}.`];
}

function said<R extends Reading>(what: string, reads: readonly R[], why: (read: R) => string): string[] {
  const each = reads.map((read) =>
    `${read.node} read ${read.value} at ${(read["at-ms"] / 1000).toFixed(1)} s${why(read)}`
  );
  return each.length === 0 ? [] : [`${what}: ${listed(each)}.`];
}
