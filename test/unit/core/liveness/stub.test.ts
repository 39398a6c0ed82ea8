/** Two levels: the relays probe for their leaves; a leaf that passes nothing on is a stub, is told little and says little. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Mechanism } from "../../../../lib/core/mechanisms.ts";
import { composeLinks } from "../../../../lib/core/replication/compose.ts";
import { Progress } from "../../../../lib/core/replication/progress.ts";
import { Layout } from "../../../../lib/core/topology/layout.ts";
import { LinkState } from "../../../../lib/core/topology/link_state.ts";
import { INDIRECT_PROBES_MAX } from "../../../../lib/core/liveness/duties.ts";
import { Examined, members } from "./examined.ts";

const layout = new Layout(members.size, 3);
const overlayOf = (me: string, ...without: Mechanism[]) => new Examined(me, 3, ...without);

test("a link between a relay and a leaf is advertised by the leaf, and presumed as in the layout if it advertises nothing [K4] [K5]", () => {
  const linkState = new LinkState(0, 1, layout);
  const say = (node: number, lost: number[], seen: number[], version = 1) =>
    linkState.merge(node, { incarnation: 1, version, suspected: new Set(lost), heard: new Set(seen) });
  say(1, [9], [0, 2]);
  deepEqual([4, 5].map((id) => linkState.linkUp(1, id)), [true, false]);
  say(5, [2], [1]);
  equal(linkState.linkUp(5, 1), true);
  say(1, [5], [0, 2], 2);
  equal(linkState.linkUp(5, 1), false, "it is suspected there");
});

test("a relay advertises its links to relays alone, and retracts no others [K5]", () => {
  const linkState = new LinkState(1, 1, layout);
  for (const id of [0, 2, 4]) linkState.hear(id);
  linkState.suspect(3);
  const said = () => [...linkState.advertisements].map(([, { version, heard }]) => [version, [...heard]]);
  deepEqual(said(), [[1, [0, 2]]]);
  linkState.hear(7);
  linkState.retract((id) => id !== 4);
  deepEqual([said(), [...linkState.heard]], [[[1, [0, 2]]], [0, 2, 4, 7]]);
});

test("a stub is sent no advertisements; once it passes something on, all of them [K13]", () => {
  const linkState = new LinkState(1, 1, layout);
  linkState.suspect(2);
  const peer = new Progress("n4");
  const unsaid = { logRevision: 0, viewUpdateDue: false, truncated: false };
  peer.spareLinks(true);
  peer.left({ linksRevision: linkState.revision, ...unsaid }, Infinity, 0);
  peer.spareLinks(false);
  peer.hear({ incarnation: 1, seq: 1, digest: [], ack: [1, 1, 0] }, 1, 1);
  equal(composeLinks(linkState, members, peer.flights.confirmed.links).links.length, 1);
});

test("the leaves are stubs, but for those that have somebody below them; without stubs none is [K13]", () => {
  const node = overlayOf("n1");
  node.hear("n0", 0);
  deepEqual(members.ids.filter((id) => id !== "n1" && node.overlay.isStub(node.peer(id))), [
    "n4",
    "n5",
    "n6",
    "n7",
    "n8",
    "n9",
  ]);
  node.hear("n4", 1, [["n4", [], ["n1", "n2"]], ["n2", ["n0", "n1", "n3"], []]]);
  node.suspect("n2", 2);
  node.hear("n0", 3, [["n0", ["n2"], ["n1", "n3"]], ["n3", ["n2"], ["n0"]]]);
  equal(node.overlay.tree.parentOf(2), 4, "the way round leads through it");
  equal(node.overlay.isStub(node.peer("n4")), false);
  const other = overlayOf("n1", "stub");
  equal(other.overlay.isStub(other.peer("n4")), false);
});

test("a stub keeps no advertisement but its own [K13]", () => {
  const node = overlayOf("n4");
  node.hear("n1", 0, [["n1", ["n2"], ["n0"]], ["n5", ["n2"], ["n1"]]]);
  deepEqual(node.links, []);
});

test("a leaf that another relay asks advertises that, and asks its own relay for a sign of life [D4] [K3]", () => {
  const node = overlayOf("n4");
  node.hear("n1", 0);
  deepEqual(node.links, []);
  node.hear("n2", 10_000, [], true);
  deepEqual([node.links, node.asked], [[["n4", [], ["n1", "n2"]]], ["final-probe n1"]]);
  const other = overlayOf("n4", "ask-relay");
  other.hear("n1", 0);
  other.hear("n2", 10_000, [], true);
  deepEqual(other.asked, []);
});

test("a leaf that suspects its relay asks the next of its preference list until it has one, whoever else it hears [D5]", () => {
  const node = overlayOf("n4");
  node.hear("n1", 0);
  node.hear("n0", 0);
  node.suspect("n1", 100);
  deepEqual([node.overlay.relay?.id, node.asked], ["n0", ["push-probe n3"]]);
  node.suspect("n3", 200);
  deepEqual(node.asked, ["push-probe n3", "push-probe n2"]);
  node.hear("n2", 300);
  node.suspect("n0", 400);
  deepEqual([node.overlay.relay?.id, node.asked.length], ["n2", 2]);
});

test("a relay calls those of which nothing is known that it coordinates, and looks for those it backs up [D6] [D7]", () => {
  const node = overlayOf("n2");
  for (const id of ["n5", "n8"]) node.hear(id, 0);
  node.hear("n0", 0, [["n0", ["n1"], ["n2", "n3"]], ["n3", ["n1"], ["n0", "n2"]]]);
  node.wake(1_000_000);
  deepEqual(node.asked.filter((each) => each.startsWith("push-probe")), ["push-probe n1", "push-probe n7"]);
});

test("a relay asks those that it coordinates and that are below another [D11]", () => {
  const node = overlayOf("n1");
  for (const id of ["n4", "n7"]) node.hear(id, 0);
  node.hear("n0", 2, [["n3", ["n9"], ["n0"]], ["n4", [], ["n2"]]]);
  equal(node.overlay.tree.parentOf(4), 2);
  node.wake(100_000);
  deepEqual(node.asked.filter((each) => each !== "probe n9" && each !== "push-probe n9"), ["probe n4"]);
});

test("a stub that comes back is taken in all the same [K13]", () => {
  const node = overlayOf("n1");
  for (const id of ["n0", "n4"]) node.hear(id, 0);
  node.suspect("n4", 1);
  node.notified.length = 0;
  node.hear("n4", 2);
  deepEqual(node.notified, ["n4"]);
});

test("those that the backups have tried in vain do not keep others from being looked for [D6]", () => {
  const node = overlayOf("n1");
  for (const id of members.ids.filter((id) => id !== "n1")) node.hear(id, 0);
  const tried = members.ids.slice(4, 4 + INDIRECT_PROBES_MAX);
  for (const id of tried) node.suspect(id, 1);
  node.hear("n0", 2, [["n2", [...tried, "n8"], ["n0"]], ["n3", tried, ["n0"]]]);
  deepEqual(node.asked, ["push-probe n8"]);
});
