/** What a node says of the tree and of suspicions, for people [N12]. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { computeTree } from "../../../../lib/core/topology/compute_tree.ts";
import { Layout } from "../../../../lib/core/topology/layout.ts";
import { LinkState } from "../../../../lib/core/topology/link_state.ts";
import { Members } from "../../../../lib/core/topology/members.ts";
import { topologyStatus } from "../../../../lib/core/topology/topology_status.ts";

const members = new Members(["n1", "n2", "n3", "n4"]);

function statusOf(linkState: LinkState) {
  const { ids, relays, suspected } = topologyStatus(members, linkState, computeTree(linkState, 0));
  return { ids, relays: Object.fromEntries(relays), suspected: Object.fromEntries(suspected) };
}

test("while all is well the first in rank is everybody's relay, and nobody is suspected", () => {
  deepEqual(statusOf(new LinkState(0, 1, new Layout(4, 0))), {
    ids: ["n1", "n2", "n3", "n4"],
    relays: { n1: null, n2: "n1", n3: "n1", n4: "n1" },
    suspected: {},
  });
});

test("who is out of reach has no relay, and who suspects whom is as they advertise", () => {
  const linkState = new LinkState(0, 1, new Layout(4, 0));
  linkState.hear(1);
  for (const lost of [3, 2]) linkState.suspect(lost);
  const told = { incarnation: 1, version: 1, heard: new Set([0, 2]), suspected: new Set([3]) };
  linkState.merge(1, told);
  linkState.merge(2, { incarnation: 1, version: 1, heard: new Set([1]), suspected: new Set([0]) });
  const { relays, suspected } = statusOf(linkState);
  deepEqual(relays, { n1: null, n2: "n1", n3: "n2" });
  deepEqual(suspected, { n1: ["n3", "n4"], n2: ["n4"], n3: ["n1"] });
});
