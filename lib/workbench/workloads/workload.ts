/** One of Maelstrom's workloads, or of topics and keys, as the examiner runs it: what clients ask, how answers are read, and what is judged. */
import type { Body, Json } from "../../core/message.ts";
import { readRequest } from "../../core/requests.ts";
import type { Limits } from "../../core/retention/rules.ts";
import type { Random } from "../../core/random.ts";
import type { ExaminedWorkload } from "./names.ts";
import { type F, fs, type Op } from "../verdict/history.ts";
import type { Oddity } from "../verdict/oddities.ts";

export interface WorkloadDefinition {
  readonly name: ExaminedWorkload;
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
  /** What each node is asked, in turn, when all is healed and rested. */
  last(draw: Draw): readonly Choice[];
  /** Judges what is no set of values. */
  readonly checker?: (options: CheckerOptions) => Checker;
}

export interface Operation {
  /** Many of them, for people. */
  readonly called: string;
  /** A run in which none succeeds proves enough without it. */
  readonly isOptional?: true;
  request(value: Json): Body;
  /** The field of an answer, beside `type` and `in_reply_to`, that it must have; without one it has no other. */
  readonly field?: string;
  /** Fields that it may have beside. */
  readonly more?: readonly string[];
  /** The code of an error that is an answer, too, and the value of an operation that was answered so. */
  readonly absent?: { readonly code: number; readonly value: Json };
  /** The value of an operation that was answered with this in the field; undefined where it is no value. By default what was asked. */
  read?(answer: unknown, reply: Body): Answer | undefined;
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
  /** What each node keeps of a topic; undefined: everything. */
  readonly limitsOf: (topic: string) => Limits | undefined;
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
  readonly results: EchoResults | IdResults | CounterResults | EventResults | KeyResults;
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

/** A message as it is read in a topic; "" is the default one. */
export interface TopicMessage {
  readonly topic: string;
  readonly message: Json;
}

/** How often each node's final read shows a message, and how often it may at least and at most. */
export interface MiscountedMessage extends TopicMessage {
  readonly least: number;
  readonly most: number;
  readonly nodes: Readonly<Record<string, number>>;
}

export interface EventResults {
  readonly kind: "events";
  /** Different events: by topic and id, or by topic and message where there is no id. */
  readonly "attempt-count": number;
  readonly "acknowledged-count": number;
  /** Acknowledgements beyond the first of each event. */
  readonly "repeat-count": number;
  /** Acknowledged events that need not be read, as their nodes may have lost their memory since. */
  readonly "at-risk-count": number;
  /** Some final read shows a message less often than there are acknowledged events with it. */
  readonly missing: readonly MiscountedMessage[];
  /** Final reads do not show a message equally often, though each as often as it may. */
  readonly partial: readonly MiscountedMessage[];
  /** Some read showed a message more often than there were events with it. */
  readonly repeated: readonly (TopicMessage & Sighting & { readonly count: number; readonly most: number })[];
  /** Some read showed a message that was told in another topic only, or nowhere. */
  readonly astray: readonly (TopicMessage & Sighting)[];
  readonly phantom: readonly (TopicMessage & Sighting)[];
}

/** Where and when a read was answered. */
export interface Sighting {
  readonly node: string;
  readonly "at-ms": number;
}

/** What a node gave for a key; null: that there is none. */
export interface KeySighting extends Sighting {
  readonly topic: string;
  readonly key: string;
  readonly value: Json;
}

export interface KeyResults {
  readonly kind: "keys";
  readonly "put-count": number;
  readonly "delete-count": number;
  readonly "acknowledged-count": number;
  /** Acknowledged writes that need not be there, as their nodes may have lost their memory since. */
  readonly "at-risk-count": number;
  /** Keys for which the final reads are not the same. */
  readonly disagree: readonly KeyReadings[];
  /** Final reads that give what an acknowledged write overwrote; null: a deletion. */
  readonly superseded: readonly (KeySighting & { readonly "superseded-by": Json })[];
  /** Reads that give no value, or not in the end, though nobody can have deleted the last. */
  readonly vanished: readonly KeySighting[];
  /** Reads that give what had been overwritten at their node. */
  readonly backwards: readonly (KeySighting & { readonly before: Json })[];
  readonly astray: readonly KeySighting[];
  readonly phantom: readonly KeySighting[];
}

export interface KeyReadings {
  readonly topic: string;
  readonly key: string;
  /** By node; null where there is none. */
  readonly values: Readonly<Record<string, Json>>;
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

/** Those of which some must succeed, or nothing is proven. */
export function neededOf(definition: WorkloadDefinition): F[] {
  return operationsOf(definition).filter((f) => definition.operations[f]?.isOptional !== true);
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
