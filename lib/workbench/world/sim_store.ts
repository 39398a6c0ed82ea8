/** The store of one simulated node: it remembers when each entry was committed, so that it can go back to any moment. */
import { incarnationAfter } from "../../core/incarnation.ts";
import type { Json } from "../../core/message.ts";
import type { Entry } from "../../core/node.ts";
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

interface Committed {
  readonly entry: Entry;
  readonly at: number;
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
  #committed: Committed[] = [];
  #pending: Entry[] = [];
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

  *entries(): Generator<Entry> {
    for (const { entry } of this.#committed) yield entry;
  }

  append(entries: readonly Entry[]): void {
    for (const entry of entries) this.#pending.push(entry);
  }

  commit(): void {
    const at = this.#options.now();
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length === 0) return;
    if (this.#fault === "full") throw new StoreFault("full", "there is no room left on the disk");
    if (this.#fault === "failing" && this.#chance.next() < FAILING_SHARE) {
      throw new StoreFault("unavailable", "the disk fails");
    }
    for (const entry of pending) this.#committed.push({ entry, at });
  }

  check(): void {}

  close(): void {
    this.#pending = [];
  }

  /** To a copy that was made at some moment, or to an empty disk. Returns what was done, for people, and what is lost. */
  rollBack(random: Random): { detail: string; lost: readonly Json[] } {
    const now = this.#options.now();
    const at = random.next() < EMPTY_SHARE ? -1 : random.next() * now;
    this.#clockBehindMs = random.next() < CLOCK_SHARE ? Math.floor(random.next() * now) : 0;
    this.#lives = this.#lives.filter(({ begunAt }) => begunAt <= at);
    const lost = this.#committed.filter((each) => each.at > at).map(({ entry }) => entry.value);
    this.#committed = this.#committed.filter((each) => each.at <= at);
    const clock = this.#clockBehindMs === 0 ? "" : ` with its clock ${seconds(this.#clockBehindMs)} behind`;
    return { detail: `${at < 0 ? "an empty disk" : `${seconds(now - at)} before`}${clock}`, lost };
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
