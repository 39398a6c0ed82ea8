/** A hunt: aims faults in rounds until a run fails or the time is over, then makes the failure as small as it gets. */
import { at } from "../../core/assert.ts";
import { fork, pick } from "../../core/random.ts";
import { nodeIds } from "../settings.ts";
import type { Load } from "../world/loads.ts";
import type { Results } from "../verdict/results.ts";
import { allowedAims, writeBoth } from "./aims.ts";
import { type Case, faultsFound } from "./case.ts";
import { Draft } from "./draft.ts";
import type { Find, HuntOptions, HuntOutcome, HuntProgress } from "./options.ts";
import { type FailingOf, shrink } from "./shrink.ts";

/** How long a fault lasts, from cycle to cycle, ms: longer than usual timeouts, and than two of them. Guesses. */
const SPANS_MS = [250, 1_200, 2_600];

/** How many nodes a round has. */
const NODE_COUNTS = [3, 3, 3, 2, 5];
/** More of them are hard to think about. */
const FEW_NODES = 3;

/** While it is made smaller, a case has so many times as long to come right as the slowest case that did, and so long at least, s. */
const PATIENCE = 2;
export const PATIENCE_S_MIN = 1.2;

interface Failure {
  readonly aim: string;
  readonly case: Case;
  readonly results: Results;
}

/** Rounds until a moment, ms since the hunt began, or until one of them fails. */
interface Search {
  readonly untilMs: number;
  readonly nodeCount: number | undefined;
  isOver: boolean;
}

/** How often a case is run, and how often it has to fail to count as one that does. */
interface Bar {
  readonly runs: number;
  readonly failures: number;
}

const CERTAIN: Bar = { runs: 1, failures: 1 };
const ALWAYS: Bar = { runs: 2, failures: 2 };
const SOMETIMES: Bar = { runs: 5, failures: 2 };
/** How often what was found is run again, and how often what it was made into, to say how often it fails. */
const AGAIN = 2;
const AGAIN_IF_RARE = 3;
/** How much longer than to look for a failure it may take to make it smaller. */
const SHRINK_BUDGETS = 2;
/** How many of the last steps are looked at for one that fails often enough. */
export const STEPS_BACK_MAX = 3;
const TRIES = 5;

export class Hunt {
  readonly #options: HuntOptions;
  readonly #startedAt: number;
  /** By how many nodes there are, the busiest in the latest run. */
  readonly #busiest = new Map<number, string>();
  /** Lanes that may still be running. */
  readonly #lanes: Promise<unknown>[] = [];
  #rounds = 0;
  #runs = 0;
  /** From a heal until everything was everywhere, s. */
  #slowestS = 0;
  #progress: Pick<HuntProgress, "phase" | "aim" | "smallest"> = { phase: "hunting", aim: "" };

  constructor(options: HuntOptions) {
    this.#options = options;
    this.#startedAt = options.now();
  }

