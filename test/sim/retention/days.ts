/** Days in the life of a cluster that keeps what is told for an hour, with cuts and restarts every day; run by itself it prints each. */
import process from "node:process";
import { BLOCK_MS_MAX } from "../../../lib/core/log/entry_store.ts";
import type { Json } from "../../../lib/core/message.ts";
import { RawJson } from "../../../lib/core/raw.ts";
import { type Random, seeded } from "../../../lib/core/random.ts";
import { CLIENT, Cluster } from "../../transcripts/cluster.ts";
import { exchangeIn } from "../../unit/core/stepped.ts";

const IDS = ["n0", "n1", "n2", "n3", "n4"];
const HOURS_A_DAY = 24;
const TOLD_EVERY_MS = 100;

export interface DaysOptions {
  readonly days: number;
  readonly hourMs: number;
  readonly perSecond: number;
  readonly seed: number;
}

/** At the end of a day. */
export interface Day {
  /** Of texts, on all nodes together. */
  readonly bytes: number;
  readonly values: number;
  /** Origins in the largest digest of that day. */
  readonly named: number;
  /** Of this process, after a collection where the runtime offers one. */
  readonly heap: number;
}

/** Values are as long as each other. */
const FIRST = 1_000_000_000;

export class Days {
  readonly #options: DaysOptions;
  readonly #random: Random;
  readonly #cluster: Cluster;
  /** By value, from 0: when it was told. */
  readonly #toldAt: number[] = [];
  readonly #seen = new Map<string, Seen>();
  /** How many are told in all, at most. */
  readonly #all: number;
  #now = 0;
  #named = 0;
  #read: readonly Json[] = [];

  constructor(options: DaysOptions) {
    const { seed, hourMs, days, perSecond } = options;
    this.#options = options;
    this.#random = seeded(seed);
    const retain = Object.fromEntries(IDS.map((id) => [id, [{ pattern: "*", ageMs: hourMs }]]));
    this.#cluster = new Cluster(
      IDS,
      20,
      new Set(),
      (happening) => {
        if (happening.kind !== "message") return;
        const { dest, body } = happening.envelope;
        if (dest !== CLIENT) this.#named = Math.max(this.#named, exchangeIn(body)?.digest.length ?? 0);
        else if (body["messages"] instanceof RawJson) this.#read = JSON.parse(body["messages"].text);
      },
      [],
      retain,
    );
    this.#all = Math.ceil(days * HOURS_A_DAY * hourMs / 1_000 * perSecond) + 1;
    for (const id of IDS) this.#seen.set(id, newlySeen(this.#all));
  }

  *run(): Iterable<Day> {
    for (let day = 0; day < this.#options.days; day++) {
      this.#named = 0;
      for (let hour = 0; hour < HOURS_A_DAY; hour++) this.#hour(hour);
      const collect: unknown = Reflect.get(globalThis, "gc");
      if (typeof collect === "function") collect();
      yield {
        ...{
          bytes: sum((id) => this.#cluster.bytes(id)),
          values: sum((id) => this.#cluster.status(id).values),
        },
        ...{ named: this.#named, heap: process.memoryUsage().heapUsed },
      };
    }
  }

  /** A cut that is longer than what is kept, a short one, and restarts with a log and without one. */
  #hour(hour: number): void {
    const one = IDS[Math.floor(this.#random.next() * IDS.length)] ?? "";
    if (hour === 3 || hour === 8) this.#cut(one);
    if (hour === 5 || hour === 9) this.#cluster.heal();
    if (hour === 12 || hour === 16) {
      this.#cluster.kill(one);
      this.#live(this.#options.hourMs / 2, one);
      this.#cluster.start(one, hour === 16, Math.floor(this.#now));
      if (hour === 16) this.#seen.set(one, newlySeen(this.#all));
      this.#live(this.#options.hourMs / 2);
    } else this.#live(this.#options.hourMs);
    const isWhole = hour < 3 || (hour > 6 && hour < 8) || (hour > 10 && hour < 12) || hour > 17;
    for (const id of IDS) this.#check(id, isWhole);
  }

  #cut(one: string): void {
    for (const id of IDS) {
      if (id === one) continue;
      this.#cluster.cut(id, one);
      this.#cluster.cut(one, id);
    }
  }

  /** Values are told to all but one for so long. */
  #live(ms: number, without?: string): void {
    const ids = IDS.filter((id) => id !== without);
    const count = this.#options.perSecond * TOLD_EVERY_MS / 1_000;
    for (const end = this.#now + ms; this.#now < end; this.#now += TOLD_EVERY_MS) {
      for (let i = 0; i < count; i++) {
        const message = FIRST + this.#toldAt.push(this.#now) - 1;
        const id = ids[Math.floor(this.#random.next() * ids.length)] ?? "";
        this.#cluster.ask(id, { type: "broadcast", message });
      }
      this.#cluster.run(TOLD_EVERY_MS);
    }
  }

  /** Each value is there once, none comes back, and `isWhole`, all are there that are to be, and none that is not. */
  #check(id: string, isWhole: boolean): void {
    const { hourMs } = this.#options;
    const values = this.#valuesOf(id);
    const now = new Set(values);
    if (now.size !== values.length) throw new Error(`${id} shows a value twice`);
    const { shown, gone } = this.#seen.get(id) ?? newlySeen(0);
    for (const value of shown) if (!now.has(value)) gone[value] = 1;
    for (const value of now) {
      if (gone[value] === 1) throw new Error(`${value} came back to ${id}`);
      const ageMs = this.#ageMs(value);
      if (isWhole && ageMs > hourMs + 2 * BLOCK_MS_MAX) {
        throw new Error(`${id} has ${value} after ${ageMs} ms`);
      }
    }
    this.#seen.set(id, { shown: now, gone });
    for (let value = this.#toldAt.length - 1; isWhole && value >= 0 && this.#ageMs(value) < hourMs; value--) {
      if (this.#ageMs(value) > 5_000 && !now.has(value)) throw new Error(`${id} lacks ${value}`);
    }
  }

  #valuesOf(id: string): number[] {
    this.#cluster.ask(id, { type: "read" });
    return this.#read.map((value) => Number(value) - FIRST);
  }

  #ageMs(value: number): number {
    return this.#now - (this.#toldAt[value] ?? 0);
  }
}

/** What a node showed last, and which values it showed before and no more. */
interface Seen {
  readonly shown: ReadonlySet<number>;
  readonly gone: Uint8Array;
}

function newlySeen(count: number): Seen {
  return { shown: new Set(), gone: new Uint8Array(count) };
}

function sum(of: (id: string) => number): number {
  return IDS.reduce((total, id) => total + of(id), 0);
}

if (import.meta.main) {
  const [days = 7, perSecond = 100] = process.argv.slice(2).map(Number);
  const life = new Days({ days, hourMs: 3_600_000, perSecond, seed: 1 });
  const startedAt = performance.now();
  for (const day of life.run()) {
    process.stdout.write(
      `${JSON.stringify({ ...day, s: Math.round((performance.now() - startedAt) / 1_000) })}\n`,
    );
  }
}
