/** The dedup path: is this entry new, what do I hold, what does this peer lack; beside sets of ids doing the same work. */
import { do_not_optimize } from "mitata";
import { IntervalSet } from "../../../../lib/core/log/interval_set.ts";
import { Log } from "../../../../lib/core/log/log.ts";
import type { Event } from "../../../../lib/core/node.ts";
import { composeDigest } from "../../../../lib/core/replication/compose.ts";
import type { Progress } from "../../../../lib/core/replication/progress.ts";
import { below, seeded } from "../../../../lib/core/random.ts";
import { type Case, figure, type Group, type Sizes, timed, weighed } from "../cases.ts";
import { delta, DELTA_VALUES, entriesOf, logOf, names, nodeOf, ORIGIN, originOf, peerOf } from "../rig.ts";
import { addIds, addNumbers, idOf, idsAndList, idsLacking, idsOf, isNewIn } from "../rivals.ts";
import { numbersAndList, numbersLacking } from "../rivals.ts";
import { add, type Entry } from "../../../shared/entries.ts";
import { stepped } from "../../../unit/core/stepped.ts";

/** So far a number may be from its place. */
const REORDERED_WITHIN = 1_000;
/** So many values of each origin where there are many origins. */
const VALUES_EACH = 100;

export function dedup(sizes: Sizes): Group[] {
  return [
    ...inserts(sizes),
    ...merges(sizes),
    ...steps(sizes),
    ...sizes.origins.flatMap((origins) => [digest(origins), ...lacking(origins)]),
    ...outstanding(sizes),
    memory(sizes),
  ];
}

// One number after the other.

