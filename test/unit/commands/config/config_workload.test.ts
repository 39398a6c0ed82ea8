/** The flag --workload: what is served and examined, and why nothing else is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCompare } from "../../../../lib/commands/config/exam/compare.ts";
import { parseSim } from "../../../../lib/commands/config/exam/exam.ts";
import { parseMaelstrom } from "../../../../lib/commands/config/maelstrom.ts";
import { parseTest } from "../../../../lib/commands/config/exam/real.ts";
import { replayCommand } from "../../../../lib/commands/exam/describe.ts";
import { ownProgram } from "../../../../lib/commands/exam/processes.ts";
import { workloadNames } from "../../../../lib/runtime/workloads/names.ts";
import { examinedWorkloads } from "../../../../lib/workbench/workloads/names.ts";
import { defaults } from "../../../../lib/workbench/settings.ts";
import { itself } from "../../../../lib/workbench/world/process.ts";
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
    `Cannot run 'maelstrom' as '--workload' must be ${rule}: did you mean 'echo'?`,
  ]);
  assert.deepEqual(mistakesOf(parseMaelstrom([], { HEARSAY_WORKLOAD: "kafka" })), [
    `Cannot run 'maelstrom' as 'HEARSAY_WORKLOAD' must be ${rule} (kafka wants offsets in an order that all ` +
    `nodes agree on, which takes consensus): current value is "kafka"`,
  ]);
});

test("--workload: an examination is of one, broadcast by default, and says so when it is run again", () => {
  const examsOf = (...args: string[]) => [
    configOf(parseSim(args, {})).exams,
    configOf(parseTest(args, {})).exams,
  ];
  const exams = [{ settings: { ...defaults, workload: "g-set" } }];
  assert.deepEqual(examsOf("-w", "g-set"), [exams, exams]);
  const usual = [{ settings: defaults }];
  assert.deepEqual([examsOf(), examsOf("-w", "broadcast")], [[usual, usual], [usual, usual]]);
  const again = replayCommand({ settings: { ...defaults, workload: "pn-counter" } }, 3, []);
  assert.equal(again, "hearsay sim --seed 3 --workload pn-counter");
});

test("--workload: of topics and keys there are two that only the examiner has", () => {
  for (const workload of examinedWorkloads) {
    const { exams } = configOf(parseSim(["-w", workload], {}));
    assert.equal(exams[0]?.settings.workload ?? "broadcast", workload);
  }
  assert.deepEqual(mistakesOf(parseMaelstrom(["-w", "keys"], {})).length, 1);
  assert.deepEqual(mistakesOf(parseSim(["-w", "queues"], {})), [
    `Cannot run 'sim' as '-w' must be one of ${examinedWorkloads.join(", ")}: current value is "queues"`,
  ]);
  const { args: first } = itself();
  // The node serves both without being told.
  assert.deepEqual(ownProgram({ settings: { ...defaults, workload: "events" } }).args, first);
});

test("--workload: challenges, running clusters and comparisons are of broadcast alone", () => {
  const others = ["--workload", "echo"];
  assert.deepEqual(mistakesOf(parseSim(["--challenge", "3b", ...others], {})), [
    "Cannot run 'sim' as '--workload' must be broadcast with --challenge, as each challenge is about that: " +
    'current value is "echo"',
  ]);
  const cluster = ["--cluster", "n1=a:7000"];
  assert.deepEqual(mistakesOf(parseTest([...cluster, ...others], {})), [
    "Cannot run 'test' as '--workload' must be broadcast with --cluster, as nodes of 'hearsay serve' do nothing " +
    'else: current value is "echo"',
  ]);
  const broadcast = ["-w", "broadcast"];
  assert.deepEqual(mistakesOf(parseSim(["--challenge", "3b", ...broadcast], {})), []);
  assert.deepEqual(mistakesOf(parseTest([...cluster, ...broadcast], {})), []);
  assert.equal(mistakesOf(parseCompare(others, {})).length, 1);
});

test("ownProgram(): the node is told of the workload, unless the words for it say it already", () => {
  const { args: first } = itself();
  const argsOf = (...args: string[]) =>
    ownProgram({ settings: { ...defaults, workload: "g-set" } }, args).args?.slice(first.length);
  assert.deepEqual(argsOf(), ["--workload", "g-set"]);
  assert.deepEqual(argsOf("--delivery-budget", "9"), ["--workload", "g-set", "--delivery-budget", "9"]);
  for (const said of [["-w", "g-set"], ["--workload", "g-set"], ["--workload=g-set"]]) {
    assert.deepEqual(argsOf(...said), said);
  }
  assert.deepEqual(ownProgram({ settings: defaults }).args, first);
});
