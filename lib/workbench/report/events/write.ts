/** A run as events, in the order in which they happened: what a file of events holds, line by line. */
import type { Operation, Recording } from "../recording.ts";
import type { About, Run } from "../run.ts";
import type { Element } from "../../verdict/set_full.ts";
import type { Passage } from "../../world/network.ts";
import { type EventNamed, FORMAT, type Happening, type RunEvent } from "./event.ts";

/** `version`: of hearsay. */
export function* eventsOf({ about, recording, results }: Run, version: string): Generator<RunEvent> {
  yield { event: "run", format: FORMAT, version, about: withoutGaps(about), settings: results.settings };
  yield* happeningsOf(recording);
  const { elements, sightings: { duplicated, phantoms } } = recording;
  for (const element of elements) yield valueOf(element);
  for (const { value, read } of duplicated) yield { event: "duplicated", value, read };
  for (const { value, read } of phantoms) yield { event: "phantom", value, read };
  yield { event: "results", overlooked: recording.overlooked, results };
}

/** All that happened, by time; at one moment faults come first, then requests, then messages and what they brought. */
export function happeningsOf(recording: Recording): Generator<Happening> {
  const { operations, passages, told, held, lost, traces } = recording;
  return merged([
    cutsOf(recording.cuts),
    outagesOf(recording.outages),
    map(operations, invocationOf),
    map(passages, messageOf),
    map(told, ({ at, node, values }) => ({ event: "told", at, node, values })),
    map(lost, ({ at, node, values }) => ({ event: "lost", at, node, values })),
    map(held, ({ at, node, values }) => ({ event: "held", at, node, values })),
    map(traces, ({ at, node, event: said }) => ({ event: "trace", at, node, said })),
    completionsOf(operations),
  ]);
}

/** JSON has no undefined. */
function valueOf({ value, added, acked, known, lastPresent, lastAbsent }: Element): RunEvent {
  return {
    ...{ event: "value", value, added },
    ...acked && { acked },
    ...known && { known },
    ...lastPresent && { lastPresent },
    ...lastAbsent && { lastAbsent },
  };
}

/** Likewise. */
function withoutGaps({ command, limits, ...about }: About): EventNamed<"run">["about"] {
  return {
    ...about,
    nodes: [...about.nodes],
    reasons: [...about.reasons],
    ...command !== undefined && { command },
    limits: limits.map(({ value, ...limit }) => ({ ...limit, ...value !== undefined && { value } })),
  };
}

function* map<T>(items: readonly T[], eventOf: (item: T) => Happening): Generator<Happening> {
  for (const item of items) yield eventOf(item);
}

function invocationOf({ index: op, process, node, f, value, final, from }: Operation): Happening {
  return { event: "invoke", at: from, op, process, node, f, value, final };
}

function* completionsOf(operations: readonly Operation[]): Generator<Happening> {
  const over = operations.filter(({ outcome }) => outcome !== "invoke").toSorted((a, b) => a.to - b.to);
  for (const { index: op, outcome, to: at, shown } of over) {
    if (outcome === "invoke") continue;
    yield { event: "complete", at, op, outcome, ...shown !== undefined && { shown } };
  }
}

function messageOf({ envelope: { src, dest, body }, sentAt, endedAt, dropped }: Passage): Happening {
  const lost = dropped === undefined ? {} : { dropped };
  return { event: "message", at: endedAt, sent: sentAt, src, dest, body, ...lost };
}

/** A cut that takes the place of another needs no heal in between. */
function* cutsOf(cuts: Recording["cuts"]): Generator<Happening> {
  for (const [i, { grudge, from, to }] of cuts.entries()) {
    const sides = Object.fromEntries([...grudge].map(([node, sources]) => [node, [...sources]]));
    yield { event: "cut", at: from, grudge: sides };
    if (to !== Infinity && cuts[i + 1]?.from !== to) yield { event: "heal", at: to };
  }
}

/** Nor needs a node to be up between two outages. */
function* outagesOf(outages: Recording["outages"]): Generator<Happening> {
  const begins = new Set(outages.map(({ node, from }) => `${from} ${node}`));
  const changes = outages.flatMap(({ node, state, from, to }): Happening[] => [
    { event: state, at: from, node },
    ...to === Infinity || (to !== from && begins.has(`${to} ${node}`))
      ? []
      : [{ event: "up" as const, at: to, node }],
  ]);
  yield* changes.toSorted((a, b) => a.at - b.at);
}

/** Of streams that are by time, one; at one moment the earlier stream goes first. */
function* merged(streams: readonly Iterator<Happening>[]): Generator<Happening> {
  const heads = streams.flatMap((stream) => {
    const { done, value } = stream.next();
    return done ? [] : [{ stream, event: value }];
  });
  for (let first = heads[0]; first !== undefined; first = heads[0]) {
    for (const head of heads) if (head.event.at < first.event.at) first = head;
    yield first.event;
    const next = first.stream.next();
    if (next.done) heads.splice(heads.indexOf(first), 1);
    else first.event = next.value;
  }
}