function inserts({ many, gaps }: Sizes): Group[] {
  const within = `reordered within ${figure(REORDERED_WITHIN)}`;
  return [
    insert(`insert ${figure(many)} in order`, many, () => upTo(many)),
    insert(`insert ${figure(many)} ${within}`, many, () => reordered(many)),
    insert(`insert every second of ${figure(2 * gaps)}`, gaps, () => odd(gaps)),
    insert(
      `insert every second of ${figure(2 * gaps)}, then the others`,
      2 * gaps,
      () => [...odd(gaps), ...odd(gaps).map((n) => n + 1)],
    ),
  ];
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

function odd(count: number): number[] {
  return upTo(count).map((n) => 2 * n - 1);
}

function reordered(count: number): number[] {
  const random = seeded(1);
  return Array.from({ length: count }, (_, i) => ({ seq: i + 1, at: i + below(random, REORDERED_WITHIN) }))
    .sort((a, b) => a.at - b.at).map(({ seq }) => seq);
}

function insert(title: string, count: number, make: () => readonly number[]): Group {
  return timed(title, "number", count, () => {
    const numbers = make();
    return [
      { name: "IntervalSet", start: () => () => addAll(new IntervalSet(), numbers) },
      { name: "Set<number>", start: () => () => putAll(new Set(), numbers) },
      { name: "Set<string>, ids at hand", start: () => withIds(numbers) },
      { name: "Set<string>, ids made", start: () => () => putMade(new Set(), numbers) },
    ];
  });
}

function withIds(numbers: readonly number[]): () => unknown {
  const ids = numbers.map((n) => idOf(ORIGIN, n));
  return () => putAll(new Set(), ids);
}

function addAll(set: IntervalSet, numbers: readonly number[]): number {
  let fresh = 0;
  for (const n of numbers) if (set.add(n)) fresh++;
  return fresh;
}

function putAll<Id>(set: Set<Id>, ids: readonly Id[]): number {
  let fresh = 0;
  for (const id of ids) if (isNewIn(set, id)) fresh++;
  return fresh;
}

function putMade(set: Set<string>, numbers: readonly number[]): number {
  let fresh = 0;
  for (const n of numbers) if (isNewIn(set, idOf(ORIGIN, n))) fresh++;
  return fresh;
}

// Deltas.

function merges({ deltas }: Sizes): Group[] {
  const half = DELTA_VALUES / 2;
  return [
    merge(`log: a fresh delta of ${DELTA_VALUES}`, deltas, DELTA_VALUES),
    merge(`log: a delta of ${DELTA_VALUES}, half of them duplicates`, deltas, half),
    timed(`log: a delta of ${DELTA_VALUES} duplicates`, "delta", 1, duplicates),
  ];
}

/** So many deltas into what is empty at first, each starting so many entries after the one before. */
function merge(title: string, count: number, stride: number): Group {
  return timed(title, "delta", count, () => {
    const deltas = Array.from(
      { length: count },
      (_, i) => [...entriesOf(ORIGIN, DELTA_VALUES, i * stride + 1)],
    );
    return [
      { name: "Log", start: () => () => deltas.reduce(addEntries, new Log()) },
      { name: "Map of Set<number>, a list", start: () => () => deltas.reduce(addNumbers, numbersAndList()) },
      { name: "Set<string>, a list", start: () => () => deltas.reduce(addIds, idsAndList()) },
    ];
  });
}

function duplicates(): Case[] {
  const entries = [...entriesOf(ORIGIN, DELTA_VALUES)];
  const log = addEntries(new Log(), entries);
  const numbers = addNumbers(numbersAndList(), entries);
  const ids = addIds(idsAndList(), entries);
  return [
    { name: "Log", start: () => () => addEntries(log, entries) },
    { name: "Map of Set<number>, a list", start: () => () => addNumbers(numbers, entries) },
    { name: "Set<string>, a list", start: () => () => addIds(ids, entries) },
  ];
}

function addEntries(log: Log, entries: readonly Entry[]): Log {
  for (const entry of entries) add(log, entry);
  return log;
}

/** The same as a whole step of a node that hears it from its relay: checked, merged, believed of the peer, planned on. */
function steps({ deltas }: Sizes): Group[] {
  const of = (overlap: number) => Array.from({ length: deltas }, (_, i) => delta("n0", "n1", i, overlap));
  return [
    timed(`step(delta) of ${DELTA_VALUES}`, "delta", deltas, () => [
      { name: "all fresh", start: () => hearing(of(0)) },
      { name: "half of them duplicates", start: () => hearing(of(DELTA_VALUES / 2)) },
      { name: "all duplicates", count: 1, start: hearingAgain },
    ]),
  ];
}

function hearing(events: readonly Event[]): () => unknown {
  return () => {
    const node = nodeOf("n1", names(5));
    for (const [i, event] of events.entries()) stepped(node, event, i);
    return node;
  };
}

function hearingAgain(): () => unknown {
  const node = nodeOf("n1", names(5));
  const event = delta("n0", "n1", 0);
  stepped(node, event, 0);
  return () => stepped(node, event, 0);
}

// What is held, and what a peer lacks.

function digest(origins: number): Group {
  return timed(`digest of ${figure(origins)} origins, ${VALUES_EACH} values each`, "digest", 1, () => {
    const extent = { origins, values: VALUES_EACH };
    const log = logOf(extent);
    const [ids, numbers] = idsOf(extent);
    return [
      { name: "packHolds, all", start: () => () => composeDigest(log, 0) },
      {
        name: "packHolds, one origin has grown",
        start: () => () => composeDigest(log, log.revision - 1),
      },
      { name: "Map of Set<number>", start: () => () => [...numbers].map(([name, set]) => [name, [...set]]) },
      { name: "Set<string>", start: () => () => [...ids] },
    ];
  });
}

function lacking(origins: number): Group[] {
  const of = `of ${figure(origins)} origins, ${VALUES_EACH} values each`;
  return [
    timed(`what a peer lacks, ${of}: nothing`, "look", 1, () => looks(origins, 0)),
    timed(`what a peer lacks, ${of}: one`, "look", 1, () => looks(origins, 1)),
  ];
}

function looks(origins: number, count: number): Case[] {
  const extent = { origins, values: VALUES_EACH };
  const log = logOf(extent);
  const peer = peerOf(extent, count);
  const [ids, numbers] = idsOf(extent);
  const [theirIds, theirNumbers] = idsOf(extent);
  for (let seq = VALUES_EACH; seq > VALUES_EACH - count; seq--) {
    theirIds.delete(idOf(originOf(0), seq));
    theirNumbers.get(originOf(0))?.delete(seq);
  }
  // To take what is lacking would change what is believed.
  const take: Case = { name: "takeBatch", start: () => () => peer.take(log, () => []) };
  return [
    { name: "Peer.isBehind", start: () => () => do_not_optimize(peer.holdings.isBehind(log)) },
    { name: "Peer.lag", start: () => () => do_not_optimize(peer.holdings.lag(log)) },
    ...count === 0 ? [take] : [],
    { name: "Map of Set<number>", start: () => () => numbersLacking(theirNumbers, numbers) },
    { name: "Set<string>", start: () => () => idsLacking(theirIds, ids) },
    // The last one, as it changes the log.
    { name: "a value comes that it has, isBehind", start: () => growing(log, peer) },
  ];
}

/** Who finds nothing lacking may remember that, until something new has come. */
function growing(log: Log, peer: Progress): () => unknown {
  let seq = VALUES_EACH;
  return () => {
    const entry = { origin: originOf(1), seq: ++seq, value: seq };
    add(log, entry);
    peer.holdings.add(entry.origin, [seq, seq]);
    return do_not_optimize(peer.holdings.isBehind(log));
  };
}

/** Two of them: whether anything is lacking, and how much. */
function outstanding({ many }: Sizes): Group[] {
  const title = `what a peer lacks, of ${figure(many)} values`;
  const cases = (look: (peer: Progress, log: Log) => unknown) => (): Case[] => {
    const extent = { origins: 1, values: many };
    const log = logOf(extent);
    return [1, many].map((count) => {
      const peer = peerOf(extent, count);
      return { name: `${figure(count)} outstanding`, start: () => () => look(peer, log) };
    });
  };
  return [
    timed(
      `${title}: anything`,
      "look",
      1,
      cases((peer, log) => do_not_optimize(peer.holdings.isBehind(log))),
    ),
    timed(`${title}: how many`, "look", 1, cases((peer, log) => do_not_optimize(peer.holdings.lag(log)))),
  ];
}

// What it keeps.

/** A set of consecutive numbers is too small to be weighed alone. */
const WEIGHED_TOGETHER = 100;

function memory({ many }: Sizes): Group {
  return weighed(`memory of ${figure(many)} in order`, "set", 1, () => {
    const numbers = upTo(many);
    const fill = () => {
      const set = new IntervalSet();
      addAll(set, numbers);
      return set;
    };
    const together = { length: WEIGHED_TOGETHER };
    let incarnation = 0;
    // Of another life each time: an engine may keep equal texts once.
    const ids = () => {
      const origin = `${ORIGIN}${++incarnation}`;
      return new Set(numbers.map((n) => idOf(origin, n)));
    };
    return [
      { name: "IntervalSet", count: WEIGHED_TOGETHER, start: () => () => Array.from(together, fill) },
      { name: "Set<number>", start: () => () => new Set(numbers) },
      { name: "Set<string>", start: () => ids },
    ];
  });
}
