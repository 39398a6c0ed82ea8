/** Two levels: the relays look after those who pass nothing on; these are spared what others say, and say little. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Overlay } from "../../../../lib/core/liveness/overlay.ts";
import { composeLinks } from "../../../../lib/core/replication/compose.ts";
import { Progress } from "../../../../lib/core/replication/progress.ts";
import { Peers } from "../../../../lib/core/replication/peers.ts";
import { Layout } from "../../../../lib/core/topology/layout.ts";
import { seeded } from "../../../../lib/core/random.ts";
import { Members } from "../../../../lib/core/topology/members.ts";
import { LinkState } from "../../../../lib/core/topology/link_state.ts";
import { INDIRECT_PROBES_MAX } from "../../../../lib/core/liveness/prober.ts";
import { Timing } from "../../../../lib/core/replication/timing.ts";

/** n0 is the root, n1 to n3 its relays; n4 and n7 are under n1, n5 and n8 under n2, n6 and n9 under n3. */
const ids = Array.from({ length: 10 }, (_, i) => `n${i}`);
const members = new Members(ids);
const layout = new Layout(ids.length, 3);

type Said = readonly [node: string, lost: readonly string[], seen: readonly string[]];

/** The overlay of `me`, and what it had done. */
function overlayOf(me: string) {
  const peers = new Peers(me, members);
  const done: string[] = [];
  const overlay = new Overlay({
    me: ids.indexOf(me),
    incarnation: 1,
    members,
    layout,
    peers,
    timing: new Timing(undefined),
    random: seeded(1),
    without: [],
    ackTimeoutMs: () => 1_000,
    hands: {
      pushProbe: (peer) => void done.push(`call ${peer.id}`),
      probe: (peer) => void done.push(`probe ${peer.id}`),
      finalProbe: (peer) => void done.push(`ask ${peer.id}`),
      treeChanged: (_, told) => void done.push(`turned ${[...told].map(({ id }) => id).join()}`),
    },
  });
  const peerOf = (id: string) => peers.getOrCreate(id) as Progress;
  const hear = (from: string, at: number, words: readonly Said[] = [], poll = false) => {
    const peer = peerOf(from);
    peer.hear({ incarnation: 1, seq: peer.flights.nextSeq, digest: [] }, 1, at);
    const links = words.map(([node, lost, seen]): [string, number, number, string[], string[]] => [
      node,
      1,
      at + 1,
      [...lost],
      [...seen],
    ]);
    overlay.heard(peer, { links, poll }, at);
  };
  const lose = (id: string, at: number) => overlay.lose(peerOf(id), at);
  const asked = () => done.filter((each) => !each.startsWith("turned"));
  const rows = () =>
    composeLinks(overlay.linkState, members, 0).links.map((
      told,
    ) => [told[0], told[3], told[4]]);
  return { overlay, done, asked, hear, lose, rows, peerOf };
}

test("between a relay and one that is none only the latter speaks, and the layout where it is silent [P9]", () => {
  const linkState = new LinkState(0, 1, layout);
  const say = (node: number, lost: number[], seen: number[], version = 1) =>
    linkState.merge(node, { incarnation: 1, version, suspected: new Set(lost), heard: new Set(seen) });
  say(1, [9], [0, 2]);
  deepEqual([4, 5].map((id) => linkState.linkUp(1, id)), [true, false]);
  say(5, [2], [1]);
  equal(linkState.linkUp(5, 1), true);
  say(1, [5], [0, 2], 2);
  equal(linkState.linkUp(5, 1), false, "it is lost there");
});

test("a relay says of the relays alone that it sees them, and doubts no others [P7] [P9]", () => {
  const linkState = new LinkState(1, 1, layout);
  for (const id of [0, 2, 4]) linkState.hear(id);
  linkState.suspect(3);
  const said = () => [...linkState.since(0)].map(([, { version, heard }]) => [version, [...heard]]);
  deepEqual(said(), [[1, [0, 2]]]);
  linkState.hear(7);
  linkState.retract((id) => id !== 4);
  deepEqual([said(), [...linkState.heard]], [[[1, [0, 2]]], [0, 2, 4, 7]]);
});

