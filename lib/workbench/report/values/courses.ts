/** Which node had which value when, from what nodes told or reads showed. */
import type { Json } from "../../../core/message.ts";
import { type Key, keyOf } from "../../verdict/values.ts";
import type { Gain, Loss, Recording } from "../recording.ts";

export interface Course {
  /** By the place of the node in the list: when it first had the value, ms since the load began; NaN for never. */
  readonly hadAt: readonly number[];
  /** When for the first time all nodes had it at once. */
  readonly everywhereAt: number | undefined;
  /** Nodes that lost it, by their places in the list, and whether each has it again. */
  readonly lost: readonly { readonly node: number; readonly at: number; readonly hasAgain: boolean }[];
}

interface Track {
  readonly hadAt: number[];
  readonly holds: boolean[];
  readonly lost: Map<number, number>;
  holders: number;
  everywhereAt: number | undefined;
}

/** One course for each value. */
export function coursesOf(
  recording: Recording,
  nodes: readonly string[],
  values: readonly Json[],
): readonly Course[] {
  const places = new Map(nodes.map((node, i) => [node, i]));
  const tracks = new Map<Key, Track>(values.map((value) => [keyOf(value), trackOf(nodes.length)]));
  const gains = [...recording.held, ...recording.told].map((gain) => ({ ...gain, isGain: true }));
  const losses = recording.lost.map((loss) => ({ ...loss, isGain: false }));
  for (const { node, values, at, isGain } of inTime([...losses, ...gains])) {
    const place = places.get(node);
    if (place === undefined) continue;
    const met = values === "all" ? tracks.values() : tracksOf(values, tracks);
    for (const track of met) isGain ? gain(track, place, at, nodes.length) : lose(track, place, at);
  }
  return [...tracks.values()].map(({ hadAt, holds, lost, everywhereAt }) => ({
    hadAt,
    everywhereAt,
    lost: [...lost].map(([node, at]) => ({ node, at, hasAgain: holds[node] === true })),
  }));
}

function trackOf(nodes: number): Track {
  return {
    hadAt: new Array<number>(nodes).fill(NaN),
    holds: new Array<boolean>(nodes).fill(false),
    lost: new Map(),
    holders: 0,
    everywhereAt: undefined,
  };
}

function inTime<T extends Gain | Loss>(events: readonly T[]): readonly T[] {
  return events.toSorted((a, b) => a.at - b.at);
}

function tracksOf(values: readonly Json[], tracks: ReadonlyMap<Key, Track>): readonly Track[] {
  return values.flatMap((value) => tracks.get(keyOf(value)) ?? []);
}

function gain(track: Track, node: number, at: number, nodes: number): void {
  if (track.holds[node] === true) return;
  track.holds[node] = true;
  track.holders++;
  if (Number.isNaN(track.hadAt[node])) track.hadAt[node] = at;
  if (track.holders === nodes) track.everywhereAt ??= at;
}

function lose(track: Track, node: number, at: number): void {
  if (track.holds[node] !== true) return;
  track.holds[node] = false;
  track.holders--;
  track.lost.set(node, at);
}