  async run(): Promise<HuntOutcome> {
    let rare: Find | undefined;
    let found: Find | undefined;
    let huntMs = this.#elapsedMs;
    while (found === undefined) {
      const failure = await this.#seek(this.#options.budgetMs, this.#options.nodeCount);
      huntMs = this.#elapsedMs;
      if (failure === undefined) break;
      const again = await this.#again(failure);
      if (again.failed > 1 || again.of === 1) found = await this.#smallest(again);
      else rare ??= again;
    }
    await Promise.all(this.#lanes);
    const shrinkMs = this.#elapsedMs - huntMs;
    return { found: found ?? rare, rounds: this.#rounds, runs: this.#runs, huntMs, shrinkMs };
  }

  /** The next failure; undefined once the time is over, ms since the hunt began. */
  #seek(untilMs: number, nodeCount: number | undefined): Promise<Failure | undefined> {
    const { ground } = this.#options;
    const search: Search = { untilMs, nodeCount, isOver: false };
    const count = Math.ceil(
      ground.nodesAtOnce / Math.max(...nodeCount === undefined ? NODE_COUNTS : [nodeCount]),
    );
    const lanes = Array.from({ length: count }, () => this.#lane(search));
    this.#lanes.push(...lanes);
    return new Promise((resolve, reject) => {
      for (const lane of lanes) lane.then((failure) => failure && resolve(failure), reject);
      Promise.all(lanes).then(() => resolve(undefined), reject);
    });
  }

  async #lane(search: Search): Promise<Failure | undefined> {
    while (!search.isOver && this.#elapsedMs < search.untilMs) {
      const { aim, case: tried } = this.#write(this.#rounds++, search.nodeCount);
      this.#tell({ aim });
      const results = await this.#try(tried, this.#options.recoveryS);
      if (search.isOver || faultsFound(results).length === 0) continue;
      search.isOver = true;
      return { aim, case: tried, results };
    }
    return undefined;
  }

  #write(round: number, count: number | undefined): Pick<Failure, "aim" | "case"> {
    const { seed, faults, ground } = this.#options;
    const random = fork(seed, `hunt:${round}`);
    const { length } = allowedAims(faults, random);
    const cycle = Math.floor(round / length);
    const aims = allowedAims(faults, fork(seed, `aims:${cycle}`));
    const nodeCount = count ?? pick(random, NODE_COUNTS) ?? 1;
    const latencyMs = pick(random, ground.latenciesMs) ?? 0;
    const draft = new Draft({
      ...{ random, latencyMs, nodes: nodeIds(nodeCount), busiest: this.#busiest.get(nodeCount) },
      spanMs: SPANS_MS[cycle % SPANS_MS.length] ?? 0,
    });
    const aim = writeBoth(at(aims, round % length), aims, draft);
    return { aim, case: { nodeCount, latencyMs, script: draft.script } };
  }

  async #try(tried: Case, recoveryS: number): Promise<Results> {
    this.#runs++;
    const results = await this.#options.ground.run(tried, recoveryS);
    if (faultsFound(results).length === 0) {
      const healedMs = results["everywhere-after-heal-ms"].map(({ ms }) => ms ?? 0);
      this.#slowestS = Math.max(this.#slowestS, ...healedMs.map((ms) => ms / 1000));
    }
    const loads = Object.entries(results.net["by-node"] ?? {});
    const [busiest] = loads.toSorted(([, a], [, b]) => weightOf(b) - weightOf(a));
    if (busiest !== undefined) this.#busiest.set(tried.nodeCount, busiest[0]);
    return results;
  }

  /** Whether it fails again. Nodes that failed with all the time that there is get less of it now. */
  async #again(failure: Failure): Promise<Find> {
    this.#tell({ phase: "confirming" });
    const runs = [failure.results];
    if (this.#options.ground.isCertain) return findOf(failure, failure.case, runs);
    for (const count of [AGAIN, AGAIN_IF_RARE]) {
      runs.push(...await this.#repeat(failure.case, count, this.#hastyS));
      if (findOf(failure, failure.case, runs).failed > 1) break;
    }
    return findOf(failure, failure.case, runs);
  }

  /** How often a smaller case fails where nodes have all the time that there is. */
  async #confirm(found: Find, smaller: Case): Promise<Find> {
    this.#tell({ phase: "confirming" });
    const { ground: { isCertain }, recoveryS } = this.#options;
    const runs = await this.#repeat(smaller, isCertain ? 1 : TRIES, recoveryS);
    return findOf({ ...found, case: found.first }, smaller, runs);
  }

  #repeat(tried: Case, count: number, recoveryS: number): Promise<Results[]> {
    return Promise.all(Array.from({ length: count }, () => this.#try(tried, recoveryS)));
  }

  /** As small as it gets. Where many nodes are left, a hunt with a few may find something smaller. */
  async #smallest(found: Find): Promise<Find> {
    const { budgetMs } = this.#options;
    const smaller = await this.#shrunk(found, this.#elapsedMs + SHRINK_BUDGETS * budgetMs);
    if (smaller.case.nodeCount <= FEW_NODES) return smaller;
    const other = await this.#seek(this.#elapsedMs + budgetMs / 4, FEW_NODES);
    const again = other && await this.#again(other);
    if (again === undefined || again.failed < again.of) return smaller;
    return await this.#shrunk(again, this.#elapsedMs + budgetMs / 4);
  }

