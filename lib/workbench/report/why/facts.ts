/** What a recording says, by value, by node and by pair of nodes, to be asked about one moment after another. */
import type { Json } from "../../../core/message.ts";
import { component, type Grudge } from "../../faults/grudge.ts";
import { type Key, keyOf } from "../../verdict/values.ts";
import type { Passage } from "../../world/network.ts";
import { mentionedIn } from "../columns/brought.ts";
import type { Recording } from "../recording.ts";
import type { Run } from "../run.ts";
import { type Carrier, type Change, type Course, endOf, holdersOf } from "./course.ts";
import { grouped, type Moment, Timeline } from "./timeline.ts";
import { ofKind, pairOf, Views, type Word, type Words, wordsBy } from "./views.ts";

const WHOLE: Grudge = new Map();

export interface FactsOf {
  readonly about: Pick<Run["about"], "world" | "nodes">;
  readonly recording: Recording;
}

export class Facts {
  readonly nodes: readonly string[];
  /** The hosts saw inside their nodes, so it is known who held what. Otherwise that is inferred from messages. */
  readonly seesInside: boolean;
  /** The nodes said what they decided. */
  readonly isTraced: boolean;
  /** When cuts and outages began and ended. */
  readonly faults: Timeline<Moment>;
  readonly views: Views;
  readonly #recording: Recording;
  readonly #carriers: ReadonlyMap<Key, readonly Carrier[]>;
  readonly #gains: ReadonlyMap<Key, readonly Change[]>;
  readonly #told: ReadonlyMap<Key, readonly Change[]>;
  readonly #losses: readonly { readonly keys: ReadonlySet<Key> | undefined; readonly change: Change }[];
  readonly #broadcasts: ReadonlyMap<Key, number>;
  /** The nodes that each node reaches, by the latest change of that and by node, as far as anybody asked. */
  readonly #reached = new Map<Moment | undefined, Map<string, ReadonlySet<string>>>();
  /** By node, what waits for the next flush. */
  readonly #windows: Words<"wait">;
  /** By node and peer, everything else. */
  readonly #dealings: Words<"wait" | "send" | "miss" | "hear">;

