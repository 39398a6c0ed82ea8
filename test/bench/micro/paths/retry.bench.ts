/** The retry path: wakes, backoff, a peer that does not answer, one that returns; and what a peer and a value cost to keep. */
import { backoffMs, jittered } from "../../../../lib/core/backoff.ts";
import { RECONNECT_BASE_MS, RECONNECT_CAP_MS } from "../../../../lib/core/liveness/prober.ts";
import type { Node } from "../../../../lib/core/node.ts";
import { BATCH_ENTRIES_MAX } from "../../../../lib/core/replication/pacing.ts";
import { seeded } from "../../../../lib/core/random.ts";
import { type Case, counted, figure, type Group, type Sizes, timed, weighed } from "../cases.ts";
import { broadcast, busyRelay, Cluster, logOf, lonelyRelay, names, nodeOf, ORIGIN } from "../rig.ts";
import { originOf, waitingRelay, wake, word } from "../rig.ts";
import { stepped } from "../../../unit/core/stepped.ts";

/** What a peer may take to answer, ms. */
const ANSWER_MS = 100;
/** To so many peers a value can be outstanding where its memory is weighed. */
const PEERS = 24;

export function retry(sizes: Sizes): Group[] {
  const outstanding = [0, 1, sizes.many];
  const { peers } = sizes;
  return [
    ...peers.map((count) => idle(count, outstanding)),
    ...peers.map((count) => fresh(count, outstanding)),
    ...peers.map((count) => probing(count, outstanding)),
    again(sizes),
    waits(),
    ...returning(sizes),
    memoryOfPeers(sizes),
    memoryOfValues(sizes),
  ];
}

type Start = (outstanding: number) => () => unknown;

function group(
  what: string,
  per: string,
  peers: number,
  outstanding: readonly number[],
  start: Start,
): Group {
  const title = `${what}, ${figure(peers)} ${peers === 1 ? "peer" : "peers"}`;
  return timed(title, per, 1, () => byOutstanding(outstanding, start));
}

function byOutstanding(counts: readonly number[], start: Start): Case[] {
  return counts.map((count) => ({ name: `${figure(count)} outstanding`, start: () => start(count) }));
}

/** Everything is on its way, and nothing is due yet. */
function idle(peers: number, outstanding: readonly number[]): Group {
  return group("a wake, nothing due", "wake", peers, outstanding, (count) => {
    const { node, now } = waitingRelay(peers, count);
    return () => node.step(wake, now);
  });
}

/** A value enters the relay and leaves at once for all but one, which is away and lacks what is outstanding. */
function fresh(peers: number, outstanding: readonly number[]): Group {
  return group(
    "a value enters a relay and leaves, one more is away",
    "value",
    peers,
    outstanding,
    (count) => {
      const { node, now } = busyRelay(peers, count);
      let value = count;
      return () => stepped(node, broadcast("n0", ++value), now);
    },
  );
}

/** Nobody answers, everything is outstanding, and each wake probes one peer. */
function probing(peers: number, outstanding: readonly number[]): Group {
  return group("a wake, one probe due, all lost", "wake", peers, outstanding, (count) => {
    const { node } = lonelyRelay(peers, count);
    return () => node.step(wake, node.deadline);
  });
}

/** The peer does not confirm: what was on its way goes again, a batch at most, and it says that it is there. */
function again({ many }: Sizes): Group {
  return timed(
    "a retry, and a word of the peer, who lacks it all",
    "retry",
    1,
    () =>
      byOutstanding([1, BATCH_ENTRIES_MAX, many], (count) => {
        const { node } = waitingRelay(1, count);
        let n = 1;
        return () => {
          const now = node.deadline;
          node.step(wake, now);
          return stepped(node, word("n1", "n0", { seq: ++n }), now);
        };
      }),
  );
}

function waits(): Group {
  const random = seeded(1);
  let attempt = 0;
  return timed("how long to wait", "wait", 1, () => [
    {
      name: "backoffMs",
      start: () => () => backoffMs(random, ++attempt & 7, RECONNECT_BASE_MS, RECONNECT_CAP_MS),
    },
    { name: "jittered", start: () => () => jittered(random, ANSWER_MS) },
  ]);
}

// A peer that was away.

/** From its first word until it has all: the work of both nodes, and the time if the network and the work took none. */
function returning({ many }: Sizes): Group[] {
  const title = `a peer returns after ${figure(many)} missed values`;
  const name = "until it has all";
  return [
    timed(`${title}: both nodes' work`, "value", many, () => [{ name, start: () => returns(many) }]),
    counted(`${title}: time`, "return", 1, () => [{ name, start: () => returns(many) }]),
  ];
}

/** Each call is another life of the peer, which has nothing; returns the virtual ms that it takes. */
function returns(many: number): () => number {
  const members = names(2);
  const relay = nodeOf("n0", members, many);
  let [incarnation, now] = [1, 0];
  return () => {
    const before = now;
    const peer = nodeOf("n1", members, 0, ++incarnation, before);
    const cluster = new Cluster(new Map([["n0", relay], ["n1", peer]]), before);
    cluster.runUntil(() => peer.status.entries === many);
    now = cluster.now;
    return now - before;
  };
}

// What it keeps.

/** A relay whose peers have all said that they hold something of so many origins. */
function memoryOfPeers(sizes: Sizes): Group {
  const most = Math.max(...sizes.peers);
  return weighed(
    "memory of a peer, by the origins of which it digest something",
    "peer",
    1,
    () =>
      [1, ...sizes.origins].map((origins) => {
        const count = origins < 1_000 ? most : Math.ceil(most / 10);
        const digest = Array.from({ length: origins }, (_, i) => [originOf(i), [1, 9]]);
        const name = `${figure(origins)} ${origins === 1 ? "origin" : "origins"}`;
        return { name, count, start: () => () => heardOfAll(count, digest) };
      }),
  );
}

function heardOfAll(peers: number, digest: readonly unknown[]): Node {
  const members = names(peers + 1);
  const node = nodeOf("n0", members);
  for (const id of members.slice(1)) stepped(node, word(id, "n0", { seq: 1, digest }), 0);
  return node;
}

/** What is outstanding follows from what is believed: to keep it costs what it costs to hold it. */
function memoryOfValues({ many }: Sizes): Group {
  return weighed(`memory of ${figure(many)} small values`, "value", many, () => [
    { name: "a list of them", start: () => () => Array.from({ length: many }, (_, i) => i + 1) },
    { name: "Log", start: () => () => logOf({ origins: 1, values: many }) },
    { name: "a node, alone", start: () => () => nodeOf("n0", ["n0"], many) },
    { name: `a node, ${PEERS} peers hold them`, start: () => () => confirmed(PEERS, many) },
    { name: `a node, ${PEERS} peers lack them`, start: () => () => waitingRelay(PEERS, many).node },
    { name: `a node, ${PEERS} lost peers lack them`, start: () => () => lonelyRelay(PEERS, many).node },
    { name: `${PEERS} queues of references to them`, start: () => () => queues(many) },
  ]);
}

function confirmed(peers: number, many: number): Node {
  const { node, now } = waitingRelay(peers, many);
  const digest = [["n0.1", [1, many]]];
  for (const id of names(peers + 1).slice(1)) stepped(node, word(id, "n0", { seq: 2, digest }), now);
  return node;
}

/** What a queue for each peer keeps, at the least. */
function queues(many: number): unknown {
  const entries = Array.from({ length: many }, (_, i) => ({ origin: ORIGIN, seq: i + 1 }));
  return Array.from({ length: PEERS }, () => [...entries]);
}
