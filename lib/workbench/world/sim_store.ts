/** The store of one simulated node: it remembers when each entry was committed, so that it can go back to any moment. */
import { incarnationAfter } from "../../core/incarnation.ts";
import type { Json } from "../../core/message.ts";
import type { Block, EntryStore, Placed } from "../../core/log/entry_store.ts";
import { MemoryEntries } from "../../core/log/memory_entries.ts";
import { type Run, valuesOf } from "../../core/log/runs.ts";
import { fork, type Random } from "../../core/random.ts";
import { type Store, StoreFault } from "../../store/store.ts";

/** Shares of rollbacks in which the disk is empty, and in which the clock is set back. */
const EMPTY_SHARE = 0.25;
const CLOCK_SHARE = 0.5;

/** A failing disk has no room, or fails now and then. A few bytes for a new life always fit. */
export const diskFaults = ["full", "failing"] as const;
export type DiskFault = typeof diskFaults[number];

/** The share of the commits that fail on a disk that fails now and then. */
const FAILING_SHARE = 0.5;

/** What changes the entries; all of them in order make them. */
type Change = (entries: EntryStore) => void;

interface Step {
  readonly change: Change;
  /** Those that it put, under an origin. */
  readonly values: readonly Json[];
  readonly origin?: string;
  /** When it was committed; Infinity: it was not yet. */
  at: number;
}

interface Life {
  readonly incarnation: number;
  readonly begunAt: number;
}

export interface SimStoreOptions {
  readonly id: string;
  readonly seed: number;
  /** Virtual time, ms. */
  readonly now: () => number;
}

export class SimStore implements Store {
  readonly durable = true;
  readonly #options: SimStoreOptions;
  /** In the order in which they were made, which is not always that in which they were committed. */
  #steps: Step[] = [];
  #pending: Step[] = [];
  /** What all steps make. */
  #entries = new MemoryEntries();
  /** The lives that the disk knows of, and every incarnation that there ever was. */
  #lives: Life[] = [];
  readonly #incarnations = new Set<number>();
  #clockBehindMs = 0;
  #openings = 0;
  #fault: DiskFault | undefined;
  readonly #chance: Random;

  constructor(options: SimStoreOptions) {
    this.#options = options;
    this.#chance = fork(options.seed, `disk:${options.id}`);
  }

  /** A life begins in it: its incarnation follows the clock, or where that is behind, the life before. */
  open(): void {
    const { seed, id, now } = this.#options;
    this.#openings++;
    const clock = Math.floor(now()) + this.#openings - this.#clockBehindMs;
    const before = this.incarnation;
    const chance = fork(seed, `life:${id}:${this.#openings}`);
    let incarnation = clock > before ? clock : incarnationAfter(before, chance) ?? before;
    // These clocks begin at 0, and so meet a moment again that others would not.
    while (this.#incarnations.has(incarnation)) incarnation++;
    this.#incarnations.add(incarnation);
    this.#lives.push({ incarnation, begunAt: now() });
  }

  /** From now on; undefined: nothing is wrong with the disk any more. */
  set fault(fault: DiskFault | undefined) {
    this.#fault = fault;
  }

  get incarnation(): number {
    return this.#lives.at(-1)?.incarnation ?? 0;
  }

  get bytes(): number {
    return this.#entries.bytes;
  }

  put(run: Run, at: number): readonly Placed[] {
    this.#add((entries) => void entries.put(run, at), valuesOf(run), run.origin);
    return this.#entries.put(run, at);
  }

  take(origin: string, from: number, to: number): Run {
    return this.#entries.take(origin, from, to);
  }

  block(id: number): Block | undefined {
    return this.#entries.block(id);
  }

  blocks(): Iterable<Block> {
    return this.#entries.blocks();
  }

  drop(id: number): void {
    this.#change((entries) => entries.drop(id));
  }

  note(name: string, text: string | undefined): void {
    this.#change((entries) => entries.note(name, text));
  }

  notes(): Iterable<readonly [name: string, text: string]> {
    return this.#entries.notes();
  }

  /** The values that a node comes back with. */
  safe(): Json[] {
    return this.#steps.flatMap(({ values, at }) => at < Infinity ? values : []);
  }

  maintain(): boolean {
    return false;
  }

  commit(origins?: ReadonlySet<string>): void {
    const isAll = origins === undefined || this.#pending.some(({ origin }) => origin === undefined);
    const waits = ({ origin = "" }: Step) => !isAll && !origins.has(origin);
    if (this.#pending.every(waits)) return;
    if (this.#fault === "full") throw new StoreFault("full", "there is no room left on the disk");
    if (this.#fault === "failing" && this.#chance.next() < FAILING_SHARE) {
      throw new StoreFault("unavailable", "the disk fails");
    }
    const at = this.#options.now();
    for (const step of this.#pending) if (!waits(step)) step.at = at;
    this.#pending = this.#pending.filter(waits);
  }

  revert(): void {
    this.#goBackTo(this.#options.now());
  }

  check(): void {}

  close(): void {
    this.revert();
  }

  #change(change: Change): void {
    this.#add(change);
    change(this.#entries);
  }

  #add(change: Change, values: readonly Json[] = [], origin?: string): void {
    const step: Step = { change, values, at: Infinity, ...origin !== undefined && { origin } };
    this.#steps.push(step);
    this.#pending.push(step);
  }

  /** To what was committed by then. */
  #goBackTo(at: number): void {
    this.#steps = this.#steps.filter((step) => step.at <= at);
    this.#pending = [];
    this.#entries = new MemoryEntries();
    for (const { change } of this.#steps) change(this.#entries);
  }

  /** To an empty disk. Returns what is lost. */
  erase(): readonly Json[] {
    const lost = this.safe();
    this.#lives = [];
    this.#goBackTo(-1);
    return lost;
  }

  /** To a copy that was made at some moment, or to an empty disk. Returns what was done, for people, and what is lost. */
  rollBack(random: Random): { detail: string; lost: readonly Json[] } {
    const now = this.#options.now();
    const at = random.next() < EMPTY_SHARE ? -1 : random.next() * now;
    this.#clockBehindMs = random.next() < CLOCK_SHARE ? Math.floor(random.next() * now) : 0;
    this.#lives = this.#lives.filter(({ begunAt }) => begunAt <= at);
    const lost = this.#steps.flatMap((step) => step.at > at && step.at < Infinity ? step.values : []);
    this.#goBackTo(at);
    const clock = this.#clockBehindMs === 0 ? "" : ` with its clock ${seconds(this.#clockBehindMs)} behind`;
    return { detail: `${at < 0 ? "an empty disk" : `${seconds(now - at)} before`}${clock}`, lost };
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
