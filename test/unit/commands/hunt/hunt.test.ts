/** The command `hunt`: its flags and mistakes, what it prints for people and as JSON, and its exit status. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inFolder } from "../../../shared/in_folder.ts";
import { HUNT_NODES_MAX, parseHunt } from "../../../../lib/commands/config/exam/hunt.ts";
import { foundLines, huntLine } from "../../../../lib/commands/hunt/report.ts";
import { hunt } from "../../../../lib/commands/hunt/hunt.ts";
import { sim } from "../../../../lib/commands/sim.ts";
import { paintFor } from "../../../../lib/commands/terminal/io.ts";
import { parseScript } from "../../../../lib/workbench/script/parse_script.ts";
import { nodeIds } from "../../../../lib/workbench/settings.ts";
import { listen } from "../../../shared/io.ts";
import { configOf, mistakesOf } from "../config/parsed.ts";
import { results, runOf } from "../exam/some_results.ts";

test("hunt's flags: what it aims with by itself, and its budget with and without a unit", () => {
  const alone = configOf(parseHunt([], {}));
  assert.deepEqual([alone.budgetS, alone.recoveryS, alone.seed], [60, 10, 1]);
  assert.deepEqual(alone.faults, ["partition", "pause", "kill", "loss", "duplicate", "slow"]);
  const other = configOf(
    parseHunt(["--bin", "sh", "--budget", "90s", "--", "-c", "x"], { PATH: "/bin:/usr/bin" }),
  );
  assert.deepEqual([other.budgetS, other.bin, other.args], [90, "sh", ["-c", "x"]]);
  assert.ok(!other.faults.includes("kill"));
  assert.deepEqual(configOf(parseHunt(["--nemesis", "kill"], { HEARSAY_BUDGET: "2.5" })).faults, ["kill"]);
});

test("hunt's mistakes", () => {
  const said = (...args: string[]) => mistakesOf(parseHunt(args, {}));
  assert.match(
    said("--budget", "0")[0] ?? "",
    /'--budget' must be seconds from 1 to 86400, as 60 or 60s: .* "0"$/,
  );
  for (const wrong of [1, HUNT_NODES_MAX + 1]) {
    const mistake = said("--node-count", String(wrong))[0] ?? "";
    assert.match(mistake, /'--node-count' must be a whole number from 2 to 25/);
  }
  const most = configOf(parseHunt(["--node-count", String(HUNT_NODES_MAX)], {}));
  assert.equal(most.nodeCount, HUNT_NODES_MAX);
  assert.match(
    said("--nemesis", "disk")[0] ?? "",
    /must be a comma list of partition, pause, kill, loss, duplicate, slow/,
  );
  assert.match(said("--", "x")[0] ?? "", /'--' must be left out without --bin: current value is "x"$/);
  assert.match(
    said("--bin", "./none")[0] ?? "",
    /'--bin' must be a program that can be run \(there is no such file\)/,
  );
  assert.match(said("--bin", "/bin/sh", "--data")[0] ?? "", /'--data' must be left out with --bin/);
});

test("hunt: what is found fails again by the command that it prints", async () => {
  const heard = listen();
  assert.equal(await hunt(["--without", "repair", "--budget", "20", "--json"], heard.io), 1);
  const { found, command, failures, ...sizes } = JSON.parse(heard.out.join(""));
  assert.equal(found, true);
  assert.ok(sizes["node-count"] <= 3 && sizes["operation-count"] <= 5);
  const words: string[] = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) =>
    quoted ?? plain
  );
  const again = listen();
  assert.equal(await sim([...words.slice(2), "--json"], again.io), 1);
  assert.deepEqual(JSON.parse(again.out.join("")).failures, failures);
});

test("hunt: nothing found is a success, and a file for what is found is said to be empty", () =>
  inFolder(async (folder) => {
    const heard = listen();
    const page = join(folder, "found.html");
    const flags = ["--budget", "1", "--nemesis", "partition", "--report", page];
    assert.equal(await hunt(flags, heard.io), 0);
    assert.match(heard.out.join(""), /^PASS {2}Nothing found in 1\.\d s and \d+ runs\.\n$/);
    assert.ok(heard.err.join("").endsWith(`${page} is empty: there is no run to write.\n`));
    assert.equal(readFileSync(page, "utf8"), "");
  }));

test("hunt: a protocol of others; the page, the events and the test case of what is found", () =>
  inFolder(async (folder) => {
    const [page, events, junit] = ["page.html", "events.ndjson", "junit.xml"].map((name) =>
      join(folder, name)
    );
    const files = ["--report", page ?? "", "--events", events ?? "", "--junit", junit ?? ""];
    const heard = listen();
    assert.equal(await hunt(["--protocol", "flood", ...files], heard.io), 1);
    assert.match(heard.out.join(""), /Run it again:\n {2}hearsay sim --seed 1 --protocol flood --node-count/);
    assert.match(readFileSync(page ?? "", "utf8"), /<!doctype html>/i);
    assert.ok(readFileSync(events ?? "", "utf8").split("\n").length > 10);
    assert.match(
      readFileSync(junit ?? "", "utf8"),
      /<testcase name="simulated nodes that run flood, seed 1" classname="hearsay hunt".*>\n {6}<failure message="Lost: /,
    );
    assert.ok(!configOf(parseHunt(["--protocol", "flood"], {})).faults.includes("kill"));
    assert.match(
      mistakesOf(parseHunt(["--protocol", "flood", "--data"], {}))[0] ?? "",
      /left out with --protocol flood/,
    );
    assert.match(
      mistakesOf(parseHunt(["--bin", "/bin/sh", "--protocol", "flood"], {}))[0] ?? "",
      /left out with --bin/,
    );
  }));

test("hunt: a mistake is bad usage", async () => {
  assert.equal(await hunt(["--budget", "no"], listen().io), 2);
});

test("what was found is said in words: by what, how small, how often, why, and how to see it again", () => {
  const caseOf = (nodeCount: number, text: string) => {
    const parsed = parseScript(text, nodeIds(nodeCount));
    return { nodeCount, latencyMs: 0, script: parsed.ok ? parsed.script : [] };
  };
  const first = caseOf(5, "10 broadcast n0 1; 20 cut n0|rest; 30 heal; 40 broadcast n1 2");
  const smallest = caseOf(2, "100 cut n0|n1; 100 broadcast n0 1");
  const failed = results({ valid: false, failures: ["Lost: 1 value: 1."] });
  const run = { ...runOf(failed), replay: "hearsay test --script …" };
  const found = { aim: "cut links", case: smallest, first, results: failed, failed: 4, of: 5 };
  const outcome = { found, rounds: 7, runs: 50, huntMs: 3_210, shrinkMs: 12_345 };
  assert.deepEqual(foundLines(outcome, run, paintFor(listen().io)), [
    "FAIL  Found in 3.2 s by cut links. Made smaller in 12.3 s, from 5 nodes, 2 operations, 1 fault. 50 runs.",
    "",
    "2 nodes, 1 operation, 1 fault: fails 4 of 5 times.",
    "  100 cut n0|n1",
    "  100 broadcast n0 1",
    "",
    "- Lost: 1 value: 1.",
    "",
    "Run it again:",
    "  hearsay test --script …",
  ]);
  const same = { ...outcome, found: { ...found, case: first, of: 1, failed: 1 } };
  const lines = foundLines(same, run, paintFor(listen().io));
  assert.match(lines[0] ?? "", /It could not be made smaller\. 50 runs\.$/);
  assert.equal(lines[2], "5 nodes, 2 operations, 1 fault: fails always.");
  const now = { elapsedMs: 4_900, runs: 11, aim: "cut links", smallest };
  assert.equal(huntLine({ ...now, phase: "hunting" }, 60), "4 of 60 s  run 12: cut links");
  assert.equal(huntLine({ ...now, phase: "confirming" }, 60), "4 s  run 11: does it fail again?");
  assert.equal(
    huntLine({ ...now, phase: "shrinking" }, 60),
    "4 s  run 11: making it smaller: 2 nodes, 1 operation, 1 fault",
  );
});