  /** What turns out to be slow, and not wrong, is made smaller again with all the time that nodes may take. */
  async #shrunk(found: Find, until: number): Promise<Find> {
    if (found.results.failures.some((sentence) => sentence.startsWith("Setup"))) return found;
    this.#tell({ phase: "shrinking", smallest: found.case });
    const { ground: { isCertain }, recoveryS } = this.#options;
    const bar = isCertain ? CERTAIN : found.failed === found.of ? ALWAYS : SOMETIMES;
    for (const patienceS of new Set([this.#hastyS, recoveryS])) {
      const steps: Case[] = [];
      const smallest = await shrink(found.case, async (cases) => {
        const failing = await this.#failingOf(cases, patienceS, bar, until);
        steps.push(...failing.slice(0, 1));
        return failing;
      });
      // Where several failed, another one than the first may have been taken.
      if (smallest !== found.case && !steps.includes(smallest)) steps.push(smallest);
      const confirmed = await this.#smallestThatFails(found, steps);
      if (confirmed !== undefined) return confirmed;
    }
    return found;
  }

  /** A script that hardly ever fails is of no use: then one that is a little larger does better. */
  async #smallestThatFails(found: Find, steps: readonly Case[]): Promise<Find | undefined> {
    for (const smaller of steps.slice(-STEPS_BACK_MAX).toReversed()) {
      const confirmed = await this.#confirm(found, smaller);
      if (2 * confirmed.failed / confirmed.of >= found.failed / found.of) return confirmed;
    }
    return undefined;
  }

  async #failingOf(
    cases: readonly Case[],
    patienceS: number,
    bar: Bar,
    until: number,
  ): ReturnType<FailingOf> {
    const nodes = Math.max(...cases.map(({ nodeCount }) => nodeCount)) * bar.failures;
    const atOnce = Math.max(1, Math.floor(this.#options.ground.nodesAtOnce / nodes));
    for (let i = 0; i < cases.length && this.#elapsedMs < until; i += atOnce) {
      const batch = cases.slice(i, i + atOnce);
      const fails = await Promise.all(batch.map((each) => this.#fails(each, patienceS, bar)));
      const failing = batch.filter((_, i) => fails[i]);
      if (failing.length === 0) continue;
      this.#tell({ phase: "shrinking", smallest: failing[0] });
      return failing;
    }
    return [];
  }

  async #fails(tried: Case, patienceS: number, { runs, failures }: Bar): Promise<boolean> {
    let failed = 0;
    for (let left = runs; failed < failures && failed + left >= failures;) {
      const count = Math.min(left, failures);
      const results = await this.#repeat(tried, count, patienceS);
      failed += results.filter((run) => faultsFound(run).length > 0).length;
      left -= count;
    }
    return failed >= failures;
  }

  /** How long nodes get to come right while a case is made smaller, s. */
  get #hastyS(): number {
    return Math.min(this.#options.recoveryS, Math.max(PATIENCE_S_MIN, PATIENCE * this.#slowestS));
  }

  get #elapsedMs(): number {
    return this.#options.now() - this.#startedAt;
  }

  #tell(progress: Partial<HuntProgress>): void {
    this.#progress = { ...this.#progress, ...progress };
    this.#options.onProgress({ ...this.#progress, elapsedMs: this.#elapsedMs, runs: this.#runs });
  }
}

function findOf({ aim, case: first, results }: Failure, smallest: Case, runs: readonly Results[]): Find {
  const failed = runs.filter((run) => faultsFound(run).length > 0);
  return {
    ...{ aim, first, case: smallest, results: failed.at(-1) ?? results },
    ...{ failed: failed.length, of: runs.length },
  };
}

function weightOf(load: Load): number {
  return load["send-count"] + load["recv-count"];
}
