/** What people read of an examination: the verdict, the figures beside it, and the live line. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { dispatch } from "../../../../lib/commands/dispatch.ts";
import { figureOf, figureText, figureWithUnit } from "../../../../lib/commands/exam/figures.ts";
import { paintFor } from "../../../../lib/commands/terminal/io.ts";
import { printJson, statusOf } from "../../../../lib/commands/exam/outcome.ts";
import { COLUMNS, LINE_EVERY_MS, progressOn } from "../../../../lib/commands/terminal/progress.ts";
import {
  EVENTS_SHOWN_MAX,
  FAILURES_SHOWN_MAX,
  type JudgedRun,
  LATE_TOLD_MS,
  passed,
  reportLines,
} from "../../../../lib/commands/exam/report.ts";
import { rowOf, rows, rowSettings } from "../../../../lib/commands/exam/targets.ts";
import { listen } from "../../../shared/io.ts";
import { results, runOf, spread } from "./some_results.ts";

const plain = paintFor(listen().io);

test("a report quotes the types of messages, be they ever so long or made to move the cursor", () => {
  const { net } = results();
  const [all] = Object.values(net["servers-by-type"]);
  assert(all !== undefined);
  const types = { "servers-by-type": { ["\x1b[2J"]: all, ["t".repeat(100_000)]: all } };
  const text = reportLines(runOf(results({ net: { ...net, ...types } })), plain).join("\n");
  assert.match(text, /5 \\u001b\[2J, 5 t{200}…\n/);
});

test("a report says in words what was run, what happened and that it holds", () => {
  assert.deepEqual(reportLines(runOf(results()), plain), [
    "5 nodes, 10 operations a second for 20 s, no latency, no faults, simulated nodes.",
    "",
    "  operations        10 (10 broadcasts, 10 reads): 9 answered, 1 without an answer",
    "  faults              0.0 s  partition: one: n2 | n0,n1",
    "                      7.3 s  end of partition",
    "  values            5 broadcast, 4 acknowledged, 5 stable, 1 late in some read",
    "  messages          2.00 per operation, 20 between nodes: 15 delta, 5 ack",
    "  stable latency    median 1, 95 % 2.3, 99 % 3, maximum 450 ms (as Maelstrom counts it)",
    "  true latency      median 1, 95 % 2.3, 99 % 3, maximum 450 ms (from a broadcast to the last node)",
    "  after heals         7.3 s  end of partition: everything was everywhere 120 ms later",
    "",
    "PASS  Valid: every acknowledged value is read once at every node, and no other.",
  ]);
});

test("a failed run gives each reason in a sentence, and the command that runs it again", () => {
  const failures = ["Lost: 1 value.", "Misbehaved: n0."];
  const run = runOf(results({ valid: false, failures }), [], "hearsay sim --seed 7");
  assert.deepEqual(reportLines(run, plain).slice(-4), [
    "FAIL  Not valid:",
    "  - Lost: 1 value.",
    "  - Misbehaved: n0.",
    "  Run it again: hearsay sim --seed 7",
  ]);
  assert.equal(statusOf([runOf(results()), run]), 1);
  assert.equal(statusOf([runOf(results())]), 0);
});

test("a valid run that misses what its challenge demands fails, and says by how much", () => {
  const found = results();
  const slow = { ...found.workload, "stable-latencies": { ...spread, "1": 600 } };
  const run = runOf(results({ workload: slow }), ["--challenge", "3d"]);
  assert.equal(passed(run), false);
  assert.deepEqual(reportLines(run, plain).slice(-2), [
    "FAIL  Valid, but too slow or too chatty:",
    "  - The maximum stable latency must be < 600 ms: it is 600 ms.",
  ]);
  assert.equal(passed(runOf(found, ["--challenge", "3d"])), true);
});

test("a challenge under faults or loads that it does not know demands nothing but validity, and is called changed", () => {
  const found = results();
  const slow = results({ workload: { ...found.workload, "stable-latencies": { ...spread, "1": 9000 } } });
  for (const change of [["--nemesis", "partition"], ["--rate", "50"], ["--bandwidth", "1m"]]) {
    const run = runOf(slow, ["--challenge", "3d", ...change]);
    assert.equal(passed(run), true);
    assert.match(reportLines(run, plain)[0] ?? "", /^Challenge 3d with changes: 25 nodes/);
  }
  const same = runOf(slow, ["--challenge", "3d", "--seed", "5", "--time-limit", "60", "--topology", "tree"]);
  assert.equal(passed(same), false);
  assert.match(reportLines(same, plain)[0] ?? "", /^Challenge 3d: 25 nodes/);
});

test("our own figures are said beside a challenge as it stands, and decide nothing", () => {
  const run = runOf(results(), ["--challenge", "3d"]);
  assert.deepEqual(run.own.map((judgement) => [judgement.bound.figure, judgement.met]), [
    ["msgs-per-op", false],
    ["median", true],
    ["max", true],
    ["true-max", true],
  ]);
  assert.deepEqual(runOf(results(), ["--challenge", "3d", "--rate", "99"]).own, []);
});

test("true times seen from outside say how late they may be", () => {
  const lines = reportLines(runOf(results({ "observed-every-ms": 100 })), plain);
  assert.ok(
    lines.some((line) => line.endsWith("(from a broadcast to the last node; seen up to 100 ms late)")),
  );
});

test("values broadcast during a cut are said apart: how soon the nodes in reach had them", () => {
  const during = {
    count: 9,
    "acknowledged-by": {},
    everywhere: null,
    reachable: spread,
    "reachable-count": 8,
  };
  const line = (never: number, disturbed = 0) => {
    const found = results({
      "during-cuts": { ...during, "never-reachable-count": never, "disturbed-count": disturbed },
    });
    return reportLines(runOf(found), plain).find((line) => line.includes("during cuts"));
  };
  const times = "median 1, 95 % 2.3, 99 % 3, maximum 450 ms";
  assert.equal(line(0), `  during cuts       8 values to every node in reach: ${times}`);
  assert.equal(line(2), `  during cuts       8 values to every node in reach, 2 of them never: ${times}`);
  const apart = "; 3 more were disturbed by another fault";
  assert.equal(line(0, 3), `  during cuts       8 values to every node in reach: ${times}${apart}`);
});

test("an examiner that was late by LATE_TOLD_MS says so", () => {
  const lines = (lateMs: number) => reportLines(runOf(results({ "examiner-late-ms": lateMs })), plain);
  assert.ok(
    lines(LATE_TOLD_MS).includes(
      `  busy machine      the examiner itself came up to ${LATE_TOLD_MS} ms late: latencies are that uncertain`,
    ),
  );
  assert.ok(!lines(LATE_TOLD_MS - 1).some((line) => line.includes("late:")));
});

test("what never came has no unit, and a figure that is lacking neither", () => {
  const texts = [Infinity, undefined, 12].map((value) => figureWithUnit("heal", value));
  assert.deepEqual(texts, ["never", "–", "12 ms"]);
  assert.equal(figureWithUnit("msgs-per-op", 2), "2.00");
});

test("beside a run without a mechanism stands the same run with it", () => {
  const said = (run: JudgedRun) => {
    const lines = reportLines(run, plain);
    const at = lines.findIndex((line) => line.startsWith("  switched on"));
    return at === -1 ? [] : lines.slice(at, at + 2).map((line) => line.trim());
  };
  assert.deepEqual(said(runOf(results())), []);
  const { net } = results();
  const [first = "", second = ""] = said({ ...runOf(results({ valid: false })), intact: results() });
  const perOp = net.servers["msgs-per-op"].toFixed(2);
  assert.ok(first.startsWith(`switched on       valid, ${perOp} per operation`), first);
  assert.ok(second.startsWith("true latency median "), second);
});

test("beside seeds without a mechanism stands how many hold with it", async () => {
  const { io, out } = listen();
  const lossy = ["--nemesis", "loss", "--seeds", "2", "--time-limit", "5"];
  await dispatch(["sim", ...lossy], io);
  const whole = /Worst of all: .*/.exec(out.join(""))?.[0] ?? assert.fail();
  assert.ok(!out.join("").includes("Switched on"));
  const lacking = listen();
  await dispatch(["sim", ...lossy, "--without", "retry"], lacking.io);
  assert.ok(lacking.out.join("").includes(`Switched on: 2 of 2 are valid. ${whole}`));
});

