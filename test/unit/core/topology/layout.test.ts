/** The tree while all is well: a star, or two levels of relays where there are many members. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Layout, relaysFor, STAR_MAX } from "../../../../lib/core/topology/layout.ts";
import { computeTree } from "../../../../lib/core/topology/compute_tree.ts";
import { LinkState } from "../../../../lib/core/topology/link_state.ts";
import { ROOT, UNREACHABLE } from "../../../../lib/core/topology/tree.ts";

function childrenOf(layout: Layout, rank: number): number[] {
  return Array.from({ length: layout.size }, (_, each) => each).filter((each) =>
    layout.parentOf(each) === rank
  );
}

function neighboursOf(layout: Layout, rank: number): number[] {
  const neighbours: number[] = [];
  layout.eachNeighbour(rank, (each) => neighbours.push(each));
  return neighbours;
}

test("Layout is a star where no relays stand between [K9]", () => {
  const layout = new Layout(4, 0);
  deepEqual([0, 1, 2, 3].map((rank) => layout.parentOf(rank)), [ROOT, 0, 0, 0]);
  deepEqual([neighboursOf(layout, 0), neighboursOf(layout, 1)], [[1, 2, 3], [0]]);
});

test("Layout deals the leaves out among its relays [K9]", () => {
  const layout = new Layout(9, 3);
  deepEqual(childrenOf(layout, 0), [1, 2, 3]);
  deepEqual([1, 2, 3].map((rank) => childrenOf(layout, rank)), [[4, 7], [5, 8], [6]]);
  deepEqual([neighboursOf(layout, 4), neighboursOf(layout, 2)], [[1], [0, 5, 8]]);
});

test("Layout: parents and children agree, and everyone is two hops from the root at most [K9]", () => {
  for (const size of [1, 2, 5, 10, 100]) {
    for (const relays of [0, 1, 3, 10].filter((each) => each < size)) {
      const layout = new Layout(size, relays);
      for (let rank = 0; rank < size; rank++) {
        const parent = layout.parentOf(rank);
        deepEqual(neighboursOf(layout, rank), [
          ...parent === ROOT ? [] : [parent],
          ...childrenOf(layout, rank),
        ]);
        equal(parent === ROOT, rank === 0);
        if (parent !== ROOT) ok(layout.links(rank, parent) && layout.links(parent, rank));
        ok(parent <= 0 || layout.parentOf(parent) === 0);
      }
    }
  }
});

test("computeTree() leaves everyone in place whose relay is there, when another is suspected [K11]", () => {
  const linkState = new LinkState(0, 1, new Layout(9, 3));
  for (const relay of [1, 2, 3]) linkState.hear(relay);
  linkState.suspect(2);
  const tree = computeTree(linkState, 0);
  deepEqual(tree.children, [1, 3]);
  deepEqual(
    [0, 1, 2, 3, 4, 5, 6, 7, 8].map((rank) => tree.parentOf(rank)),
    [ROOT, 0, UNREACHABLE, 0, 1, UNREACHABLE, 3, 1, UNREACHABLE],
  );
  for (const orphan of [5, 8]) {
    linkState.merge(orphan, { incarnation: 1, version: 1, suspected: new Set([2]), heard: new Set([0]) });
    linkState.hear(orphan);
  }
  deepEqual(computeTree(linkState, 0).children, [1, 3, 5, 8]);
});

test("up to STAR_MAX members make a star, more have about as many relays as each of these has under it [K9]", () => {
  deepEqual([1, 5, 40, STAR_MAX, STAR_MAX + 1, 1_000].map(relaysFor), [0, 0, 0, 0, 13, 32]);
});
