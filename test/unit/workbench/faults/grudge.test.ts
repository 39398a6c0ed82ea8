/** Grudges and topologies: who may hear whom, and who is advised to talk to whom. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../../../lib/core/random.ts";
import {
  component,
  type Cut,
  grudgeNames,
  majority,
  oneWayOf,
  parseGrudge,
} from "../../../../lib/workbench/faults/grudge.ts";
import { topology } from "../../../../lib/workbench/load/topology.ts";

const five = ["n0", "n1", "n2", "n3", "n4"];
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i}`);

function cut(spec: string | undefined, nodes: readonly string[] = five, seed = 1): Cut {
  const parsed = parseGrudge(spec, nodes);
  assert.ok(parsed.ok);
  return parsed.draw(seeded(seed));
}

/** Per node whom it hears, itself included. */
function hearing({ grudge }: Cut, nodes: readonly string[]): string[][] {
  return nodes.map((node) => nodes.filter((other) => !grudge.get(node)?.has(other)));
}

/** The sizes of the components, ascending. */
function sizes({ grudge }: Cut, nodes: readonly string[]): number[] {
  const parts = nodes.map((node) => [...component(grudge, nodes, node)].sort().join());
  return [...new Set(parts)].map((part) => part.split(",").length).sort((a, b) => a - b);
}

test("parseGrudge(): one, minority-third and majority split cleanly into Jepsen's sizes", () => {
  for (const [count, third, half] of [[5, 1, 2], [6, 1, 3], [7, 2, 3], [25, 8, 12]] as const) {
    const nodes = names(count);
    assert.deepEqual(sizes(cut("one", nodes), nodes), [1, count - 1]);
    assert.deepEqual(sizes(cut("minority-third", nodes), nodes), [third, count - third]);
    assert.deepEqual(sizes(cut("majority", nodes), nodes), [half, count - half]);
  }
});

test("parseGrudge(): bisect is the first half of the nodes and the rest, whatever the seed", () => {
  for (const seed of [1, 2, 3]) assert.equal(cut("bisect", five, seed).detail, "bisect: n0,n1 | n2,n3,n4");
  assert.deepEqual(hearing(cut("bisect"), five).map(String), [
    ...Array(2).fill("n0,n1"),
    ...Array(3).fill("n2,n3,n4"),
  ]);
});

test("oneWayOf() keeps what the second side drops, of a cut of two sides only", () => {
  const half = oneWayOf(cut("bisect")) ?? assert.fail();
  assert.equal(half.detail, "bisect: n0,n1 > n2,n3,n4");
  assert.deepEqual(hearing(half, five).map(String), [
    ...Array(2).fill(five.join()),
    ...Array(3).fill("n2,n3,n4"),
  ]);
  for (const spec of ["bridge", "majorities-ring", "n0|n1|n2", "n0>n1"]) {
    assert.equal(oneWayOf(cut(spec)), undefined, spec);
  }
});

test("parseGrudge(): in majorities-ring every node hears a majority, for five nodes exactly and no two the same", () => {
  for (const count of [5, 6, 7, 9, 25]) {
    const nodes = names(count);
    const heard = hearing(cut("majorities-ring", nodes), nodes);
    assert.ok(heard.every((others) => others.length >= majority(count)));
    assert.ok(heard.some((others) => others.length < count));
  }
  const heard = hearing(cut("majorities-ring"), five);
  assert.ok(heard.every((others, i) => others.length === 3 && others.includes(`n${i}`)));
  assert.equal(new Set(heard.map(String)).size, 5);
  assert.ok(
    heard.every((others, i) => others.every((other) => heard[five.indexOf(other)]?.includes(`n${i}`))),
  );
});

test("parseGrudge(): a bridge joins two halves that do not hear each other", () => {
  const heard = hearing(cut("bridge"), five).map((others) => others.length).sort();
  assert.deepEqual(heard, [3, 3, 3, 3, 5]);
  assert.deepEqual(sizes(cut("bridge"), five), [5]);
});

test("parseGrudge(): one-way drops between the halves in one direction only", () => {
  const heard = hearing(cut("one-way"), five).map((others) => others.length).sort();
  assert.deepEqual(heard, [3, 3, 3, 5, 5]);
});

test("parseGrudge(): named components are cut from each other; a node that is not named hears everyone", () => {
  assert.deepEqual(hearing(cut("n0|rest"), five)[0], ["n0"]);
  assert.deepEqual(hearing(cut("n0|rest"), five)[4], ["n1", "n2", "n3", "n4"]);
  assert.deepEqual(hearing(cut("n0,n1|n2|rest"), five).map(String), [
    "n0,n1",
    "n0,n1",
    "n2",
    "n3,n4",
    "n3,n4",
  ]);
  assert.deepEqual(hearing(cut("n0|n1"), five)[2], five);
  assert.equal(cut("n0|rest").detail, "n0 | n1,n2,n3,n4");
});

test("parseGrudge(): n0>rest drops what n0 sends to the rest, and nothing else", () => {
  assert.deepEqual(hearing(cut("n0>rest"), five).map(String), [five.join(), ...Array(4).fill("n1,n2,n3,n4")]);
});

test("parseGrudge(): what makes no sense is an error value with its reason", () => {
  for (
    const spec of [
      "",
      "nonsense",
      "n0",
      "n0|n9",
      "n0,n0|rest",
      "n0|n1|rest|rest",
      "n0,n1,n2,n3,n4|rest",
      "n0>n1>n2",
    ]
  ) {
    const parsed = parseGrudge(spec, five);
    assert.ok(!parsed.ok && parsed.reason.length > 0, spec);
  }
});

test("parseGrudge(): without a spec each of Jepsen's four kinds comes up, and every cut says what it is", () => {
  const kinds = Array.from({ length: 50 }, (_, seed) => cut(undefined, five, seed).detail.split(":")[0]);
  assert.deepEqual([...new Set(kinds)].sort(), ["majorities-ring", "majority", "minority-third", "one"]);
  for (const name of grudgeNames) assert.ok(cut(name).detail.startsWith(name));
});

test("component(): follows links that work both ways", () => {
  const oneWay = new Map([["n1", new Set(["n0"])]]);
  assert.deepEqual([...component(oneWay, ["n0", "n1"], "n0")], ["n0"]);
  assert.deepEqual([...component(oneWay, ["n0", "n1", "n2"], "n0")], ["n0", "n2", "n1"]);
});

test("topology(): line, grid, tree and total are Maelstrom's", () => {
  assert.deepEqual(topology("line", names(3)), { n0: ["n1"], n1: ["n0", "n2"], n2: ["n1"] });
  assert.deepEqual(topology("total", names(3)), { n0: ["n1", "n2"], n1: ["n0", "n2"], n2: ["n0", "n1"] });
  assert.deepEqual(topology("grid", five), {
    n0: ["n3", "n1"],
    n1: ["n4", "n2", "n0"],
    n2: ["n1"],
    n3: ["n0", "n4"],
    n4: ["n1", "n3"],
  });
  assert.deepEqual(topology("tree", five), {
    n0: ["n1", "n2"],
    n1: ["n0", "n3", "n4"],
    n2: ["n0"],
    n3: ["n1"],
    n4: ["n1"],
  });
  assert.deepEqual(topology("tree4", five)["n0"], ["n1", "n2", "n3", "n4"]);
  assert.deepEqual(topology("grid", names(25))["n12"], ["n17", "n7", "n13", "n11"]);
});
