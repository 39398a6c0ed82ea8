/** Whose turn it is when a relay is lost. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Layout } from "../../../../lib/core/topology/layout.ts";
import { computeTree } from "../../../../lib/core/topology/compute_tree.ts";
import { LinkState } from "../../../../lib/core/topology/link_state.ts";
import {
  backupsOf,
  choiceOf,
  coordinatorOf,
  preferenceList,
} from "../../../../lib/core/topology/failover.ts";

/** n00 … n99: the root, ten relays, and nine under each of these, but eight under the last. */
const ids = Array.from({ length: 100 }, (_, i) => `n${String(i).padStart(2, "0")}`);
const layout = new Layout(ids, 10);
const relays = ids.slice(1, 11);

/** The table once every relay, and the root, has lost these, and `words` were said. */
function without(
  gone: readonly string[],
  words: readonly (readonly [string, string[], string[]])[] = [],
): LinkState {
  const linkState = new LinkState("n00", 1, layout);
  const left = ["n00", ...relays].filter((id) => !gone.includes(id));
  for (const id of left.slice(1)) {
    linkState.merge(id, { incarnation: 1, version: 1, suspected: new Set(gone), heard: new Set(left) });
  }
  for (const id of left) linkState.hear(id);
  for (const id of gone) linkState.suspect(id);
  for (const [id, lost, seen] of words) {
    linkState.merge(id, { incarnation: 1, version: 1, suspected: new Set(lost), heard: new Set(seen) });
  }
  return linkState;
}

test("standIns() are all relays, the planned one first, those of one relay all in other orders [P24]", () => {
  for (const relay of relays) {
    const orders = layout.childrenOf(relay).map((id) => [...preferenceList(layout, ids.indexOf(id))]);
    for (const order of orders) {
      equal(ids[order[0] ?? 0], relay);
      deepEqual(order.toSorted((a, b) => a - b), relays.map((_, i) => i + 1));
    }
    equal(new Set(orders.map(([, second]) => second)).size, orders.length, "all spread");
  }
});

test("standIns() in a star are all that follow in rank [P18]", () => {
  deepEqual([...preferenceList(new Layout(ids.slice(0, 4), 0), 2)], [3, 0, 1]);
});

test("choiceOf() is the place in the order of standIns(), but for the first, which counts twice [P24]", () => {
  for (let rank = 11; rank < ids.length; rank++) {
    const places = [...preferenceList(layout, rank)].map((relay) => choiceOf(layout, rank, relay));
    equal(places[0], 0);
    deepEqual(places, places.toSorted((a, b) => a - b));
    equal(new Set(places).size, places.length);
  }
});

test("plant() has who lost its relay under its own choice of those it sees, not under the root [P24]", () => {
  const [first, second, third] = [...preferenceList(layout, 11)].map((rank) => ids[rank] as string);
  ok(first !== undefined && second !== undefined && third !== undefined);
  const seen = ["n00", third, second];
  const linkState = without([first], [["n11", [first], seen]]);
  const tree = computeTree(linkState, "n00");
  equal(tree.parentIdOf("n11"), second);
  equal(tree.parentIdOf("n21"), undefined, "of which nothing is known");
  equal(tree.parentIdOf("n12"), "n02", "whose relay is there");
  equal(computeTree(without([first, second], [["n11", [first], seen]]), "n00").parentIdOf("n11"), third);
});

test("plant() makes two levels around the next in rank, when the root is lost [P8]", () => {
  const linkState = new LinkState("n01", 1, layout);
  for (const id of relays.slice(1)) {
    linkState.merge(id, { incarnation: 1, version: 1, suspected: new Set(["n00"]), heard: new Set(relays) });
  }
  for (const id of relays.slice(1)) linkState.hear(id);
  linkState.suspect("n00");
  const tree = computeTree(linkState, "n01");
  deepEqual([tree.root, tree.levels, tree.size], ["n01", 2, 99]);
  for (const id of relays.slice(1)) equal(tree.parentIdOf(id), "n01");
  for (const id of ids.slice(11)) equal(tree.parentIdOf(id), layout.parentIdOf(id));
});

test("the first who can be reached of one's order is to call it, the next ones to help [P18] [P24]", () => {
  const order = [...preferenceList(layout, 11)].map((rank) => ids[rank] as string);
  const tree = computeTree(without(order.slice(0, 1)), "n00");
  equal(coordinatorOf(layout, tree, 11), order[1]);
  deepEqual(backupsOf(layout, tree, "n11"), order.slice(1, 3));
  deepEqual(
    backupsOf(layout, tree, "n12"),
    [...preferenceList(layout, 12)].slice(1, 3).map((rank) => ids[rank]),
    "not its own",
  );
  equal(coordinatorOf(layout, tree, 12), "n02");
  equal(coordinatorOf(layout, tree, 5), "n00");
});
