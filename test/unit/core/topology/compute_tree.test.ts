/** The relay tree: who passes what to whom. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Layout } from "../../../../lib/core/topology/layout.ts";
import { computeTree } from "../../../../lib/core/topology/compute_tree.ts";
import { LinkState } from "../../../../lib/core/topology/link_state.ts";

const five = ["n0", "n1", "n2", "n3", "n4"];
const plan = new Layout(five, 0);
type Pair = readonly [string, string];

/** The table once these links were seen and those were lost, by both their ends. */
function table(seen: readonly Pair[], lost: readonly Pair[]): LinkState {
  const sights = new LinkState("examiner", 0, plan);
  for (const id of five) {
    sights.merge(id, { incarnation: 1, version: 1, seen: ends(seen, id), lost: ends(lost, id) });
  }
  return sights;
}

function ends(pairs: readonly Pair[], id: string): Set<string> {
  return new Set(pairs.flatMap(([a, b]) => (a === id ? [b] : b === id ? [a] : [])));
}

function pairs(...texts: string[]): Pair[] {
  return texts.map((text) => {
    const [a, b] = text.split("-");
    return [`n${a}`, `n${b}`];
  });
}

/** Each node's parent, "-" for a root. */
function parents(sights: LinkState): string {
  return five.map((id) => computeTree(sights, id).parent ?? "-").join(" ");
}

const star = pairs("0-1", "0-2", "0-3", "0-4");

test("plant() makes one star around the first in rank while nobody is lost [P8]", () => {
  equal(parents(table([], [])), "- n0 n0 n0 n0");
  deepEqual(computeTree(table([], []), "n0").children, ["n1", "n2", "n3", "n4"]);
  deepEqual(computeTree(table([], []), "n3").children, []);
});

test("plant() keeps the star when one node of it falls away [P8]", () => {
  const sights = table(star, pairs("0-4"));
  equal(parents(sights), "- n0 n0 n0 -");
  const tree = computeTree(sights, "n1");
  deepEqual(five.filter((id) => tree.has(id)), ["n0", "n1", "n2", "n3"]);
});

test("plant() takes the next in rank once the first is out of everyone's sight [P8]", () => {
  equal(parents(table(pairs("1-2", "1-3", "1-4"), star)), "- - n1 n1 n1");
});

test("plant() gives each side of a cut a star of its own [P8]", () => {
  const sights = table(pairs("0-1", "2-3", "2-4"), pairs("0-2", "0-3", "0-4"));
  equal(parents(sights), "- n0 - n2 n2");
});

test("plant() leads across a bridge [P9]", () => {
  const sights = table(pairs("0-1", "0-2", "2-3", "2-4"), pairs("0-3", "0-4"));
  equal(parents(sights), "- n0 n0 n2 n2");
});

test("plant() leads round a ring, as few hops as there are [P9]", () => {
  const sights = table(pairs("0-1", "1-2", "2-3", "3-4", "4-0"), pairs("0-2", "0-3"));
  equal(parents(sights), "- n0 n1 n4 n0");
});

test("plant() believes no link that nobody has seen [P9]", () => {
  equal(parents(table(pairs("0-1"), pairs("0-2"))), "- n0 - - -");
});

test("plant() gives everyone who knows the same the same tree [P8]", () => {
  const sights = table(pairs("0-1", "1-2", "2-3", "3-4", "4-0"), pairs("0-2", "0-3"));
  for (const id of five) {
    const tree = computeTree(sights, id);
    const other = computeTree(sights, "n0");
    deepEqual(five.map((id) => tree.parentOf(id)), five.map((id) => other.parentOf(id)));
    for (const child of tree.children) equal(computeTree(sights, child).parent, id);
  }
});

test("Sights.merge() takes the later word, by life and then version [P7]", () => {
  const sights = new LinkState("n0", 5);
  const word = (incarnation: number, version: number, lost: string[]) => ({
    incarnation,
    version,
    lost: new Set(lost),
    seen: new Set<string>(),
  });
  deepEqual(sights.merge("n1", word(1, 2, ["n2"])), ["n2"]);
  equal(sights.merge("n1", word(1, 1, [])), undefined);
  deepEqual([...sights.lostBy("n1")], ["n2"]);
  deepEqual(sights.merge("n1", word(2, 1, [])), []);
  deepEqual([...sights.lostBy("n1")], []);
});

test("Sights outranks what an earlier life of this node said [P7]", () => {
  const sights = new LinkState("n0", 5);
  deepEqual(sights.merge("n0", { incarnation: 4, version: 9, lost: new Set(["n1"]), seen: new Set() }), []);
  deepEqual([...sights.lost], []);
  const [own] = [...sights.since(0)];
  deepEqual(own?.[1].incarnation, 5);
});

test("Sights.linkUp() presumes the star of which nobody speaks; all else needs a witness, and nobody who has lost it [P9]", () => {
  const sights = new LinkState("n0", 1, plan);
  const up = () => [sights.linkUp("n0", "n1"), sights.linkUp("n1", "n2")];
  deepEqual(up(), [true, false]);
  sights.merge("n1", { incarnation: 1, version: 1, lost: new Set(["n0"]), seen: new Set() });
  deepEqual(up(), [false, false]);
  sights.merge("n2", { incarnation: 1, version: 1, lost: new Set(), seen: new Set(["n1"]) });
  deepEqual(up(), [false, false]);
  sights.merge("n1", { incarnation: 1, version: 2, lost: new Set(), seen: new Set(["n0", "n2"]) });
  deepEqual(up(), [true, true]);
});

test("Sights: who sees what is presumed, or more, is silent while all is well, and speaks once somebody is lost [P7]", () => {
  const sights = new LinkState("n1", 1, plan);
  const rows = () => [...sights.since(0)].map(([node, { seen }]) => [node, [...seen]]);
  sights.see("n0");
  deepEqual([rows(), [...sights.seen]], [[], ["n0"]]);
  sights.merge("n2", { incarnation: 1, version: 1, lost: new Set(["n4"]), seen: new Set() });
  deepEqual(rows(), [["n2", []]], "what it sees is presumed anyway");
  sights.see("n3");
  deepEqual(rows(), [["n2", []], ["n1", ["n0", "n3"]]]);
});