  constructor({ about: { world, nodes }, recording }: FactsOf) {
    this.nodes = nodes;
    this.#recording = recording;
    this.seesInside = world === "sim";
    this.isTraced = recording.traces.length > 0;
    const spans = [...recording.cuts, ...recording.outages];
    this.faults = new Timeline(spans.flatMap(({ from, to }) => [{ at: from }, { at: to }]));
    this.views = new Views(nodes, recording.traces);
    this.#carriers = carriersOf(recording.passages);
    const gains = this.seesInside ? recording.held : [...recording.told, ...recording.held];
    this.#gains = byValue(gains.map(changed), ({ values }) => values);
    this.#told = byValue(recording.told.map(changed), ({ values }) => values);
    this.#losses = recording.lost.map(({ node, values, at }) => ({
      keys: values === "all" ? undefined : new Set(values.map(keyOf)),
      change: { node, at, isGain: false },
    }));
    const broadcasts = recording.operations.filter(({ f }) => f === "broadcast" || f === "add");
    this.#broadcasts = new Map(broadcasts.toReversed().map(({ value, from }) => [keyOf(value), from]));
    const waits = recording.traces.flatMap(ofKind("wait"));
    this.#windows = wordsBy(waits.filter(({ event }) => event.reason === "window"), ({ node }) => node);
    this.#dealings = wordsBy(recording.traces.flatMap(ofKind("wait", "send", "miss", "hear")), pairOf);
  }

  /** Every value that was told or held, in the order in which they were. */
  get values(): readonly Json[] {
    const { told, held } = this.#recording;
    const found = new Map<Key, Json>();
    for (const { values } of [...told, ...held]) {
      for (const value of values) if (!found.has(keyOf(value))) found.set(keyOf(value), value);
    }
    return [...found.values()];
  }

  /** When the last node came to hold it; Infinity where some node lacks it in the end. */
  wholeAt(value: Json): number {
    const key = keyOf(value);
    const firsts = new Map<string, number>();
    for (const { node, at } of this.#gains.get(key) ?? []) {
      firsts.set(node, Math.min(at, firsts.get(node) ?? Infinity));
    }
    // As nearly always: nothing else has to be looked at then.
    if (this.seesInside && this.#losses.length === 0) {
      return firsts.size < this.nodes.length ? Infinity : Math.max(...firsts.values());
    }
    const course = this.courseOf(value);
    const end = course && endOf(course, this.nodes);
    return end !== undefined && end.nodes.size >= this.nodes.length ? end.at : Infinity;
  }

  /** When a client began to broadcast it, or else was first known to have told it. */
  toldAt(value: Json): number {
    const key = keyOf(value);
    return this.#broadcasts.get(key) ?? this.#told.get(key)?.[0]?.at ?? NaN;
  }

  /** Undefined for a value that no node was told or came to hold. */
  courseOf(value: Json): Course | undefined {
    const key = keyOf(value);
    const told = this.#told.get(key) ?? [];
    const gains = this.#gains.get(key) ?? [];
    if (told.length === 0 && gains.length === 0) return undefined;
    const losses = this.#losses.filter(({ keys }) => keys?.has(key) ?? true).map(({ change }) => change);
    const carriers = (this.#carriers.get(key) ?? []).toSorted((a, b) => a.sentAt - b.sentAt);
    const arrivals = this.seesInside ? [] : arrivalsOf(carriers, gains);
    return {
      value,
      broadcastAt: this.#broadcasts.get(key),
      told,
      holders: holdersOf([...gains, ...arrivals, ...losses].toSorted((a, b) => a.at - b.at)),
      to: grouped(carriers, ({ dest }) => dest),
      moments: new Timeline(carriers.flatMap(({ sentAt, endedAt }) => [{ at: sentAt }, { at: endedAt }])),
    };
  }

  /** What the node said of the peer. */
  dealings(node: string, peer: string): Timeline<Word<"wait" | "send" | "miss" | "hear">> {
    return this.#dealings.get(`${node} ${peer}`) ?? new Timeline([]);
  }

  /** What it said of its flushes. */
  windows(node: string): Timeline<Word<"wait">> {
    return this.#windows.get(node) ?? new Timeline([]);
  }

  /** Whether the node took no part then, and how. */
  outage(node: string, at: number): "paused" | "down" | undefined {
    return this.#recording.outages.find((each) => each.node === node && each.from <= at && at < each.to)
      ?.state;
  }

  /** The outage of the node that ended then. */
  outageUntil(node: string, at: number): Recording["outages"][number] | undefined {
    return this.#recording.outages.find((each) => each.node === node && each.to === at);
  }

  /** The nodes to and from which links work both ways then, over others that take part. */
  reach(node: string, at: number): ReadonlySet<string> {
    const moment = this.faults.latest(at);
    const known = this.#reached.get(moment) ?? new Map<string, ReadonlySet<string>>();
    this.#reached.set(moment, known);
    const reached = known.get(node) ?? this.#reach(node, at);
    for (const each of reached) known.set(each, reached);
    return reached;
  }

  #reach(node: string, at: number): ReadonlySet<string> {
    const cut = this.#recording.cuts.find(({ from, to }) => from <= at && at < to);
    const up = this.nodes.filter((each) => this.outage(each, at) === undefined);
    return component(cut?.grudge ?? WHOLE, up, node);
  }
}

function changed<T extends { readonly node: string; readonly at: number }>(gain: T): T & Change {
  return { ...gain, isGain: true };
}

function byValue<T>(items: readonly T[], valuesOf: (item: T) => readonly Json[]): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const item of items) for (const value of valuesOf(item)) push(groups, keyOf(value), item);
  return groups;
}

function push<K, T>(groups: Map<K, T[]>, key: K, item: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}

/** Each message is looked into once, which takes its time where it was packed. */
function carriersOf(passages: readonly Passage[]): Map<Key, Carrier[]> {
  const groups = new Map<Key, Carrier[]>();
  for (const { envelope: { src, dest, body }, sentAt, endedAt, dropped } of passages) {
    const carrier = { src, dest, sentAt, endedAt, dropped };
    for (const value of mentionedIn(body).found) push(groups, keyOf(value), carrier);
  }
  return groups;
}

/** Where nobody sees inside the nodes: when messages brought it, from nodes that may have had it. In the order in which they were sent. */
function arrivalsOf(carriers: readonly Carrier[], gains: readonly Change[]): Change[] {
  const since = new Map<string, number>();
  const gain = (node: string, at: number) => since.set(node, Math.min(at, since.get(node) ?? Infinity));
  for (const { node, at } of gains) gain(node, at);
  const brought = carriers.filter(({ src, dest, sentAt, endedAt, dropped }) => {
    const isBrought = dropped === undefined && (since.get(src) ?? Infinity) <= sentAt;
    if (isBrought) gain(dest, endedAt);
    return isBrought;
  });
  return brought.map(({ dest, endedAt }) => ({ node: dest, at: endedAt, isGain: true }));
}
