/** What a hunt is told, and what it tells: while it runs, and in the end. */
import type { ScriptFault } from "../script/script.ts";
import type { Results } from "../verdict/results.ts";
import type { Case } from "./case.ts";

/** What nodes are tried on: simulated ones, or processes. */
export interface Ground {
  /** About how many nodes may live at once, in all runs together. */
  readonly nodesAtOnce: number;
  /** Whether the same case always comes to the same. */
  readonly isCertain: boolean;
  /** Mean latencies to choose from, ms. */
  readonly latenciesMs: readonly number[];
  /** Of a rest of up to so many s before the final reads. */
  readonly run: (tried: Case, recoveryS: number) => Promise<Results>;
}

export interface HuntOptions {
  readonly ground: Ground;
  readonly seed: number;
  readonly faults: readonly ScriptFault[];
  /** How many nodes there are; by default chance decides in each round. */
  readonly nodeCount?: number | undefined;
  /** How long to look for a failure, and at most twice as long to make it smaller, ms. */
  readonly budgetMs: number;
  /** How long nodes may take to come to the same after everything is healed, s. */
  readonly recoveryS: number;
  /** ms; a clock of any origin. */
  readonly now: () => number;
  readonly onProgress: (progress: HuntProgress) => void;
}

export interface HuntProgress {
  readonly phase: "hunting" | "confirming" | "shrinking";
  readonly elapsedMs: number;
  readonly runs: number;
  /** What is aimed at. */
  readonly aim: string;
  /** The smallest case that failed so far. */
  readonly smallest?: Case | undefined;
}

export interface Find {
  readonly aim: string;
  readonly case: Case;
  /** As it was found. */
  readonly first: Case;
  /** Of the last run of the case that failed. */
  readonly results: Results;
  /** Of so many runs of the case, so many failed. */
  readonly failed: number;
  readonly of: number;
}

export interface HuntOutcome {
  /** Undefined where nothing failed. */
  readonly found: Find | undefined;
  readonly rounds: number;
  readonly runs: number;
  readonly huntMs: number;
  readonly shrinkMs: number;
}
