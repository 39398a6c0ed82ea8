/** What the page of a comparison says and shows, and the figures that it is made of. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Compared,
  type ComparedRun,
  type Comparison,
  figures,
  middleOf,
  tableOf,
} from "../../../../../lib/workbench/report/comparison/comparison.ts";
import { comparisonHtml } from "../../../../../lib/workbench/report/comparison/page.ts";

const spread = { "0": 0, "0.5": 1, "0.95": 2, "0.99": 3, "1": 4 };
const run = (seed: number, more: Partial<ComparedRun> = {}): ComparedRun => ({
  ...{ seed, valid: true, operations: 200, answered: 200, messagesPerOp: seed, messagesPerValue: 2 * seed },
  ...{ stable: spread, trues: spread, lost: 0, afterHealsMs: 10 * seed, ...more },
});
const compared = (name: string, runs: readonly ComparedRun[]): Compared => ({
  name,
  about: `${name} <does>.`,
  runs,
});
const lossy = [1, 2, 3].map((seed) =>
  run(seed, {
    valid: false,
    why: "Lost: 2 values.",
    stable: null,
    trues: null,
    lost: 2,
    afterHealsMs: Infinity,
  })
);
const comparison: Comparison = {
  headline: "Challenge <3c>.",
  failures: [],
  command: "hearsay compare --grudge 'n0|rest'",
  protocols: [
    compared("flood", lossy),
    compared("retry", [7, 8, 9].map((seed) => run(seed))),
    compared("hearsay", [run(2)]),
  ],
};

test("the middle of an even number is the upper one, and what is late without end is the last", () => {
  const of = (runs: readonly ComparedRun[]) => middleOf(compared("x", runs), figures.afterHealsMs);
  assert.deepEqual([
    of([run(1), run(3)]),
    of([run(5), run(1), run(3)]),
    of([run(1), ...lossy.slice(0, 1)]),
    of([]),
  ], [
    ...[30, 30, Infinity, Infinity],
  ]);
});

test("the table has the middle, and the range where there is one", () => {
  const [, flood, retry, hearsay] = tableOf(comparison.protocols);
  assert.deepEqual(flood, [
    "flood",
    "0 of 3",
    "200",
    "2.00 (1.00–3.00)",
    "never · never",
    "never · never",
    "2",
    "never",
  ]);
  assert.deepEqual(retry, ["retry", "3 of 3", "200", "8.00 (7.00–9.00)", "1 · 4", "1 · 4", "0", "80"]);
  assert.deepEqual(hearsay, ["hearsay", "1 of 1", "200", "2.00", "1 · 4", "1 · 4", "0", "20"]);
  assert.equal(tableOf([compared("x", [run(1, { afterHealsMs: undefined })])])[1]?.at(-1), "–");
});

test("the page says who holds, at which price, and why others do not; whatever it is given is text", () => {
  const page = comparisonHtml(comparison);
  assert.match(page, /hearsay holds, with 2\.00 messages an operation; others that hold need 8\.00\./);
  for (const said of ["Challenge &lt;3c&gt;.", "flood &lt;does&gt;.", "Lost: 2 values.", "'n0|rest'"]) {
    assert.ok(page.includes(said) || page.includes(said.replaceAll("'", "&#39;")), said);
  }
  assert.ok(!/NaN|undefined|Infinity|<script|https?:/.test(page));
  const failing = comparisonHtml({ ...comparison, failures: ["Lost: 1 value."] });
  assert.match(failing, /class="bad"[\s\S]*hearsay fails\.[\s\S]*<li>Lost: 1 value\.<\/li>/);
});

test("each chart has a line for each protocol and a mark for each seed, and what never came is said", () => {
  const page = comparisonHtml(comparison);
  const charts = page.split('<svg class="chart"').slice(1);
  assert.deepEqual(charts.map((chart) => [...chart.matchAll(/class="protocol/g)].length), [3, 3, 3, 3]);
  const marks = (kind: string) =>
    charts.map((chart) =>
      [...chart.matchAll(new RegExp(`class="seed ${kind}" d="([^"]*)"`, "g"))]
        .map(([, path = ""]) => path.split("M").length - 1)
    );
  assert.deepEqual(marks("valid")[0], [0, 3, 1]);
  assert.deepEqual(marks("invalid")[0], [3, 0, 0]);
  assert.deepEqual(charts.map((chart) => [...chart.matchAll(/>never</g)].length), [0, 1, 1, 0]);
});

test("a figure that is the same for all has no chart", () => {
  const same = comparisonHtml({
    ...comparison,
    protocols: [compared("a", [run(1)]), compared("hearsay", [run(1)])],
  });
  assert.ok(!same.includes("<svg"));
});