test("what is unusual is said, and is no failure", () => {
  const unusual = [{
    kind: "no-body",
    what: "a message without a body",
    count: 3,
    nodes: ["n0", "n2"],
  }] as const;
  const lines = reportLines(runOf(results({ unusual })), plain);
  assert.ok(lines.includes("  unusual           a message without a body: 3 times, by n0, n2"));
  assert.match(lines.at(-1) ?? "", /^PASS/);
});

test("late replies, and messages that a node did not take, are said where there are any", () => {
  const { net } = results();
  const troubled = { ...net, "late-replies": 2, mishaps: { overflow: 3 } };
  const lines = reportLines(runOf(results({ net: troubled })), plain);
  const late = "2 after the 5 s that a client waits: under Maelstrom a node is mute from its first one on";
  assert.ok(lines.includes(`  late replies      ${late}`));
  assert.ok(
    lines.includes(
      "  not taken         3 messages dropped, as their node read too slowly or was paused too long",
    ),
  );
});

test("help says when the table of figures fails", async () => {
  const { io, out } = listen();
  await dispatch(["help", "challenges"], io);
  assert.match(out.join(""), /Exit status: 0 when every row is valid and\s+meets its target, else 1\./);
});

test("what a program said before it crashed stands below its reason, in lines of its own", () => {
  const failures = ["Misbehaved: n0: crashed: its last words:\none\ntwo"];
  const lines = reportLines(runOf(results({ valid: false, failures })), plain);
  assert.equal(lines.at(-1), "  - Misbehaved: n0: crashed: its last words:\n    one\n    two");
});

