/** Measures the cases of a group, by mitata and by weighing the heap, into plain results. */
import process from "node:process";
import { do_not_optimize, measure } from "mitata";
import type { Case, Group, Unit } from "./cases.ts";

/** How long a case is measured, at the least. */
export interface Effort {
  readonly ms: number;
  readonly samples: number;
}

export const THOROUGH: Effort = { ms: 150, samples: 5 };
/** For trees that take turns: more turns say more than longer ones. */
export const QUICK: Effort = { ms: 40, samples: 3 };

/** Of one case, all figures per unit of the group's `per`. */
export interface Result {
  readonly group: string;
  readonly name: string;
  readonly unit: Unit;
  readonly per: string;
  readonly fastest: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly samples: number;
}

/** A case that could not be measured: another tree may lack what it needs. */
export interface Failure {
  readonly group: string;
  readonly name: string;
  readonly reason: string;
}

/** What one runtime has measured. */
export interface Report {
  readonly runtime: string;
  readonly results: readonly Result[];
  readonly failures: readonly Failure[];
}

/** Of each case the turn with the lower median. */
export function quicker(one: Report, other: Report): Report {
  const results = one.results.map((result) => {
    const again = other.results.find(({ name }) => name === result.name);
    return again !== undefined && again.median < result.median ? again : result;
  });
  return { ...one, results };
}

/** One group, ready to be measured again and again. */
export class Bench {
  readonly #group: Group;
  readonly #effort: Effort;
  readonly #cases: readonly Case[];
  /** What was prepared before, and is kept for another turn. */
  readonly #started = new Map<Case, () => unknown>();

  constructor(group: Group, effort: Effort) {
    this.#group = group;
    this.#effort = effort;
    this.#cases = group.cases();
  }

  /** Measures each case. `again`: there will be another turn. */
  async turn(again: boolean): Promise<Report> {
    const results: Result[] = [];
    const failures: Failure[] = [];
    for (const each of this.#cases) {
      try {
        results.push(this.#resultOf(each, await this.#figures(this.#workOf(each, again))));
      } catch (error) {
        failures.push({ group: this.#group.title, name: each.name, reason: reasonOf(error) });
      }
    }
    return { runtime: runtimeName(), results, failures };
  }

  #workOf(each: Case, again: boolean): () => unknown {
    const work = this.#started.get(each) ?? each.start();
    if (again) this.#started.set(each, work);
    return work;
  }

  /** Of one call each, ascending. */
  async #figures(work: () => unknown): Promise<readonly number[]> {
    const { unit } = this.#group;
    if (unit === "bytes") return [weigh(work)];
    if (unit === "virtual ms" || unit === "bytes of text") return [Number(work())];
    const { ms, samples } = this.#effort;
    return (await measure(work, { min_cpu_time: ms * 1e6, min_samples: samples })).samples;
  }

  #resultOf({ name, count }: Case, figures: readonly number[]): Result {
    const { title, unit, per, count: countOfAll } = this.#group;
    const at = (part: number) =>
      (figures[Math.floor(part * (figures.length - 1))] ?? 0) / (count ?? countOfAll);
    const spread = { fastest: at(0), p25: at(0.25), median: at(0.5), p75: at(0.75) };
    return { group: title, name, unit, per, ...spread, samples: figures.length };
  }
}

/** A collector that has to guess what the stack refers to frees it late: what was weighed is kept, lest it count as less. */
const kept: unknown[] = [];

/** Bytes of heap that the result keeps: what is in use with it and without it, all garbage collected. */
function weigh(build: () => unknown): number {
  // Once before, so that what the code itself takes is there already.
  kept.push(build());
  const before = heapInUse();
  kept.push(build());
  const after = heapInUse();
  do_not_optimize(kept);
  return after - before;
}

function heapInUse(): number {
  const gc: unknown = Reflect.get(globalThis, "gc");
  if (typeof gc !== "function") {
    throw new Error("To weigh the heap the runtime must be started with --expose-gc");
  }
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function runtimeName(): string {
  const { bun, deno, node } = process.versions;
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? `Node.js ${node}` : `Deno ${deno}`;
}
