/** The tree while all is well: a star, or two levels of relays where there are many members. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Layout, relaysFor, STAR_MAX } from "../../../../lib/core/topology/layout.ts";
import { computeTree } from "../../../../lib/core/topology/compute_tree.ts";
import { LinkState } from "../../../../lib/core/topology/link_state.ts";

const ids = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`).sort();

test("Plan is a star where no relays stand between [P8]", () => {
  const layout = new Layout(ids(4), 0);
  deepEqual(ids(4).map((id) => layout.parentIdOf(id)), [undefined, "n0", "n0", "n0"]);
  deepEqual([layout.childrenOf("n0"), layout.childrenOf("n1")], [["n1", "n2", "n3"], []]);
});

test("Plan shares the members out among its relays [P23]", () => {
  const layout = new Layout(ids(9), 3);
  deepEqual(layout.childrenOf("n0"), ["n1", "n2", "n3"]);
  deepEqual(["n1", "n2", "n3"].map((id) => layout.childrenOf(id)), [["n4", "n7"], ["n5", "n8"], ["n6"]]);
  deepEqual([layout.neighbourIds("n4"), layout.neighbourIds("n2")], [["n1"], ["n0", "n5", "n8"]]);
});

test("Plan: parents and children agree, and everyone is two hops from the root at most [P23]", () => {
  for (const count of [1, 2, 5, 10, 100]) {
    for (const relays of [0, 1, 3, 10].filter((each) => each < count)) {
      const [layout, all] = [new Layout(ids(count), relays), ids(count)];
      for (const id of all) {
        for (const child of layout.childrenOf(id)) equal(layout.parentIdOf(child), id);
        const parent = layout.parentIdOf(id);
        if (parent !== undefined) ok(layout.childrenOf(parent).includes(id) && layout.links(id, parent));
        ok(parent === undefined || parent === layout.root || layout.parentIdOf(parent) === layout.root);
      }
      equal(all.filter((id) => layout.parentIdOf(id) === undefined).length, 1);
    }
  }
});

test("plant() leaves everyone in place whose relay is there, when another is lost [P23]", () => {
  const all = ids(9);
  const linkState = new LinkState("n0", 1, new Layout(all, 3));
  for (const relay of ["n1", "n2", "n3"]) linkState.hear(relay);
  linkState.suspect("n2");
  const tree = computeTree(linkState, "n0");
  deepEqual(tree.children, ["n1", "n3"]);
  deepEqual(all.map((id) => tree.parentIdOf(id)), [
    undefined,
    "n0",
    undefined,
    "n0",
    "n1",
    undefined,
    "n3",
    "n1",
    undefined,
  ]);
  for (const orphan of ["n5", "n8"]) {
    linkState.merge(orphan, {
      incarnation: 1,
      version: 1,
      suspected: new Set(["n2"]),
      heard: new Set(["n0"]),
    });
    linkState.hear(orphan);
  }
  deepEqual(computeTree(linkState, "n0").children, ["n1", "n3", "n5", "n8"]);
});

test("up to STAR_MAX members make a star, more have about as many relays as each of these has under it [P23]", () => {
  deepEqual([1, 5, 40, STAR_MAX, STAR_MAX + 1, 1_000].map(relaysFor), [0, 0, 0, 0, 13, 32]);
});
