/** The files that an examination writes: which run they hold, and what is said where they cannot be written. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { repeatCommand } from "../../../../lib/commands/exam/describe.ts";
import { aboutOf } from "../../../../lib/commands/exam/recorded.ts";
import { parseTest, type TestConfig } from "../../../../lib/commands/config/exam/real.ts";
import { sim } from "../../../../lib/commands/sim.ts";
import { clusterText, NODE_PORT } from "../../../../lib/workbench/lab/hosts.ts";
import { inFolder } from "../../../shared/in_folder.ts";
import { needsFile, testNeeding } from "../../../shared/needing.ts";
import { listen } from "../../../shared/io.ts";
import { configOf } from "../config/parsed.ts";
import { results, runOf } from "./some_results.ts";
import { runIn } from "../../../shared/some_run.ts";

async function simulated(...args: string[]) {
  const { io, out, err } = listen();
  const status = await sim(args, io);
  return { status, out: out.join(""), err: err.join("") };
}

const short = ["--time-limit", "2", "--recovery", "1"];

test("sim --events writes the run, and prints what it prints without", () =>
  inFolder(async (folder) => {
    const path = join(folder, "events.ndjson");
    const { status, out, err } = await simulated(
      ...short,
      "--challenge",
      "3c",
      "--seed",
      "5",
      "--events",
      path,
    );
    assert.deepEqual([status, err], [0, `Wrote ${path}: the events of seed 5.\n`]);
    assert.equal(out, (await simulated(...short, "--challenge", "3c", "--seed", "5")).out);
    const { about, recording, results } = runIn(path);
    assert.equal(about.command, "hearsay sim --seed 5 --challenge 3c --time-limit 2 --recovery 1");
    assert.equal(about.headline, out.split("\n")[0]);
    assert.equal(recording.operations.length, results.stats.count);
    assert.equal(recording.passages.length >= results.net.servers["recv-count"], true);
    assert.equal(recording.cuts.length, 1);
    assert.deepEqual(recording.outages, [], "that the nodes are stopped at the end is no outage");
  }));

test("of several runs the first that fails is written, or else the first", () =>
  inFolder(async (folder) => {
    const path = join(folder, "events.ndjson");
    const several = async (...args: string[]) => {
      const { out } = await simulated(...short, "--seeds", "4", "--events", path, ...args);
      return { out, run: runIn(path) };
    };
    assert.equal((await several("--seed", "3")).run.results.seed, 3);
    const { out, run } = await several("--nemesis", "loss", "--loss", "0.5", "--without", "repair");
    const [failed] = /(?<=FAIL {2}seed )\d+/.exec(out) ?? [];
    assert.equal(run.results.seed, Number(failed));
    assert.equal(run.about.passed, false);
    assert.equal((await several("--json", "--seed", "7")).run.results.seed, 7);
  }));

test("a file that cannot be written is told before anything runs, and is a failure", () =>
  inFolder(async (folder) => {
    const nowhere = join(folder, "no", "events.ndjson");
    assert.deepEqual(await simulated(...short, "--events", nowhere), {
      status: 1,
      out: "",
      err: `Cannot write "${nowhere}": there is no such directory\n`,
    });
    const { err } = await simulated(...short, "--events", folder);
    assert.equal(err, `Cannot write "${folder}": it is a directory\n`);
  }));

testNeeding(
  "a disk that is full while the events are written makes the run a failure",
  needsFile("/dev/full"),
  async () => {
    const { status, out, err } = await simulated(...short, "--events", "/dev/full");
    assert.equal(status, 1);
    assert.match(out, /^PASS/m);
    assert.equal(err, 'Cannot write "/dev/full": the disk is full\n');
  },
);

test("aboutOf(): the sentence, the verdict, the limits of the challenge, and why they are missed", () => {
  const run = runOf(
    results({ valid: false, failures: ["A value was lost: 7."] }),
    ["--challenge", "3d"],
    "hearsay sim",
  );
  const { nodes, limits, ...about } = aboutOf({ run, world: "sim" });
  assert.deepEqual(about, {
    world: "sim",
    headline:
      "Challenge 3d: 25 nodes, 100 operations a second for 20 s, 100 ms latency, no faults, simulated nodes.",
    verdict: "Not valid.",
    passed: false,
    reasons: ["A value was lost: 7."],
    command: "hearsay sim",
  });
  assert.equal(nodes.length, 25);
  assert.deepEqual(limits, [
    { name: "messages per operation", unit: "", most: 30, value: 2, of: "messages-per-op" },
    { name: "median stable latency", unit: "ms", most: 400, value: 1, of: "stable-median" },
    { name: "maximum stable latency", unit: "ms", most: 600, value: 450, of: "stable-max" },
  ]);
});

function repeated(...args: string[]): string[] {
  const config: TestConfig = configOf(parseTest(args, {}));
  return config.exams.map((exam) => repeatCommand(exam, config));
}

test("repeatCommand(): the flags of an examination in real time, whatever it examines", () => {
  const cluster = "n1=127.0.0.1:7001,n2=127.0.0.1:7002";
  assert.deepEqual(repeated("--challenge", "3e"), ["hearsay test --seed 1 --challenge 3e"]);
  assert.deepEqual(repeated("--bin", "/bin/sh", "--rate", "5", "--", "-c", "cat"), [
    "hearsay test --seed 1 --rate 5 --bin /bin/sh -- -c cat",
  ]);
  assert.deepEqual(repeated("--cluster", cluster, "--events", "x"), [
    `hearsay test --seed 1 --cluster ${cluster}`,
  ]);
  assert.deepEqual(repeated("--cluster", cluster, "--nemesis", "partition"), [
    `hearsay test --seed 1 --cluster ${cluster} --sidecars n1=127.0.0.1:7100,n2=127.0.0.1:7100 --nemesis partition`,
  ]);
  // Nobody finds the hosts of the lab from outside.
  assert.deepEqual(repeated("--cluster", clusterText(NODE_PORT), "--nemesis", "partition", "--rate", "20"), [
    "hearsay lab test --seed 1 --rate 20 --nemesis partition",
  ]);
});
