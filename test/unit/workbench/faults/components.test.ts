/** Nodes in reach during a cut, and how long a value takes to them, for many nodes as for few. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FinalReads } from "../../../../lib/workbench/load/final_reads.ts";
import { completeGrudge } from "../../../../lib/workbench/faults/grudge.ts";
import type { Op } from "../../../../lib/workbench/verdict/history.ts";
import { Components } from "../../../../lib/workbench/faults/components.ts";
import { Propagation } from "../../../../lib/workbench/verdict/propagation.ts";

test("Components: nobody is cut off without a cut, and nodes that reach each other share one set", () => {
  const components = new Components(["n0", "n1", "n2", "n3"]);
  const cut = completeGrudge([["n0", "n2"], ["n1", "n3"]]);
  assert.equal(components.of("n0", new Map()), undefined);
  const found = components.of("n2", cut);
  assert.deepEqual(found, new Set(["n0", "n2"]));
  assert.equal(components.of("n0", cut), found);
  assert.deepEqual(components.of("n1", cut), new Set(["n1", "n3"]));
});

test("Components: another cut is another matter, and so is the same node after a heal", () => {
  const components = new Components(["n0", "n1", "n2"]);
  assert.deepEqual(components.of("n0", completeGrudge([["n0", "n1"], ["n2"]])), new Set(["n0", "n1"]));
  assert.deepEqual(components.of("n0", completeGrudge([["n0", "n2"], ["n1"]])), new Set(["n0", "n2"]));
  assert.equal(components.of("n0", new Map()), undefined);
});

test("Spread: a node in reach that forgets and learns again counts once", () => {
  const propagation = new Propagation(["n0", "n1", "n2"]);
  propagation.broadcast(1, 0, new Set(["n0", "n1", "n2"]));
  propagation.holds("n0", [1], 0);
  propagation.holds("n1", [1], 10);
  propagation.forgets("n1");
  propagation.holds("n1", [1], 20);
  assert.equal(propagation.duringCuts["never-reachable-count"], 1);
  propagation.holds("n2", [1], 30);
  assert.equal(propagation.duringCuts.reachable?.["1"], 30);
});

test("FinalReads: of more nodes than a byte has bits, each that lacks a value is named", () => {
  const nodes = Array.from({ length: 20 }, (_, i) => `n${i}`);
  const reads = new FinalReads(nodes);
  const read = { type: "ok", f: "read", final: true, index: 0, time: 0, process: 0, thread: 0 } as const;
  const see = (node: string, value: Op["value"]) => reads.see({ ...read, node, value });
  for (const [i, node] of nodes.slice(0, 18).entries()) {
    const some = i % 8 === 3 ? ["a"] : ["a", 7];
    // A node that reads a value twice does not read it for another.
    see(node, i === 0 ? [...some, "b", "b"] : i === 5 ? some : [...some, "b"]);
  }
  assert.deepEqual(["a", 7, "b"].map((value) => reads.lacking(value)), [[], ["n3", "n11"], ["n5"]]);
  assert.equal(reads.lacking("never").length, 18);
  assert.deepEqual([reads.count, reads.missing], [18, ["n18", "n19"]]);
  reads.expect(nodes.slice(0, 19));
  assert.deepEqual(reads.missing, ["n18"]);
});
