/** What a report says without scripts, the same for the same seed, and harmless whatever the values and names are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { reportHtml } from "../../../../../lib/workbench/report/html/report.ts";
import { broken } from "../../../../sim/broken.ts";
import { someRun } from "../../../../shared/some_run.ts";
import { brings, Story } from "../columns/story.ts";

const short = { timeLimitS: 5, recoveryS: 1 };

function plain(html: string): string {
  return html.replace(/<style>[^]*?<\/style>/, "").replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
}

test("a report says the verdict, what was run and how to run it again", () => {
  const said = plain(reportHtml(someRun({ settings: short }), ""));
  for (const part of ["✓ Valid: every value is everywhere.", "5 nodes, simulated.", "hearsay sim --seed 1"]) {
    assert.ok(said.includes(part), part);
  }
});

test("a violation is told: what, operation, value, node, time, in words", () => {
  const report = reportHtml(someRun({ settings: short, hosts: broken("forgets-one") }), "");
  const [row] = report.match(/<tr>\s*<th scope="row" class="fault">missing.*?<\/tr>/s) ?? [];
  assert.match(
    plain(row ?? ""),
    /missing read 3 n1 [\d.]+ s Told to n\d at [\d.]+ s, acknowledged; last read at n\d .* of n1 lacked it\./,
  );
});

test("the same seed gives the same report", () => {
  const settings = { ...short, nemesis: ["partition", "kill"] } as const;
  assert.equal(reportHtml(someRun({ settings }), "x"), reportHtml(someRun({ settings }), "x"));
});

test("without scripts a report has the latencies, the fates, the messages and the most telling stretch of time", () => {
  const settings = { ...short, nemesis: ["partition"], rate: 20, latencyMs: 20 } as const;
  const run = someRun({ settings });
  const report = reportHtml(run, "");
  const said = plain(report);
  const { workload, net } = run.results;
  for (
    const part of [
      `Fates ${workload["attempt-count"]} values`,
      `${net["servers-by-type"]["delta"]?.["send-count"]}`,
      "The busiest node is n0 : it sent",
      "Messages from each node (rows) to each other (columns)",
      "cut: ",
      "The way of value ",
    ]
  ) assert.ok(said.includes(part), part);
  const dots = report.match(/class="dots true" d="([^"]*)"/)?.[1]?.match(/M/g)?.length ?? 0;
  assert.ok(dots > 0.9 * workload["attempt-count"] && dots <= workload["attempt-count"], `${dots} points`);
});

test("nothing that values, names, types or errors say gets out of its place", () => {
  const hostile = `</script></style><img src=x onerror=alert(1)>"'\u2028\u202e`;
  const names = ["n0", hostile, `${"long".repeat(100)}${hostile}`];
  const story = new Story().tells("n0", hostile, 1).tells("n0", { [hostile]: "x".repeat(100_000) }, 2)
    .sends("n0", hostile, [2, 5], brings(hostile)).sends(hostile, "n0", [6, 9], { type: hostile });
  story.recorder.parted(new Map([["n0", new Set([hostile])]]), 3);
  const run = story.run(names);
  const texts = { headline: hostile, verdict: hostile, reasons: [hostile], command: hostile, passed: false };
  const violation = { node: hostile, kind: "crashed", reason: hostile, "at-ms": 3 } as const;
  const workload = { ...run.results.workload, violations: [violation] };
  const about = { ...run.about, ...texts };
  const report = reportHtml({ ...run, about, results: { ...run.results, workload } }, "");
  assert.equal(report.match(/<\/script/g)?.length, 2, "the columns and the script");
  assert.equal(report.match(/<\/style/g)?.length, 1);
  assert.doesNotMatch(report, /<img|[\u2028\u202e]/);
  assert.ok(report.length < 100_000, "a huge value is cut off");
});

test("a run without values says nothing of them", () => {
  const run = someRun({ settings: { ...short, workload: "pn-counter", nemesis: ["partition"] } });
  const report = reportHtml(run, "");
  assert.doesNotMatch(report, /<h2>(Latency|Fates)|stable latency/);
  assert.match(plain(report), /Messages .* faults?: who and when/);
});

test("messages that nobody saw are counted all the same", () => {
  const run = someRun({ settings: short });
  const said = plain(reportHtml({ ...run, recording: { ...run.recording, passages: [] } }, ""));
  assert.match(said, /The nodes have counted \d+ messages between them\. Nobody saw these on their way\./);
});
