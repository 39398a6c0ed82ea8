/** The relay tree: who passes what to whom. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Layout } from "../../../../lib/core/topology/layout.ts";
import { computeTree } from "../../../../lib/core/topology/compute_tree.ts";
import { LinkState } from "../../../../lib/core/topology/link_state.ts";
import { ROOT } from "../../../../lib/core/topology/tree.ts";

const five = [0, 1, 2, 3, 4];
const layout = new Layout(five.length, 0);
type Pair = readonly [number, number];
/** A node beside these, which knows only what they advertise. */
const EXAMINER = five.length;

/** The table once these links were seen and those were lost, by both their ends. */
function table(seen: readonly Pair[], lost: readonly Pair[]): LinkState {
  const linkState = new LinkState(EXAMINER, 0, layout);
  for (const id of five) {
    linkState.merge(id, { incarnation: 1, version: 1, heard: ends(seen, id), suspected: ends(lost, id) });
  }
  return linkState;
}

function ends(pairs: readonly Pair[], id: number): Set<number> {
  return new Set(pairs.flatMap(([a, b]) => (a === id ? [b] : b === id ? [a] : [])));
}

function pairs(...texts: string[]): Pair[] {
  return texts.map((text) => {
    const [a = "", b = ""] = text.split("-");
    return [Number(a), Number(b)];
  });
}

/** Each node's parent, "-" for a root. */
function parents(linkState: LinkState): string {
  return five.map((id) => computeTree(linkState, id).parent).join(" ").replaceAll(`${ROOT}`, "-");
}

const star = pairs("0-1", "0-2", "0-3", "0-4");

test("computeTree() makes one star around the first in rank while nobody is lost [K10]", () => {
  equal(parents(table([], [])), "- 0 0 0 0");
  deepEqual(computeTree(table([], []), 0).children, [1, 2, 3, 4]);
  deepEqual(computeTree(table([], []), 3).children, []);
});

test("computeTree() keeps the star when one node of it falls away [K10]", () => {
  const linkState = table(star, pairs("0-4"));
  equal(parents(linkState), "- 0 0 0 -");
  const tree = computeTree(linkState, 1);
  deepEqual(five.filter((id) => tree.has(id)), [0, 1, 2, 3]);
});

test("computeTree() takes the next in rank once the first is out of everyone's sight [K10]", () => {
  equal(parents(table(pairs("1-2", "1-3", "1-4"), star)), "- - 1 1 1");
});

test("computeTree() gives each side of a cut a star of its own [K10]", () => {
  const linkState = table(pairs("0-1", "2-3", "2-4"), pairs("0-2", "0-3", "0-4"));
  equal(parents(linkState), "- 0 - 2 2");
});

test("computeTree() leads across a bridge [K11]", () => {
  const linkState = table(pairs("0-1", "0-2", "2-3", "2-4"), pairs("0-3", "0-4"));
  equal(parents(linkState), "- 0 0 2 2");
});

test("computeTree() leads round a ring, as few hops as there are [K11]", () => {
  const linkState = table(pairs("0-1", "1-2", "2-3", "3-4", "4-0"), pairs("0-2", "0-3"));
  equal(parents(linkState), "- 0 1 4 0");
});

test("computeTree() believes no link that nobody has seen [K4]", () => {
  equal(parents(table(pairs("0-1"), pairs("0-2"))), "- 0 - - -");
});

test("computeTree() gives everyone who knows the same the same tree [K10]", () => {
  const linkState = table(pairs("0-1", "1-2", "2-3", "3-4", "4-0"), pairs("0-2", "0-3"));
  for (const id of five) {
    const tree = computeTree(linkState, id);
    const other = computeTree(linkState, 0);
    deepEqual(five.map((id) => tree.parentOf(id)), five.map((id) => other.parentOf(id)));
    for (const child of tree.children) equal(computeTree(linkState, child).parent, id);
  }
});

test("LinkState.merge() takes the later word, by life and then version [K1]", () => {
  const linkState = new LinkState(0, 5, layout);
  const word = (incarnation: number, version: number, lost: number[]) => ({
    incarnation,
    version,
    suspected: new Set(lost),
    heard: new Set<number>(),
  });
  deepEqual(linkState.merge(1, word(1, 2, [2])), [2]);
  equal(linkState.merge(1, word(1, 1, [])), undefined);
  deepEqual([...linkState.advertisements.get(1)?.suspected ?? []], [2]);
  deepEqual(linkState.merge(1, word(2, 1, [])), []);
  deepEqual([...linkState.advertisements.get(1)?.suspected ?? []], []);
});

test("LinkState outranks what an earlier life of this node said [K1]", () => {
  const linkState = new LinkState(0, 5, layout);
  deepEqual(
    linkState.merge(0, { incarnation: 4, version: 9, suspected: new Set([1]), heard: new Set() }),
    [],
  );
  deepEqual([...linkState.suspected], []);
  const [own] = [...linkState.advertisements];
  deepEqual(own?.[1].incarnation, 5);
});

test("LinkState.linkUp() presumes the star of which nobody speaks; all else needs a witness, and nobody who has lost it [K4]", () => {
  const linkState = new LinkState(0, 1, layout);
  const up = () => [linkState.linkUp(0, 1), linkState.linkUp(1, 2)];
  deepEqual(up(), [true, false]);
  linkState.merge(1, { incarnation: 1, version: 1, suspected: new Set([0]), heard: new Set() });
  deepEqual(up(), [false, false]);
  linkState.merge(2, { incarnation: 1, version: 1, suspected: new Set(), heard: new Set([1]) });
  deepEqual(up(), [false, false]);
  linkState.merge(1, { incarnation: 1, version: 2, suspected: new Set(), heard: new Set([0, 2]) });
  deepEqual(up(), [true, true]);
});

test("LinkState: who sees what is presumed, or more, is silent while all is well, and speaks once somebody is lost [K3]", () => {
  const linkState = new LinkState(1, 1, layout);
  const rows = () => [...linkState.advertisements].map(([node, { heard }]) => [node, [...heard]]);
  linkState.hear(0);
  deepEqual([rows(), [...linkState.heard]], [[], [0]]);
  linkState.merge(2, { incarnation: 1, version: 1, suspected: new Set([4]), heard: new Set() });
  deepEqual(rows(), [[2, []]], "what it sees is presumed anyway");
  linkState.hear(3);
  deepEqual(rows(), [[2, []], [1, [0, 3]]]);
});
