/** The overlay alone: what it believes of links, and whom it has called. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Overlay } from "../../../../lib/core/liveness/overlay.ts";
import { INDIRECT_PROBES_MAX } from "../../../../lib/core/liveness/prober.ts";
import type { Progress } from "../../../../lib/core/replication/progress.ts";
import { Peers } from "../../../../lib/core/replication/peers.ts";
import { Layout } from "../../../../lib/core/topology/layout.ts";
import { Members } from "../../../../lib/core/topology/members.ts";
import { seeded } from "../../../../lib/core/random.ts";
import { Timing } from "../../../../lib/core/replication/timing.ts";

const ACK_TIMEOUT_MS = 1_000;

/** The overlay of `me` among n0 … n9, and what it had done. */
function among(me: string) {
  const members = new Members(Array.from({ length: 10 }, (_, i) => `n${i}`));
  const peers = new Peers(me, members);
  const done: string[] = [];
  const overlay = new Overlay({
    me: members.rankOf(me) ?? 0,
    incarnation: 1,
    members,
    layout: new Layout(members.size, 0),
    peers,
    timing: new Timing(undefined),
    random: seeded(1),
    without: [],
    ackTimeoutMs: () => ACK_TIMEOUT_MS,
    hands: {
      pushProbe: (peer) => void done.push(`call ${peer.id}`),
      probe: (peer) => void done.push(`probe ${peer.id}`),
      finalProbe: (peer) => void done.push(`ask ${peer.id}`),
      treeChanged: () => undefined,
    },
  });
  const hear = (from: string, at: number, words: [string, string[], string[]][] = []) => {
    const peer = peers.getOrCreate(from) as Progress;
    peer.hear({ incarnation: 1, seq: peer.flights.nextSeq, digest: [] }, 1, at);
    overlay.heard(peer, { links: words.map(([node, lost, seen]) => [node, 1, at + 1, lost, seen]) }, at);
  };
  return { overlay, done, hear };
}

test("ways round are looked for to INDIRECT_PROBES_MAX at once of those who fell out of the tree [P18]", () => {
  const { done, hear } = among("n1");
  const rest = ["n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"];
  hear("n0", 0, [["n0", rest, ["n1"]]]);
  ok(rest.length > INDIRECT_PROBES_MAX);
  deepEqual(done, rest.slice(0, INDIRECT_PROBES_MAX).map((id) => `call ${id}`));
});

test("a relay that somebody has lost is believed only if it was heard of late, or else asked [P16]", () => {
  for (
    const [quietMs, root, asked] of [[ACK_TIMEOUT_MS - 1, "n0", []], [ACK_TIMEOUT_MS, "n1", [
      "probe n0",
    ]]] as const
  ) {
    const { overlay, done, hear } = among("n1");
    hear("n0", 0, [["n0", [], ["n1", "n2"]]]);
    hear("n2", quietMs, [["n2", ["n0"], ["n1"]]]);
    equal(overlay.root, root);
    deepEqual(done.slice(0, 1), asked);
  }
});

test("of nobody but members is anything believed or passed on [P7]", () => {
  const { overlay, hear } = among("n1");
  hear("n0", 0, [["stranger", ["n0"], ["n1"]], ["n2", ["ghost"], ["n0", "ghost"]]]);
  const rows = [...overlay.linkState.since(0)].filter(([node]) => node !== 1);
  deepEqual(rows.map(([node, { suspected, heard }]) => [node, [...suspected], [...heard]]), [[2, [], [0]]]);
});
