/** The flag --workload: what is served, and why nothing else is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMaelstrom } from "../../../../lib/commands/config/exam.ts";
import { workloadNames } from "../../../../lib/runtime/workloads/names.ts";
import { configOf, mistakesOf } from "./parsed.ts";

const rule = `one of ${workloadNames.join(", ")}`;

test("--workload: the node takes each workload by its name, and none by default", () => {
  for (const workload of workloadNames) {
    assert.deepEqual(configOf(parseMaelstrom(["--workload", workload], {})), { workload });
    assert.deepEqual(configOf(parseMaelstrom(["-w", workload], {})), { workload });
  }
  assert.deepEqual(configOf(parseMaelstrom([], {})), {});
});

test("--workload: what is not served is refused, with the reason where Maelstrom has it", () => {
  assert.deepEqual(mistakesOf(parseMaelstrom(["--workload", "echoes"], {})), [
    `Cannot run 'maelstrom' as '--workload' must be ${rule}: current value is "echoes"`,
  ]);
  assert.deepEqual(mistakesOf(parseMaelstrom([], { HEARSAY_WORKLOAD: "kafka" })), [
    `Cannot run 'maelstrom' as 'HEARSAY_WORKLOAD' must be ${rule} (kafka wants offsets in an order that all ` +
    `nodes agree on, which takes consensus): current value is "kafka"`,
  ]);
});
