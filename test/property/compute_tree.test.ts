/** The relay tree over any table of links: one tree per side of a cut, over links that are up. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { computeTree } from "../../lib/core/topology/compute_tree.ts";
import { BACKUPS, backupsOf } from "../../lib/core/topology/failover.ts";
import { ROOT, type Tree } from "../../lib/core/topology/tree.ts";
import { holds } from "./holds.ts";
import { type Links, links, linkStateOf, nobodyLost, reachable, saidOf } from "./links.ts";

/** Everyone's tree. While nobody has lost anybody, links count without a witness. */
function computeAll(table: Links): Map<number, Tree> {
  const linkState = linkStateOf(table);
  return new Map(table.nodes.map((node) => [node, computeTree(linkState, node)]));
}

function treeOf(trees: ReadonlyMap<number, Tree>, node: number): Tree {
  const tree = trees.get(node);
  ok(tree !== undefined);
  return tree;
}

/** Everyone who can be reached, in order of rank. */
function membersOf(tree: Tree): number[] {
  return Array.from({ length: tree.members }, (_, rank) => rank).filter((rank) => tree.has(rank));
}

/** Everyone's neighbour towards the root, by who has one. */
function parentsIn(tree: Tree): Map<number, number> {
  const pairs = membersOf(tree).map((rank) => [rank, tree.parentOf(rank)] as const);
  return new Map(pairs.filter(([, parent]) => parent !== ROOT));
}

/** Hops from a node to the root, undefined where the way runs in a circle or ends elsewhere. */
function hops(tree: Tree, node: number): number | undefined {
  let at = node;
  for (let count = 0; count < tree.size; count++) {
    if (at === tree.root) return count;
    at = tree.parentOf(at);
  }
  return undefined;
}

test("computeTree() reaches exactly those whom links that are up reach [K11]", () => {
  holds(
    fc.property(links, (table) => {
      for (const [node, tree] of computeAll(table)) {
        deepEqual(membersOf(tree), nobodyLost(table) ? table.nodes : reachable(table, node));
      }
    }),
    400,
  );
});

test("computeTree() gives all nodes of one component the same root and the same parents [K10]", () => {
  holds(
    fc.property(links, (table) => {
      const trees = computeAll(table);
      for (const tree of trees.values()) {
        equal(tree.root, membersOf(tree)[0], "the first in rank is the root");
        for (const other of membersOf(tree)) {
          equal(treeOf(trees, other).root, tree.root);
          deepEqual(parentsIn(treeOf(trees, other)), parentsIn(tree));
        }
      }
    }),
    400,
  );
});

test("computeTree() makes a tree: every way up ends at the root, and parents and children agree [I7]", () => {
  holds(
    fc.property(links, (table) => {
      const trees = computeAll(table);
      for (const [node, tree] of trees) {
        equal(tree.parent, tree.parentOf(node));
        equal(parentsIn(tree).size, tree.size - 1);
        for (const other of membersOf(tree)) {
          ok(hops(tree, other) !== undefined, `${other} hangs on the root`);
        }
        const children = table.nodes.filter((other) => treeOf(trees, other).parent === node);
        deepEqual(tree.children, children);
      }
    }),
    400,
  );
});

test("computeTree() uses no link that is lost or that nobody has seen, and as few as lead to the root [K4] [K11]", () => {
  holds(
    fc.property(links, (table) => {
      fc.pre(!nobodyLost(table));
      const linkState = linkStateOf(table);
      for (const tree of computeAll(table).values()) {
        for (const [child, parent] of parentsIn(tree)) {
          ok(linkState.linkUp(child, parent), `${child} - ${parent}`);
          for (const other of membersOf(tree)) {
            if (!linkState.linkUp(child, other)) continue;
            ok(
              (hops(tree, child) ?? 0) <= (hops(tree, other) ?? 0) + 1,
              `${child} is nearer through ${other}`,
            );
          }
        }
      }
    }),
    400,
  );
});

test("LinkState.linkUp() is the same both ways, and false where an end has lost it or neither sees it, but for what is planned [K4]", () => {
  holds(
    fc.property(links, (table) => {
      const linkState = linkStateOf(table);
      for (const a of table.nodes) {
        for (const b of table.nodes) {
          const said = [saidOf(table, a, b), saidOf(table, b, a)];
          equal(linkState.linkUp(a, b), linkState.linkUp(b, a));
          if (table.silent.includes(a) && table.silent.includes(b)) {
            equal(linkState.linkUp(a, b), linkState.layout.links(a, b), `${a} and ${b} are silent`);
            continue;
          }
          if (said.includes("lost") || !said.includes("seen")) {
            ok(!linkState.linkUp(a, b), `${a} - ${b}: ${said}`);
          }
          if (said.every((word) => word === "seen")) ok(linkState.linkUp(a, b), `${a} - ${b}: ${said}`);
        }
      }
    }),
    400,
  );
});

test("backupsOf() are at most BACKUPS, of the tree, not its root, and the same for all of the tree [D6]", () => {
  holds(
    fc.property(links, fc.nat(), (table, which) => {
      const lost = table.nodes[which % table.nodes.length] ?? 0;
      const trees = computeAll(table);
      const { layout } = linkStateOf(table);
      for (const tree of trees.values()) {
        if (tree.has(lost)) continue;
        const chosen = backupsOf(layout, tree, lost);
        equal(chosen.length, Math.min(BACKUPS, tree.size - 1));
        for (const each of chosen) ok(each !== tree.root && tree.has(each));
        for (const other of membersOf(tree)) {
          deepEqual(backupsOf(layout, treeOf(trees, other), lost), chosen);
        }
      }
    }),
    400,
  );
});
