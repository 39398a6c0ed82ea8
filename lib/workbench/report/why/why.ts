/** Why a value was late: its way to the last node, and where the time went on it. */
import type { Json } from "../../../core/message.ts";
import type { Drop } from "../../world/traffic.ts";
import type { Cause } from "./causes.ts";
import { type Carrier, type Course, endOf, heldSince, lostAt } from "./course.ts";
import { Explainer } from "./explain.ts";
import type { Facts } from "./facts.ts";

/** A time for which the value waited for one thing; ms since the load began. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly cause: Cause;
  /** Where it was, or whose turn it was. */
  readonly node: string;
  /** To whom it was to go. */
  readonly peer?: string;
}

/** One node brought it to the next. */
export interface Hop {
  readonly from: string;
  readonly to: string;
  /** When the first came to hold it, when it sent it, and when the other had it. */
  readonly heldAt: number;
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly takenAt: number;
}

export interface Why {
  readonly value: Json;
  readonly told: { readonly node: string; readonly at: number };
  /** The last node to get it, and when. */
  readonly last: { readonly node: string; readonly at: number };
  /** From the broadcast to the last node. */
  readonly ms: number;
  /** Those that never had it, or lost it. */
  readonly missing: readonly string[];
  /** Messages that would have brought it to those, and were dropped, in the order in which they were sent. */
  readonly vain: readonly {
    readonly from: string;
    readonly to: string;
    readonly sentAt: number;
    readonly drop: Drop;
  }[];
  readonly hops: readonly Hop[];
  /** One after the other, from the broadcast to the last node. */
  readonly stretches: readonly Stretch[];
  /** The same by cause, the longest first. */
  readonly parts: readonly { readonly cause: Cause; readonly ms: number }[];
  /** The way is inferred from messages, as nobody saw inside the nodes. */
  readonly inferred: boolean;
  /** The nodes said what they decided; otherwise only the network and cuts have a name. */
  readonly traced: boolean;
}

/** Undefined for a value that no node came to hold. */
export function whyOf(facts: Facts, value: Json): Why | undefined {
  const course = facts.courseOf(value);
  const end = course && endOf(course, facts.nodes);
  if (course === undefined || end === undefined) return undefined;
  const hops = hopsTo(course, end.changed, end.at);
  const origin = hops[0]?.from ?? end.changed;
  const heldAt = hops[0]?.heldAt ?? end.at;
  const told = course.told.find(({ node, at }) => node === origin && at <= heldAt);
  const from = course.broadcastAt ?? told?.at ?? heldAt;
  const stretches = joined([
    ...told === undefined ? unseen(facts, course, origin, from, heldAt) : entering(facts, told, from, heldAt),
    ...hops.flatMap((hop) => stretchesOf(facts, course, hop)),
  ]);
  const missing = facts.nodes.filter((node) => !course.holders.items.at(-1)?.nodes.has(node));
  return {
    value,
    told: { node: told?.node ?? course.told[0]?.node ?? origin, at: from },
    last: { node: end.changed, at: end.at },
    ms: end.at - from,
    missing,
    vain: missing.flatMap((node) => course.to.get(node) ?? []).toSorted((a, b) => a.sentAt - b.sentAt)
      .flatMap(({ src, dest, sentAt, dropped }) =>
        dropped === undefined ? [] : [{ from: src, to: dest, sentAt, drop: dropped }]
      ),
    hops,
    stretches,
    parts: partsOf(stretches),
    inferred: !facts.seesInside,
    traced: facts.isTraced,
  };
}

/** The client's request is on its way to the node, and is taken in there. */
function entering(facts: Facts, { node, at }: Why["told"], from: number, heldAt: number): Stretch[] {
  return [
    ...gap({ from, to: at, cause: facts.outage(node, from) ?? "network", node }),
    ...gap({ from: at, to: heldAt, cause: "stalled", node }),
  ];
}

/** Nobody saw how it came from the node that was told it to the first that is known to have it from there. */
function unseen(facts: Facts, course: Course, to: string, from: number, sentAt: number): Stretch[] {
  const [told] = course.told;
  if (told === undefined) return gap({ from, to: sentAt, cause: "unknown", node: to });
  const times = { heldAt: from, sentAt, receivedAt: sentAt, takenAt: sentAt };
  return waiting(facts, course, { from: told.node, to, ...times });
}

/** Back from the last node: who brought it there first, and who to that one. */
function hopsTo(course: Course, last: string, at: number): Hop[] {
  const hops: Hop[] = [];
  const seen = new Set<string>();
  let [node, takenAt] = [last, at];
  // Where nobody saw inside the nodes, two may seem to have it from each other.
  while (!seen.has(`${node} ${takenAt}`)) {
    seen.add(`${node} ${takenAt}`);
    const found = bringer(course, node, takenAt);
    const heldAt = found && heldSince(course, found.src, found.sentAt);
    if (found === undefined || heldAt === undefined) break;
    const { src, sentAt, endedAt: receivedAt } = found;
    hops.unshift({ from: src, to: node, heldAt, sentAt, receivedAt, takenAt });
    [node, takenAt] = [src, heldAt];
  }
  return hops;
}

