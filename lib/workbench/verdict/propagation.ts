/** Tracks how each value propagates: true times to the last node, after a heal, and during a cut. */
import type { Json } from "../../core/message.ts";
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
  /** Values on their way when another fault began, which may have put nodes out of reach: their times say little. */
  readonly "disturbed-count": number;
}

const NEVER = 0;
const HOLDS = 1;
const LOST = 2;

interface Track {
  readonly invokedAt: number;
  /** By node: NEVER held it, HOLDS it, or has LOST it. */
  readonly holds: Uint8Array;
  holders: number;
  acked: boolean;
  /** The first moment at which all nodes held it. */
  everywhereAt: number | undefined;
  /** 1 for each node in reach; undefined when no cut was on or nobody was in reach. */
  readonly reach: Uint8Array | undefined;
  /** How many in reach have not had it yet. */
  awaited: number;
  readonly duringCut: boolean;
  /** Another fault began before every node in reach had it. */
  disturbed: boolean;
  reachedAt: number | undefined;
}

interface Heal {
  readonly at: number;
  readonly fault: string;
  readonly pending: Set<Track>;
  lastAt: number;
  disturbed: boolean;
}

export class Propagation {
  readonly #indexes: ReadonlyMap<string, number>;
  /** Those that are no members: what they hold does not count. */
  readonly #absent = new Set<number>();
  readonly #tracks = new Map<Key, Track>();
  readonly #heals: Heal[] = [];
  readonly #masks = new WeakMap<ReadonlySet<string>, Uint8Array>();
  /** By node, of the values broadcast during a cut. */
  readonly #acknowledgedBy: Map<string, number>;

  /** `members`: those that are there from the beginning. */
  constructor(nodes: readonly string[], members: readonly string[] = nodes) {
    this.#indexes = new Map(nodes.map((node, i) => [node, i]));
    nodes.forEach((node, i) => members.includes(node) || this.#absent.add(i));
    this.#acknowledgedBy = new Map(nodes.map((node) => [node, 0]));
  }

  /** A value is broadcast; `reach` are the nodes in reach, if a cut is on. */
  broadcast(value: Json, at: number, reach: ReadonlySet<string> | undefined): void {
    // An equal value is the same one: its time runs from when it was told first.
    if (this.#tracks.has(keyOf(value))) return;
    const inReach = reach === undefined || reach.size < 2 ? undefined : reach;
    this.#tracks.set(keyOf(value), {
      invokedAt: at,
      holds: new Uint8Array(this.#indexes.size),
      holders: 0,
      acked: false,
      everywhereAt: undefined,
      reach: inReach && this.#maskOf(inReach),
      awaited: inReach?.size ?? 0,
      duringCut: reach !== undefined,
      disturbed: false,
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
    if (index === undefined || this.#absent.has(index)) return;
    for (const value of values) {
      const track = this.#tracks.get(keyOf(value));
      if (track !== undefined && track.holds[index] !== HOLDS) this.#onHeld(track, index, at);
    }
  }

  /** A node lost its memory. */
  forgets(node: string): void {
    const index = this.#indexes.get(node);
    if (index !== undefined) { for (const track of this.#tracks.values()) forget(track, index); }
  }

  /** A node has lost these values. */
  loses(node: string, values: readonly Json[]): void {
    const index = this.#indexes.get(node);
    if (index === undefined) return;
    for (const value of values) {
      const track = this.#tracks.get(keyOf(value));
      if (track !== undefined) forget(track, index);
    }
  }

  /** A node is a member from now on. */
  arrives(node: string): void {
    const index = this.#indexes.get(node);
    if (index !== undefined) this.#absent.delete(index);
    this.interrupted();
  }

  /** A node is no member any longer: what all others have is everywhere. */
  departs(node: string, at: number): void {
    const index = this.#indexes.get(node);
    if (index === undefined) return;
    this.forgets(node);
    this.#absent.add(index);
    this.interrupted();
    for (const track of this.#tracks.values()) this.#notice(track, at);
  }

  /** Something begins that keeps values from spreading. */
  interrupted(): void {
    for (const heal of this.#heals) {
      if (heal.pending.size > 0) heal.disturbed = true;
    }
    for (const track of this.#tracks.values()) if (track.awaited > 0) track.disturbed = true;
  }

  /** A fault ends; `disturbed` says whether another goes on. */
  healed(fault: string, at: number, disturbed: boolean): void {
    const pending = new Set<Track>();
    for (const track of this.#tracks.values()) {
      if (track.acked && track.holders < this.#size) pending.add(track);
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
    const measured = cut.filter(({ reach }) => reach !== undefined);
    const inReach = measured.filter(({ disturbed }) => !disturbed);
    return {
      count: cut.length,
      "acknowledged-by": Object.fromEntries(this.#acknowledgedBy),
      everywhere: spans(cut, (track) => track.everywhereAt),
      reachable: spans(inReach, (track) => track.reachedAt),
      "reachable-count": inReach.length,
      "never-reachable-count": inReach.filter((track) => track.reachedAt === undefined).length,
      "disturbed-count": measured.length - inReach.length,
    };
  }

  #onHeld(track: Track, index: number, at: number): void {
    const isFirst = track.holds[index] === NEVER;
    track.holds[index] = HOLDS;
    track.holders++;
    if (isFirst && track.reach?.[index] === 1 && --track.awaited === 0) track.reachedAt = at;
    this.#notice(track, at);
  }

  /** How many members there are. */
  get #size(): number {
    return this.#indexes.size - this.#absent.size;
  }

  #notice(track: Track, at: number): void {
    if (track.holders < this.#size) return;
    track.everywhereAt ??= at;
    for (const heal of this.#heals) {
      if (heal.pending.delete(track)) heal.lastAt = at;
    }
  }

  /** Values that find the same nodes in reach share it. */
  #maskOf(nodes: ReadonlySet<string>): Uint8Array {
    const known = this.#masks.get(nodes);
    if (known !== undefined) return known;
    const mask = new Uint8Array(this.#indexes.size);
    for (const node of nodes) {
      const index = this.#indexes.get(node);
      if (index !== undefined) mask[index] = 1;
    }
    this.#masks.set(nodes, mask);
    return mask;
  }
}

function forget(track: Track, index: number): void {
  if (track.holds[index] !== HOLDS) return;
  track.holds[index] = LOST;
  track.holders--;
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
