/** Where each value is and since when: true times to the last node, after a heal, and during a cut. */
import type { Json } from "../core/message.ts";
import { type Quantiles, quantiles } from "./quantiles.ts";
import { type Key, keyOf } from "./values.ts";

export interface HealTime {
  readonly "at-ms": number;
  readonly fault: string;
  /** From the heal until every value that was acknowledged by then was at every node; null if that never came. */
  readonly ms: number | null;
  /** Another partition, kill or pause was on meanwhile, so the time says little. */
  readonly disturbed: boolean;
}

/** Values broadcast while a partition was on. */
export interface DuringCuts {
  readonly count: number;
  /** How many of them each node acknowledged: whether it went on answering. */
  readonly "acknowledged-by": Readonly<Record<string, number>>;
  /** From the broadcast until every node had it, cut off or not. */
  readonly everywhere: Quantiles | null;
  /** Until every node had it that could be reached over links working both ways; values of lone nodes do not count. */
  readonly reachable: Quantiles | null;
  readonly "reachable-count": number;
  readonly "never-reachable-count": number;
}

interface Track {
  readonly invokedAt: number;
  /** 1 for each node that holds the value. */
  readonly holds: Uint8Array;
  holders: number;
  acked: boolean;
  /** The first moment at which all nodes held it. */
  everywhereAt: number | undefined;
  /** Nodes in reach that still lack it; undefined when no cut was on or nobody was in reach. */
  readonly awaited: Set<number> | undefined;
  readonly duringCut: boolean;
  reachedAt: number | undefined;
}

interface Heal {
  readonly at: number;
  readonly fault: string;
  readonly pending: Set<Track>;
  lastAt: number;
  disturbed: boolean;
}

export class Spread {
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #tracks = new Map<Key, Track>();
  readonly #heals: Heal[] = [];
  /** By node, of the values broadcast during a cut. */
  readonly #acknowledgedBy: Map<string, number>;

  constructor(nodes: readonly string[]) {
    this.#indexes = new Map(nodes.map((node, i) => [node, i]));
    this.#acknowledgedBy = new Map(nodes.map((node) => [node, 0]));
  }

  /** A value is broadcast; `reach` are the nodes in reach, if a cut is on. */
  broadcast(value: Json, at: number, reach: ReadonlySet<string> | undefined): void {
    const awaited = reach === undefined || reach.size < 2 ? undefined : this.#indexesOf(reach);
    this.#tracks.set(keyOf(value), {
      invokedAt: at,
      holds: new Uint8Array(this.#indexes.size),
      holders: 0,
      acked: false,
      everywhereAt: undefined,
      awaited,
      duringCut: reach !== undefined,
      reachedAt: undefined,
    });
  }

  acknowledged(value: Json, node: string): void {
    const track = this.#tracks.get(keyOf(value));
    if (track === undefined) return;
    track.acked = true;
    if (track.duringCut) this.#acknowledgedBy.set(node, (this.#acknowledgedBy.get(node) ?? 0) + 1);
  }

  /** A node holds these values, now at the latest. */
  holds(node: string, values: readonly Json[], at: number): void {
    const index = this.#indexes.get(node);
    if (index === undefined) return;
    for (const value of values) {
      const track = this.#tracks.get(keyOf(value));
      if (track !== undefined && track.holds[index] === 0) this.#onHeld(track, index, at);
    }
  }

  /** A node lost its memory. */
  forgets(node: string): void {
    const index = this.#indexes.get(node);
    if (index === undefined) return;
    for (const track of this.#tracks.values()) {
      if (track.holds[index] === 0) continue;
      track.holds[index] = 0;
      track.holders--;
    }
  }

  /** Something begins that keeps values from spreading. */
  interrupted(): void {
    for (const heal of this.#heals) {
      if (heal.pending.size > 0) heal.disturbed = true;
    }
  }

  /** A fault ends; `disturbed` says whether another goes on. */
  healed(fault: string, at: number, disturbed: boolean): void {
    const pending = new Set<Track>();
    for (const track of this.#tracks.values()) {
      if (track.acked && track.holders < this.#indexes.size) pending.add(track);
    }
    this.#heals.push({ at, fault, pending, lastAt: at, disturbed });
  }

  /** From each broadcast until the last node had it, for the values that came so far; ms to a tenth. */
  get trueLatencies(): Quantiles | null {
    return spans([...this.#tracks.values()], (track) => track.everywhereAt);
  }

  /** `excused` values are those that nobody has to have any more. */
  healTimes(excused: readonly Json[]): HealTime[] {
    const gone = new Set(excused.map((value) => this.#tracks.get(keyOf(value))));
    return this.#heals.map(({ at, fault, pending, lastAt, disturbed }) => {
      const never = [...pending].some((track) => !gone.has(track));
      return { "at-ms": Math.round(at), fault, ms: never ? null : tenths(lastAt - at), disturbed };
    });
  }

  get duringCuts(): DuringCuts {
    const cut = [...this.#tracks.values()].filter((track) => track.duringCut);
    const inReach = cut.filter((track) => track.awaited !== undefined);
    return {
      count: cut.length,
      "acknowledged-by": Object.fromEntries(this.#acknowledgedBy),
      everywhere: spans(cut, (track) => track.everywhereAt),
      reachable: spans(inReach, (track) => track.reachedAt),
      "reachable-count": inReach.length,
      "never-reachable-count": inReach.filter((track) => track.reachedAt === undefined).length,
    };
  }

  #onHeld(track: Track, index: number, at: number): void {
    track.holds[index] = 1;
    track.holders++;
    if (track.awaited?.delete(index) && track.awaited.size === 0) track.reachedAt = at;
    if (track.holders < this.#indexes.size) return;
    track.everywhereAt ??= at;
    for (const heal of this.#heals) {
      if (heal.pending.delete(track)) heal.lastAt = at;
    }
  }

  #indexesOf(nodes: ReadonlySet<string>): Set<number> {
    const indexes = new Set<number>();
    for (const node of nodes) {
      const index = this.#indexes.get(node);
      if (index !== undefined) indexes.add(index);
    }
    return indexes;
  }
}

function spans(tracks: readonly Track[], end: (track: Track) => number | undefined): Quantiles | null {
  const all: number[] = [];
  for (const track of tracks) {
    const at = end(track);
    if (at !== undefined) all.push(tenths(at - track.invokedAt));
  }
  return quantiles(all) ?? null;
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
