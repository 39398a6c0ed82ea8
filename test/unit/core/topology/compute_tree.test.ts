/** The relay tree: who passes what to whom. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Layout } from "../../../../lib/core/topology/layout.ts";
import { computeTree } from "../../../../lib/core/topology/compute_tree.ts";
import { LinkState } from "../../../../lib/core/topology/link_state.ts";

const five = ["n0", "n1", "n2", "n3", "n4"];
const layout = new Layout(five, 0);
type Pair = readonly [string, string];

/** The table once these links were seen and those were lost, by both their ends. */
function table(seen: readonly Pair[], lost: readonly Pair[]): LinkState {
  const linkState = new LinkState("examiner", 0, layout);
  for (const id of five) {
    linkState.merge(id, { incarnation: 1, version: 1, heard: ends(seen, id), suspected: ends(lost, id) });
  }
  return linkState;
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
function parents(linkState: LinkState): string {
  return five.map((id) => computeTree(linkState, id).parent ?? "-").join(" ");
}

const star = pairs("0-1", "0-2", "0-3", "0-4");

test("plant() makes one star around the first in rank while nobody is lost [P8]", () => {
  equal(parents(table([], [])), "- n0 n0 n0 n0");
  deepEqual(computeTree(table([], []), "n0").children, ["n1", "n2", "n3", "n4"]);
  deepEqual(computeTree(table([], []), "n3").children, []);
});

test("plant() keeps the star when one node of it falls away [P8]", () => {
  const linkState = table(star, pairs("0-4"));
  equal(parents(linkState), "- n0 n0 n0 -");
  const tree = computeTree(linkState, "n1");
  deepEqual(five.filter((id) => tree.has(id)), ["n0", "n1", "n2", "n3"]);
});

test("plant() takes the next in rank once the first is out of everyone's sight [P8]", () => {
  equal(parents(table(pairs("1-2", "1-3", "1-4"), star)), "- - n1 n1 n1");
});

test("plant() gives each side of a cut a star of its own [P8]", () => {
  const linkState = table(pairs("0-1", "2-3", "2-4"), pairs("0-2", "0-3", "0-4"));
  equal(parents(linkState), "- n0 - n2 n2");
});

test("plant() leads across a bridge [P9]", () => {
  const linkState = table(pairs("0-1", "0-2", "2-3", "2-4"), pairs("0-3", "0-4"));
  equal(parents(linkState), "- n0 n0 n2 n2");
});

test("plant() leads round a ring, as few hops as there are [P9]", () => {
  const linkState = table(pairs("0-1", "1-2", "2-3", "3-4", "4-0"), pairs("0-2", "0-3"));
  equal(parents(linkState), "- n0 n1 n4 n0");
});

test("plant() believes no link that nobody has seen [P9]", () => {
  equal(parents(table(pairs("0-1"), pairs("0-2"))), "- n0 - - -");
});

test("plant() gives everyone who knows the same the same tree [P8]", () => {
  const linkState = table(pairs("0-1", "1-2", "2-3", "3-4", "4-0"), pairs("0-2", "0-3"));
  for (const id of five) {
    const tree = computeTree(linkState, id);
    const other = computeTree(linkState, "n0");
    deepEqual(five.map((id) => tree.parentIdOf(id)), five.map((id) => other.parentIdOf(id)));
    for (const child of tree.children) equal(computeTree(linkState, child).parent, id);
  }
});

test("Sights.merge() takes the later word, by life and then version [P7]", () => {
  const linkState = new LinkState("n0", 5);
  const word = (incarnation: number, version: number, lost: string[]) => ({
    incarnation,
    version,
    suspected: new Set(lost),
    heard: new Set<string>(),
  });
  deepEqual(linkState.merge("n1", word(1, 2, ["n2"])), ["n2"]);
  equal(linkState.merge("n1", word(1, 1, [])), undefined);
  deepEqual([...linkState.suspectedBy("n1")], ["n2"]);
  deepEqual(linkState.merge("n1", word(2, 1, [])), []);
  deepEqual([...linkState.suspectedBy("n1")], []);
});

test("Sights outranks what an earlier life of this node said [P7]", () => {
  const linkState = new LinkState("n0", 5);
  deepEqual(
    linkState.merge("n0", { incarnation: 4, version: 9, suspected: new Set(["n1"]), heard: new Set() }),
    [],
  );
  deepEqual([...linkState.suspected], []);
  const [own] = [...linkState.since(0)];
  deepEqual(own?.[1].incarnation, 5);
});

test("Sights.linkUp() presumes the star of which nobody speaks; all else needs a witness, and nobody who has lost it [P9]", () => {
  const linkState = new LinkState("n0", 1, layout);
  const up = () => [linkState.linkUp("n0", "n1"), linkState.linkUp("n1", "n2")];
  deepEqual(up(), [true, false]);
  linkState.merge("n1", { incarnation: 1, version: 1, suspected: new Set(["n0"]), heard: new Set() });
  deepEqual(up(), [false, false]);
  linkState.merge("n2", { incarnation: 1, version: 1, suspected: new Set(), heard: new Set(["n1"]) });
  deepEqual(up(), [false, false]);
  linkState.merge("n1", { incarnation: 1, version: 2, suspected: new Set(), heard: new Set(["n0", "n2"]) });
  deepEqual(up(), [true, true]);
});

test("Sights: who sees what is presumed, or more, is silent while all is well, and speaks once somebody is lost [P7]", () => {
  const linkState = new LinkState("n1", 1, layout);
  const rows = () => [...linkState.since(0)].map(([node, { heard }]) => [node, [...heard]]);
  linkState.hear("n0");
  deepEqual([rows(), [...linkState.heard]], [[], ["n0"]]);
  linkState.merge("n2", { incarnation: 1, version: 1, suspected: new Set(["n4"]), heard: new Set() });
  deepEqual(rows(), [["n2", []]], "what it sees is presumed anyway");
  linkState.hear("n3");
  deepEqual(rows(), [["n2", []], ["n1", ["n0", "n3"]]]);
});
