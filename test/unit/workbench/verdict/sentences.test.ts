/** What is said of nodes that misbehave. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accusations } from "../../../../lib/workbench/verdict/sentences.ts";
import { REPORTS_MAX, type Violation } from "../../../../lib/workbench/verdict/violations.ts";

function strays(count: number): Violation[] {
  return Array.from(
    { length: count },
    () => ({ node: "n0", kind: "stray-line", reason: "hello", "at-ms": 0 }),
  );
}

test("accusations(): a stray line names the rule; its count is exact below REPORTS_MAX, and a least from there on", () => {
  const rule = "hello (standard output is for messages only)";
  assert.deepEqual(accusations(strays(1)), [`Misbehaved: n0: stray-line: ${rule}`]);
  assert.deepEqual(accusations(strays(2)), [`Misbehaved: n0: stray-line (2 times): ${rule}`]);
  assert.deepEqual(accusations(strays(REPORTS_MAX)), [
    `Misbehaved: n0: stray-line (${REPORTS_MAX} times or more): ${rule}`,
  ]);
});
