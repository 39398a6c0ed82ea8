/** One of Maelstrom's workloads, as the examiner runs it: what clients ask, how answers are read, and what is judged. */
import { type Body, type Json, readRequest } from "../../core/message.ts";
import type { Random } from "../../core/random.ts";
import type { WorkloadName } from "../../runtime/workloads/names.ts";
import { type F, fs, type Op } from "../verdict/history.ts";
import type { Oddity } from "../verdict/oddities.ts";

export interface WorkloadDefinition {
  readonly name: WorkloadName;
  /** By the type of its request; each has a type of answer of the same name with _ok. */
  readonly operations: Readonly<Partial<Record<F, Operation>>>;
  /** The operation of which acknowledgements are counted for people, and what they are called: "values". */
  readonly main: F;
  readonly counted: string;
  /** Of all workloads, broadcast alone tells the nodes of neighbours. */
  readonly advises: boolean;
  /** Reads show a set of values, each of which is followed by itself: when which node held it, whether it was lost. */
  readonly ofValues: boolean;
  /** The next operation of the load. */
  next(draw: Draw): Choice;
  /** What each node is asked when all is healed and rested. */
  last(draw: Draw): Choice;
  /** Judges what is no set of values. */
  readonly checker?: (options: CheckerOptions) => Checker;
}

export interface Operation {
  request(value: Json): Body;
  /** The field of an answer, beside `type` and `in_reply_to`, that it must have; without one it has no other. */
  readonly field?: string;
  /** The value of an operation that was answered with this in the field; undefined where it is no value. By default what was asked. */
  read?(answer: unknown): Answer | undefined;
}

export interface Answer {
  readonly value: Json;
  readonly oddity?: Oddity;
}

/** What the choice of an operation is made from. */
export interface Draw {
  readonly random: Random;
  /** The share of reads, 0 to 1, where there are others beside. */
  readonly readShare: number;
  /** A whole number that was not drawn before. */
  readonly fresh: () => number;
}

export interface Choice {
  readonly f: F;
  readonly value: Json;
}

export interface CheckerOptions {
  /** Whether a node may have lost, at or after a moment (ms since the main phase began), what it held. */
  readonly mayHaveLost: (node: string, since: number) => boolean;
  /** Whether it has come back since with what was safe, so that it may know less for a while. */
  readonly cameBack: (node: string, since: number) => boolean;
}

export interface Checker {
  /** Hears of each operation as it happens. */
  see(op: Op, invocation: Op): void;
  /** Judges the run, which is over. */
  check(): Findings;
}

/** One sentence for each reason why the run is not valid, and Maelstrom's `workload` results, then ours. */
export interface Findings {
  readonly failures: readonly string[];
  readonly results: EchoResults | IdResults | CounterResults;
}

export interface EchoResults {
  readonly kind: "echo";
  /** What was asked, and what was answered, as Maelstrom words it; the first ERRORS_MAX of them. */
  readonly errors: readonly (readonly ["Expected a message with :echo", Json, "But received", Json])[];
  readonly "error-count": number;
  /** How many were answered with what was asked. */
  readonly "ok-count": number;
}

export interface IdResults {
  readonly kind: "ids";
  readonly "attempted-count": number;
  readonly "acknowledged-count": number;
  readonly "duplicated-count": number;
  /** By id, as JSON, how often it was given: the most frequent DUPLICATED_MAX of them. */
  readonly duplicated: Readonly<Record<string, number>>;
  /** The least and the greatest; null where there was none. */
  readonly range: readonly [Json, Json] | null;
}

/** A read, and where and when it was answered. */
export interface Reading {
  readonly node: string;
  readonly value: number;
  readonly "at-ms": number;
}

export interface CounterResults {
  readonly kind: "counter";
  /** Final reads that are not acceptable; null where all are. */
  readonly errors: readonly Reading[] | null;
  readonly "final-reads": readonly number[];
  /** Ranges, both ends included. */
  readonly acceptable: readonly (readonly [number, number])[];
  /** Reads that no additions up to then could make, with what they could make at least and at most. */
  readonly impossible: readonly (Reading & { readonly least: number; readonly most: number })[];
  /** Reads of a grow-only counter that were below an earlier one at the same node. */
  readonly decreased: readonly (Reading & { readonly before: number })[];
  /** Acknowledged additions that need not be in the sum, as their node may have lost its memory since. */
  readonly "at-risk-count": number;
}

/** What comes in a message is JSON, of whatever kind, as the payload of an echo may be. */
export function anyJson(answer: unknown): Answer | undefined {
  const payload = readRequest({ type: "echo", echo: answer });
  return answer === undefined || payload.type !== "echo" ? undefined : { value: payload.echo };
}

/** In the order in which they are told of. */
export function operationsOf({ operations }: WorkloadDefinition): F[] {
  return fs.filter((f) => operations[f] !== undefined);
}

/** Items that a sentence lists before it says how many more there are. */
const LISTED_MAX = 10;

export function listed(items: readonly string[]): string {
  const more = items.length > LISTED_MAX ? ` and ${items.length - LISTED_MAX} more` : "";
  return items.slice(0, LISTED_MAX).join("; ") + more;
}

/** "1 id was", "3 ids were" */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
