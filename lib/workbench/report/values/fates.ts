/** What became of each value: its fate, its latencies, and which node had it when. */
import type { Json } from "../../../core/message.ts";
import type { WorkloadResults } from "../../verdict/workload_results.ts";
import { type Element, outcome, type Sighting } from "../../verdict/set_full.ts";
import { type Key, keyOf } from "../../verdict/values.ts";
import type { Operation, Recording } from "../recording.ts";
import type { Run } from "../run.ts";
import { type Course, coursesOf } from "./courses.ts";
import type { Fate } from "./words.ts";

/** Where no limit says it, a value is late if it took so many times as long as the quickest, and no less than so long. Guesses. */
const LATE_TIMES = 8;
const LATE_MS_MIN = 50;
/** The quickest: all but so many take longer. In a run with long cuts the value in the middle is late itself. */
const QUICKEST_SHARE = 0.05;

export interface ValueFate {
  readonly value: Json;
  readonly fate: Fate;
  /** Its broadcast; undefined for what nobody broadcast. */
  readonly broadcast: Operation | undefined;
  readonly element: Element | undefined;
  /** From when it was known until after the last read that lacked it, ms; undefined if it did not become stable. */
  readonly stableMs: number | undefined;
  /** From its broadcast until the last node had it, ms; undefined if that never was. */
  readonly trueMs: number | undefined;
  readonly course: Course;
  /** Nodes whose final reads lacked it, where others had it. */
  readonly lacking: readonly string[];
  /** The first read that had it twice, or though nobody had broadcast it. */
  readonly sighting: Sighting | undefined;
}

export interface Fates {
  /** In the order of their broadcasts, then the phantoms. */
  readonly values: readonly ValueFate[];
  /** From this many ms on a value is late. */
  readonly lateMs: number;
}

export function fatesOf({ about, recording, results }: Run): Fates {
  const broadcasts = broadcastsOf(recording);
  const { duplicated, phantoms } = recording.sightings;
  const sightings = new Map([...duplicated, ...phantoms].map((it) => [keyOf(it.value), it]));
  const values = [...broadcasts.values()].map(({ value }) => value);
  const strange = phantoms.map(({ value }) => value).filter((value) => !broadcasts.has(keyOf(value)));
  const elements = new Map(recording.elements.map((element) => [keyOf(element.value), element]));
  const all = [...values, ...strange];
  const courses = coursesOf(recording, about.nodes, all);
  const lackers = new Map(results.workload.partial.map(({ element, nodes }) => [keyOf(element), nodes]));
  const measured = all.map((value, i) => {
    const key = keyOf(value);
    const [broadcast, element] = [broadcasts.get(key), elements.get(key)];
    const judged = element === undefined ? undefined : outcome(element);
    const course = courses[i] ?? { hadAt: [], everywhereAt: undefined, lost: [] };
    const stableMs = judged?.kind === "stable" ? judged.latencyMs : undefined;
    const trueMs = broadcast === undefined || course.everywhereAt === undefined
      ? undefined
      : course.everywhereAt - broadcast.from;
    const lacking = lackers.get(key) ?? [];
    return { value, broadcast, element, course, stableMs, trueMs, lacking, sighting: sightings.get(key) };
  });
  const lateMs = lateMsOf(about.limits, measured.flatMap(({ trueMs }) => trueMs ?? []));
  const named = faultsOf(results.workload);
  return { values: measured.map((it) => ({ ...it, fate: fateOf(it, named, lateMs) })), lateMs };
}

/** The first of each value; what is added to a set is a value, too, and what is added to a counter is none. */
function broadcastsOf({ operations, elements }: Recording): Map<Key, Operation> {
  const known = new Set(elements.map(({ value }) => keyOf(value)));
  const broadcasts = new Map<Key, Operation>();
  for (const operation of operations) {
    const key = keyOf(operation.value);
    const isValue = operation.f === "broadcast" || operation.f === "add" && known.has(key);
    if (isValue && !broadcasts.has(key)) broadcasts.set(key, operation);
  }
  return broadcasts;
}

function lateMsOf(limits: Run["about"]["limits"], trueMs: readonly number[]): number {
  const most = limits.filter(({ of }) => of === "true-max" || of === "stable-max").map(({ most }) => most);
  if (most.length > 0) return Math.max(...most);
  const quickest = trueMs.toSorted((a, b) => a - b)[Math.floor(QUICKEST_SHARE * trueMs.length)] ?? 0;
  return Math.max(LATE_MS_MIN, LATE_TIMES * quickest);
}

/** The worst first, as a value may be in more than one list. */
function faultsOf(found: WorkloadResults): readonly (readonly [Fate, ReadonlySet<Key>])[] {
  const keys = (values: readonly Json[]) => new Set(values.map(keyOf));
  return [
    ["phantom", keys(found.phantom)],
    ["duplicated", keys(found.duplicated)],
    ["lost", keys(found.lost)],
    ["resurrected", keys(found.retention?.resurrected ?? [])],
    ["dropped early", keys(found.retention?.["dropped-early"] ?? [])],
    ["missing", keys(found["not-in-final-read"])],
    ["rolled back", keys(found["rolled-back"])],
    ["removed", keys(found.membership?.gone ?? [])],
    ["forgiven", keys(found.forgiven)],
    ["partial", keys(found.partial.map(({ element }) => element))],
    ["expired", keys(found.retention?.expired ?? [])],
  ];
}

function fateOf(
  { value, broadcast, element, trueMs, stableMs }: Omit<ValueFate, "fate">,
  named: ReturnType<typeof faultsOf>,
  lateMs: number,
): Fate {
  const key = keyOf(value);
  const fault = named.find(([, keys]) => keys.has(key));
  if (fault !== undefined) return fault[0];
  const isRead = element?.lastPresent !== undefined;
  if (broadcast?.outcome === "fail" && !isRead) return "refused";
  if (!isRead) return "never read";
  if (broadcast?.outcome !== "ok") return "unacknowledged";
  const slowest = Math.max(trueMs ?? Infinity, stableMs ?? Infinity);
  return slowest > lateMs ? "late" : "ok";
}
