/** Cases are made smaller for as long as they fail: by nodes, by actions, and in ways that make them easier to read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { aims, huntFaults } from "../../../../lib/workbench/hunt/aims.ts";
import { type Case, faultsIn, operationsIn, withoutNode } from "../../../../lib/workbench/hunt/case.ts";
import { Draft } from "../../../../lib/workbench/hunt/draft.ts";
import { shrink } from "../../../../lib/workbench/hunt/shrink.ts";
import { parseScript } from "../../../../lib/workbench/script/parse_script.ts";
import { printScript } from "../../../../lib/workbench/script/script.ts";
import { nodeIds } from "../../../../lib/workbench/settings.ts";
import { fork } from "../../../../lib/core/random.ts";

function caseOf(nodeCount: number, text: string, latencyMs = 0): Case {
  const parsed = parseScript(text, nodeIds(nodeCount));
  assert.ok(parsed.ok);
  return { nodeCount, latencyMs, script: parsed.script };
}

function textOf({ nodeCount, latencyMs, script }: Case): string {
  return `${nodeCount} nodes, ${latencyMs} ms: ${printScript(script)}`;
}

/** Shrinks where whatever `fails` fails, and counts how many cases were tried. */
async function shrunk(given: Case, fails: (tried: Case) => boolean): Promise<readonly [string, number]> {
  let tried = 0;
  const smallest = await shrink(given, (cases) => {
    tried += cases.length;
    return Promise.resolve(cases.filter(fails));
  });
  return [textOf(smallest), tried];
}

const long = caseOf(
  5,
  "10 broadcast n0 500; 20 read n1; 33 broadcast n3 501; 40 cut n0,n3|n1,n2,n4; 47 broadcast n3 502; 60 pause n1;" +
    "70 broadcast n2 503; 80 resume n1; 90 heal; 95 kill n4; 99 start n4; 120 loss 0.25; 150 read n0; 160 loss 0",
  20,
);

test("shrink(): what does not matter goes, times and values become round, and the latency with them", async () => {
  const [smallest, tried] = await shrunk(
    long,
    ({ script }) =>
      script.some(({ kind }) => kind === "cut") && script.some(({ kind }) => kind === "broadcast"),
  );
  assert.match(smallest, /^2 nodes, 0 ms: 100 (cut n0\|n1; 100 )?broadcast n[01] 1(; 100 cut n0\|n1)?$/);
  assert.ok(tried < 100, `${tried} cases`);
});

test("shrink(): what matters stays as it is", async () => {
  const value = (tried: Case) =>
    tried.script.some((action) => action.kind === "broadcast" && action.value === 502);
  const [smallest] = await shrunk(
    long,
    (tried) => value(tried) && tried.latencyMs > 0 && tried.nodeCount >= 3,
  );
  assert.match(smallest, /^3 nodes, 20 ms: 100 broadcast n\d 502$/);
});

test("shrink(): where nothing smaller fails, the case stays", async () => {
  const [same] = await shrunk(long, () => false);
  assert.equal(same, textOf(long));
});

test("withoutNode(): what concerned the node goes or falls to its heir, and the others are n0, n1, … again", () => {
  const given = caseOf(
    4,
    "1 broadcast n1 7; 2 cut n0,n1|n2,n3; 3 cut n1|rest; 4 cut n0-n1,n1-n3; 5 kill n3; 6 cut n1-n2; 7 slow n1 5; 8 cut n0>n1; 9 slow n0-n1 5; 10 slow n2-n3 6",
  );
  assert.equal(textOf(withoutNode(given, "n1")), "3 nodes, 0 ms: 2 cut n0|n1,n2; 5 kill n2; 10 slow n1-n2 6");
  assert.equal(
    textOf(withoutNode(given, "n1", "n3")),
    "3 nodes, 0 ms: 1 broadcast n2 7; 2 cut n0|n1,n2; 5 kill n2; 7 slow n2 5; 10 slow n1-n2 6",
  );
});

test("operationsIn() and faultsIn(): ends of faults count as neither", () => {
  assert.deepEqual([operationsIn(long), faultsIn(long)], [6, 4]);
});

test("every aim writes scripts that can be run, use no other faults than it says, and tell each value once", () => {
  for (const aim of aims) {
    for (let seed = 0; seed < 60; seed++) {
      const random = fork(seed, aim.name);
      const nodes = nodeIds(2 + seed % 4);
      const draft = new Draft({
        random,
        nodes,
        busiest: seed % 2 ? "n1" : undefined,
        latencyMs: 10,
        spanMs: 250,
      });
      aim.write(draft);
      const text = printScript(draft.script);
      const parsed = parseScript(text, nodes);
      assert.ok(parsed.ok, parsed.ok ? "" : `${aim.name}: ${parsed.mistake.rule} ${parsed.mistake.text}`);
      const values = parsed.script.flatMap((action) => action.kind === "broadcast" ? [action.value] : []);
      assert.equal(new Set(values).size, values.length, text);
      const words = {
        partition: "cut",
        pause: "pause",
        kill: "kill",
        loss: "loss",
        duplicate: "duplicate",
        slow: "slow",
      };
      const used = huntFaults.filter((fault) => parsed.script.some(({ kind }) => kind === words[fault]));
      assert.ok(
        used.every((fault) => aim.faults.some((named) => named === fault)),
        `${aim.name} uses ${used}`,
      );
    }
  }
});