test("who passes nothing on is told no words; once it does, all of them [P25]", () => {
  const linkState = new LinkState(1, 1, layout);
  linkState.suspect(2);
  const peer = new Progress("n4");
  const unsaid = { logRevision: 0, answerBy: Infinity, viewUpdateDue: false, truncated: false };
  peer.spareLinks(true);
  peer.left({ linksRevision: linkState.revision, ...unsaid }, 0);
  peer.spareLinks(false);
  peer.hear({ incarnation: 1, seq: 1, digest: [], ack: [1, 1, 0] }, 1, 1);
  equal(composeLinks(linkState, members, peer.flights.confirmed.links).links.length, 1);
});

test("those below a relay are spared, but for those who have somebody below them [P25]", () => {
  const { overlay, hear, lose, peerOf } = overlayOf("n1");
  hear("n0", 0);
  deepEqual(ids.filter((id) => id !== "n1" && overlay.isStub(peerOf(id))), [
    "n4",
    "n5",
    "n6",
    "n7",
    "n8",
    "n9",
  ]);
  hear("n4", 1, [["n4", [], ["n1", "n2"]], ["n2", ["n0", "n1", "n3"], []]]);
  lose("n2", 2);
  hear("n0", 3, [["n0", ["n2"], ["n1", "n3"]], ["n3", ["n2"], ["n0"]]]);
  equal(overlay.tree.parentOf(2), 4, "the way round leads through it");
  equal(overlay.isStub(peerOf("n4")), false);
});

test("who passes nothing on keeps no word but its own [P25]", () => {
  const { rows, hear } = overlayOf("n4");
  hear("n1", 0, [["n1", ["n2"], ["n0"]], ["n5", ["n2"], ["n1"]]]);
  deepEqual(rows(), []);
});

test("who is no relay speaks when it sees one that is not its own, and asks its own for a sign of life [P25]", () => {
  const { rows, asked, hear } = overlayOf("n4");
  hear("n1", 0);
  deepEqual(rows(), []);
  hear("n2", 10_000, [], true);
  deepEqual([rows(), asked()], [[["n4", [], ["n1", "n2"]]], ["ask n1"]]);
});

test("who has lost its relay calls the next of its order until it has one, whoever else it sees [P17]", () => {
  const { overlay, asked, hear, lose } = overlayOf("n4");
  hear("n1", 0);
  hear("n0", 0);
  lose("n1", 100);
  deepEqual([overlay.relay?.id, asked()], ["n0", ["call n3"]]);
  lose("n3", 200);
  deepEqual(asked(), ["call n3", "call n2"]);
  hear("n2", 300);
  lose("n0", 400);
  deepEqual([overlay.relay?.id, asked().length], ["n2", 2]);
});

test("a relay calls those of whom nothing is known whose next choice it is, and helps [P18] [P19]", () => {
  const { overlay, asked, hear } = overlayOf("n2");
  for (const id of ["n5", "n8"]) hear(id, 0);
  hear("n0", 0, [["n0", ["n1"], ["n2", "n3"]], ["n3", ["n1"], ["n0", "n2"]]]);
  overlay.wake(1_000_000);
  deepEqual(asked().filter((each) => each.startsWith("call")), ["call n1", "call n7"]);
});

test("a relay asks those whom it should have below it, and others have [P21]", () => {
  const { overlay, asked, hear } = overlayOf("n1");
  for (const id of ["n4", "n7"]) hear(id, 0);
  hear("n0", 2, [["n3", ["n9"], ["n0"]], ["n4", [], ["n2"]]]);
  equal(overlay.tree.parentOf(4), 2);
  overlay.wake(100_000);
  deepEqual(asked().filter((each) => each !== "probe n9" && each !== "call n9"), ["probe n4"]);
});

test("who is spared and comes back is taken in all the same [P25]", () => {
  const { done, hear, lose } = overlayOf("n1");
  for (const id of ["n0", "n4"]) hear(id, 0);
  lose("n4", 1);
  done.length = 0;
  hear("n4", 2);
  deepEqual(done, ["turned n4"]);
});

test("whom the relays have tried in vain does not keep others from being helped [P18]", () => {
  const { asked, hear, lose } = overlayOf("n1");
  for (const id of ids.filter((id) => id !== "n1")) hear(id, 0);
  const tried = ids.slice(4, 4 + INDIRECT_PROBES_MAX);
  for (const id of tried) lose(id, 1);
  hear("n0", 2, [["n2", [...tried, "n8"], ["n0"]], ["n3", tried, ["n0"]]]);
  deepEqual(asked(), ["call n8"]);
});