/** The first message that brought it since the node had lost it last; undefined where a client was before. */
function bringer(course: Course, node: string, at: number): Carrier | undefined {
  const lost = lostAt(course, node, at);
  const brought = (course.to.get(node) ?? [])
    .filter(({ dropped, endedAt }) => dropped === undefined && endedAt <= at && endedAt >= lost)
    // A number that its sender cannot know is something else.
    .filter(({ src, sentAt }) => heldSince(course, src, sentAt) !== undefined)
    .toSorted((a, b) => a.endedAt - b.endedAt)[0];
  const told = course.told.find((each) => each.node === node && each.at <= at && each.at >= lost);
  return told !== undefined && told.at <= (brought?.endedAt ?? Infinity) ? undefined : brought;
}

function stretchesOf(facts: Facts, course: Course, hop: Hop): Stretch[] {
  const { from: node, to: peer, sentAt, receivedAt, takenAt } = hop;
  // What waited for a paused node comes in as soon as that goes on.
  const paused = facts.outageUntil(peer, receivedAt);
  const travelled = paused === undefined ? receivedAt : Math.max(sentAt, Math.min(receivedAt, paused.from));
  return [
    ...waiting(facts, course, hop),
    ...gap({ from: sentAt, to: travelled, cause: "network", node, peer }),
    ...gap({ from: travelled, to: receivedAt, cause: paused?.state ?? "network", node: peer }),
    ...gap({ from: receivedAt, to: takenAt, cause: facts.outage(peer, receivedAt) ?? "stalled", node: peer }),
  ];
}

/** From the moment at which a node had it until it sent it to the next. */
function waiting(facts: Facts, course: Course, { from: node, to: peer, heldAt, sentAt }: Hop): Stretch[] {
  const explainer = new Explainer(facts, course);
  const pulledAt = pullOf(facts, node, peer, sentAt);
  const stretches: Stretch[] = [];
  for (let at = heldAt; at < sentAt;) {
    const { until, ...reason } = explainer.at(at, peer, node);
    const isPulled = at >= pulledAt && !FORCED.has(reason.cause);
    const to = Math.min(sentAt, until, at < pulledAt ? pulledAt : Infinity);
    stretches.push({ ...isPulled ? { cause: "pull", node, peer } : reason, from: at, to });
    at = to;
  }
  return stretches;
}

/** Against these nobody could do anything. */
const FORCED: ReadonlySet<Cause> = new Set(["cut", "paused", "down", "forgot"]);

/** When the peer began to think of asking for what the node sent it then as an answer; Infinity where it did not ask. */
function pullOf(facts: Facts, node: string, peer: string, sentAt: number): number {
  const answer = facts.dealings(node, peer).latest(sentAt)?.event;
  if (answer?.kind !== "send" || answer.reason !== "answer") return Infinity;
  let isPull = false;
  for (const { at, event } of facts.dealings(peer, node).back(sentAt)) {
    if (event.kind === "send" && !isPull) {
      if (event.reason !== "pull") return Infinity;
      isPull = true;
    }
    if (event.kind === "wait" && event.reason === "pull") return isPull ? at : Infinity;
  }
  return Infinity;
}

function gap(stretch: Stretch): Stretch[] {
  return stretch.to > stretch.from ? [stretch] : [];
}

/** Stretches that follow each other and are alike are one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = [];
  for (const next of stretches) {
    const last = all.at(-1);
    const isSame = last?.cause === next.cause && last.node === next.node && last.peer === next.peer;
    if (last !== undefined && isSame) all[all.length - 1] = { ...last, to: next.to };
    else all.push(next);
  }
  return all;
}

function partsOf(stretches: readonly Stretch[]): Why["parts"] {
  const sums = new Map<Cause, number>();
  for (const { cause, from, to } of stretches) sums.set(cause, (sums.get(cause) ?? 0) + to - from);
  return [...sums].map(([cause, ms]) => ({ cause, ms })).toSorted((a, b) => b.ms - a.ms);
}

/** Those first that some node lacks in the end, and then those that took longest to the last node. */
export function slowest(facts: Facts, most: number): Json[] {
  const times = facts.values.map((value) => ({ value, ms: facts.wholeAt(value) - facts.toldAt(value) }))
    .filter(({ ms }) => !Number.isNaN(ms));
  return times.toSorted((a, b) => a.ms === b.ms ? 0 : b.ms - a.ms).slice(0, most).map(({ value }) => value);
}