test("what went with the memory of killed nodes is said in a verdict that passes", () => {
  const found = results();
  const lines = reportLines(runOf(results({ workload: { ...found.workload, "forgiven-count": 2 } })), plain);
  assert.match(lines.at(-1) ?? "", /^PASS .*; but for 2 that went with the memory of killed nodes\.$/);
});

test("long lists are cut, and what is left out is counted", () => {
  const event = { "at-ms": 0, fault: "kill", what: "start", detail: "n0" } as const;
  const nemesis = Array.from({ length: EVENTS_SHOWN_MAX + 3 }, () => event);
  const failures = Array.from({ length: FAILURES_SHOWN_MAX + 2 }, (_, i) => `Reason ${i}.`);
  const lines = reportLines(runOf(results({ valid: false, failures, nemesis })), plain);
  assert.equal(lines.filter((line) => line.includes("kill: n0")).length, EVENTS_SHOWN_MAX);
  assert.ok(lines.some((line) => line.endsWith("… and 3 more")));
  assert.equal(lines.at(-1), "  - … and 2 more");
});

test("a figure that a run lacks meets no bound; a heal that never came is never", () => {
  const never = { "at-ms": 1, fault: "partition", ms: null, disturbed: false };
  assert.equal(figureOf(results({ "everywhere-after-heal-ms": [never] }), "heal"), Infinity);
  assert.equal(figureOf(results({ "everywhere-after-heal-ms": [{ ...never, disturbed: true }] }), "heal"), 0);
  assert.equal(figureOf(results({ "true-latencies": null }), "true-max"), undefined);
  assert.equal(figureText("heal", Infinity), "never");
  const none = runOf(results({ workload: { ...results().workload, "stable-latencies": null } }), [
    "--challenge",
    "3e",
  ]);
  assert.equal(passed(none), false);
});

test("json is one line: the results, the challenge beside them; several runs are a list", () => {
  const { io, out } = listen();
  printJson(io, [runOf(results())]);
  printJson(io, [runOf(results(), ["--challenge", "3b"]), runOf(results({ valid: false }))]);
  assert.equal(out[0], `${JSON.stringify(results())}\n`);
  const list: { valid: boolean; runs: { valid: boolean; challenge?: { name: string; met: boolean } }[] } =
    JSON
      .parse(out[1] ?? "");
  assert.deepEqual([list.valid, list.runs.map((run) => run.valid)], [false, [true, false]]);
  assert.deepEqual([list.runs[0]?.challenge?.name, list.runs[0]?.challenge?.met], ["3b", true]);
});

test("colours are for terminals that do not refuse them", () => {
  assert.equal(paintFor(listen("", { outIsTerminal: true }).io).good("x"), "\x1b[32mx\x1b[0m");
  assert.equal(paintFor(listen("", { outIsTerminal: true, env: { NO_COLOR: "1" } }).io).good("x"), "x");
  assert.equal(paintFor(listen().io).good("x"), "x");
});

test("a live line is rewritten on a terminal, cut to its width, and taken away at the end", () => {
  for (const errColumns of [undefined, 0, 40, 200]) {
    const { io, err } = listen("", { errIsTerminal: true, errColumns });
    const progress = progressOn(io, () => 0);
    progress.update("x".repeat(300));
    progress.end();
    assert.deepEqual(err, [`\r${"x".repeat((errColumns || COLUMNS) - 1)}\x1b[K`, "\r\x1b[K"]);
  }
});

test("elsewhere a line comes now and then", () => {
  const { io, err } = listen();
  let now = 0;
  const progress = progressOn(io, () => now);
  for (now of [0, 1, LINE_EVERY_MS - 1, LINE_EVERY_MS, LINE_EVERY_MS + 1]) progress.update(`at ${now}`);
  progress.end();
  assert.deepEqual(err, ["at 0\n", `at ${LINE_EVERY_MS}\n`]);
});

test("each row of figures is found again by its settings, and cuts each node off in turn where it says so", () => {
  for (const row of rows) {
    const budget = row.challenge === "3e" ? 2000 : undefined;
    assert.equal(rowOf(rowSettings(row, 3), budget), row, row.title);
  }
  const cut = rows.find((row) => row.eachNodeCutOff);
  assert.ok(cut);
  const grudges = Array.from({ length: 26 }, (_, i) => rowSettings(cut, i + 1).grudge);
  assert.deepEqual([grudges[0], grudges[24], grudges[25]], ["n0|rest", "n24|rest", "n0|rest"]);
});
