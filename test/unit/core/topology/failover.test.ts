/** Whose turn it is when a relay is lost. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Layout } from "../../../../lib/core/topology/layout.ts";
import { computeTree } from "../../../../lib/core/topology/compute_tree.ts";
import { LinkState } from "../../../../lib/core/topology/link_state.ts";
import { UNREACHABLE } from "../../../../lib/core/topology/tree.ts";
import { backupsOf, coordinatorOf, preferenceList } from "../../../../lib/core/topology/failover.ts";

/** The root, ten relays, and nine leaves under each of these, but eight under the last. */
const layout = new Layout(100, 10);
const ranks = Array.from({ length: layout.size }, (_, rank) => rank);
const relays = ranks.slice(1, 11);

/** The table once every relay, and the root, has lost these, and `words` were said. */
function without(
  gone: readonly number[],
  words: readonly (readonly [number, number[], number[]])[] = [],
): LinkState {
  const linkState = new LinkState(0, 1, layout);
  const left = [0, ...relays].filter((id) => !gone.includes(id));
  for (const id of left.slice(1)) {
    linkState.merge(id, { incarnation: 1, version: 1, suspected: new Set(gone), heard: new Set(left) });
  }
  for (const id of left.slice(1)) linkState.hear(id);
  for (const id of gone) linkState.suspect(id);
  for (const [id, lost, seen] of words) {
    linkState.merge(id, { incarnation: 1, version: 1, suspected: new Set(lost), heard: new Set(seen) });
  }
  return linkState;
}

test("preferenceList() are all relays, the planned one first, those of one relay all in other orders [K12]", () => {
  for (const relay of relays) {
    const leaves = ranks.filter((rank) => layout.parentOf(rank) === relay);
    const orders = leaves.map((leaf) => [...preferenceList(layout, leaf)]);
    for (const order of orders) {
      equal(order[0], relay);
      deepEqual(order.toSorted((a, b) => a - b), relays);
    }
    equal(new Set(orders.map(([, second]) => second)).size, orders.length, "all spread");
  }
});

test("preferenceList() in a star are all that follow in rank [K12]", () => {
  deepEqual([...preferenceList(new Layout(4, 0), 2)], [3, 0, 1]);
});

test("computeTree() has who lost its relay under its own choice of those it sees, not under the root [K11] [K12]", () => {
  const [first, second, third] = [...preferenceList(layout, 11)];
  ok(first !== undefined && second !== undefined && third !== undefined);
  const seen = [0, third, second];
  const linkState = without([first], [[11, [first], seen]]);
  const tree = computeTree(linkState, 0);
  equal(tree.parentOf(11), second);
  equal(tree.parentOf(21), UNREACHABLE, "of which nothing is known");
  equal(tree.parentOf(12), 2, "whose relay is there");
  equal(computeTree(without([first, second], [[11, [first], seen]]), 0).parentOf(11), third);
});

test("computeTree() makes two levels around the next in rank, when the root is lost [K10] [K11]", () => {
  const linkState = new LinkState(1, 1, layout);
  for (const id of relays.slice(1)) {
    linkState.merge(id, { incarnation: 1, version: 1, suspected: new Set([0]), heard: new Set(relays) });
  }
  for (const id of relays.slice(1)) linkState.hear(id);
  linkState.suspect(0);
  const tree = computeTree(linkState, 1);
  deepEqual([tree.root, tree.size], [1, 99]);
  for (const id of relays.slice(1)) equal(tree.parentOf(id), 1);
  for (const id of ranks.slice(11)) equal(tree.parentOf(id), layout.parentOf(id));
});

test("the first who can be reached of one's order is to call it, the next ones to help [D6] [K12]", () => {
  const order = [...preferenceList(layout, 11)];
  const tree = computeTree(without(order.slice(0, 1)), 0);
  equal(coordinatorOf(layout, tree, 11), order[1]);
  deepEqual(backupsOf(layout, tree, 11), order.slice(1, 3));
  deepEqual(
    backupsOf(layout, tree, 12),
    [...preferenceList(layout, 12)].slice(1, 3),
    "not its own",
  );
  equal(coordinatorOf(layout, tree, 12), 2);
  equal(coordinatorOf(layout, tree, 5), 0);
});
