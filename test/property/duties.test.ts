/** The duties over any table of links: which peers a node is to ask, and which never. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { duties, rollCallTurn, type View } from "../../lib/core/liveness/duties.ts";
import { allBut } from "../../lib/core/mechanisms.ts";
import { computeTree } from "../../lib/core/topology/compute_tree.ts";
import { Layout } from "../../lib/core/topology/layout.ts";
import { LinkState } from "../../lib/core/topology/link_state.ts";
import { ROOT, Tree, UNREACHABLE } from "../../lib/core/topology/tree.ts";
import { holds } from "./holds.ts";

const SIZE = 10;
const rank = fc.nat(SIZE - 1);
const some = (maxLength: number) => fc.uniqueArray(rank, { maxLength }).map((list) => new Set(list));

/** What a node knows that has heard some peers and suspected up to `most` at a time, in a star or with relays. */
const viewsWith = (most: number): fc.Arbitrary<View> =>
  fc.record({
    me: rank,
    relays: fc.constantFrom(0, 3),
    deeds: fc.array(fc.tuple(most > 0 ? fc.boolean() : fc.constant(true), rank), { maxLength: 12 }),
    others: fc.array(
      fc.tuple(
        rank,
        fc.record({ incarnation: fc.constant(1), version: fc.nat(3), suspected: some(most), heard: some(6) }),
      ),
      { maxLength: 8 },
    ),
  }).map(({ me, relays, deeds, others }) => {
    const linkState = new LinkState(me, 1, new Layout(SIZE, relays));
    for (const [isHeard, peer] of deeds) {
      if (peer !== me) isHeard ? linkState.hear(peer) : linkState.suspect(peer);
    }
    for (const [node, advertisement] of others) if (node !== me) linkState.merge(node, advertisement);
    return { linkState, tree: computeTree(linkState, me), on: allBut([]) };
  });
const views = viewsWith(4);

test("every duty names members, each once, and never the node itself; entries go to none that it suspects [D5] [D6] [D7]", () => {
  holds(
    fc.property(views, (view) => {
      for (const [reason, { kind, targets }] of Object.entries(duties)) {
        const asked = targets(view);
        equal(new Set(asked).size, asked.length, reason);
        for (const each of asked) {
          ok(each !== view.tree.me && each >= 0 && each < SIZE, reason);
          ok(kind === "probe" || !view.linkState.suspected.has(each), `${reason}: ${each} is suspected`);
        }
      }
    }),
    400,
  );
});

test("a node that its own tree leaves out, as without detours, does not ask itself [D9]", () => {
  holds(
    fc.property(views, ({ linkState, tree: { me, root }, on }) => {
      const tree = new Tree(SIZE, me, root, (rank) => rank === root ? ROOT : UNREACHABLE);
      for (const [reason, { targets }] of Object.entries(duties)) {
        ok(!targets({ linkState, tree, on }).includes(me), reason);
      }
    }),
    100,
  );
});

test("of the members in the tree none is looked for as fallen out, and none elsewhere is asked to reconnect [D6] [D11]", () => {
  holds(
    fc.property(views, (view) => {
      for (const each of duties["out of the tree"].targets(view)) ok(!view.tree.has(each));
      for (const each of duties["reached by others"].targets(view)) ok(view.tree.has(each));
    }),
    400,
  );
});

test("while nobody suspects anybody no duty is left but to search, and nobody calls the roll [D7] [D9]", () => {
  holds(
    fc.property(viewsWith(0), (view) => {
      deepEqual(rollCallTurn(view), undefined);
      for (const reason of ["out of the tree", "another was found", "unreachable"] as const) {
        deepEqual(duties[reason].targets(view), [], reason);
      }
    }),
    400,
  );
});
