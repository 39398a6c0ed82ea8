/** The relay tree of a node that alone advertises. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Layout } from "../../lib/core/topology/layout.ts";
import { computeTree } from "../../lib/core/topology/compute_tree.ts";
import { LinkState } from "../../lib/core/topology/link_state.ts";
import type { Tree } from "../../lib/core/topology/tree.ts";
import { holds } from "./holds.ts";

const SIZE = 10;
const RELAYS = 3;
const ranks = Array.from({ length: SIZE }, (_, rank) => rank);

function picture(tree: Tree): unknown {
  return [tree.root, tree.children, tree.size, ranks.map(tree.parentOf)];
}

test("computeTree() makes the same tree for a node that alone advertises as for one that has heard only that [K10]", () => {
  const deeds = fc.array(fc.tuple(fc.boolean(), fc.constantFrom(...ranks)), { minLength: 1, maxLength: 8 });
  holds(
    fc.property(fc.constantFrom(...ranks), deeds, (me, done) => {
      const own = new LinkState(me, 1, new Layout(SIZE, RELAYS));
      for (const [seen, other] of done.filter(([, id]) => id !== me)) {
        seen ? own.hear(other) : own.suspect(other);
      }
      const heard = new LinkState(SIZE, 1, new Layout(SIZE, RELAYS));
      for (const [node, row] of own.advertisements) heard.merge(node, row);
      deepEqual(picture(computeTree(own, me)), picture(computeTree(heard, me)));
    }),
    1_000,
  );
});
