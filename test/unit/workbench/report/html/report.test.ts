/** What a report says without scripts, the same for the same seed, and harmless whatever the values and names are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { reportHtml } from "../../../../../lib/workbench/report/html/report.ts";
import { broken } from "../../../../sim/broken.ts";
import { someRun } from "../../../../shared/some_run.ts";

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
