/** The bench of growth: what it runs, how it counts, fits, tabulates and draws. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { digits, exponent } from "../../bench/scale/figures.ts";
import { type Figures, figuresOf } from "../../bench/scale/measure.ts";
import { NODES_MAX, readOptions } from "../../bench/scale/options.ts";
import {
  type Plan,
  planOf,
  type Rates,
  type Scenario,
  scenarios,
  settingsOf,
} from "../../bench/scale/plan.ts";
import { plotOf } from "../../bench/scale/plot.ts";
import type { Row } from "../../bench/scale/row.ts";
import { tableOf } from "../../bench/scale/table.ts";
import { results } from "../commands/exam/some_results.ts";

const rates: Rates = { totalRate: 10, ratePerNode: 0.5, seconds: 20, latencyMs: 20 };
const total: Scenario = { key: "total", perNode: false, cut: false };
const cut: Scenario = { key: "per-node-cut", perNode: true, cut: true };

/** A row whose figures all follow from the number of nodes. */
function row(nodes: number, scenario = total, changes: Partial<Figures> = {}): Row {
  const share = { busiest: 10 * nodes, mean: 10, ratio: nodes };
  const figures: Figures = {
    values: 200,
    messagesPerValue: nodes ** 2,
    bytesPerValue: 100 * nodes,
    medianMs: 40,
    maxMs: 80,
    afterHealMs: null,
    messages: share,
    bytes: share,
    peakMb: 100,
    kbPerNode: 2048,
    wallS: 1,
    failures: [],
    ...changes,
  };
  return { plan: planOf(scenario, nodes, rates), figures };
}

test("planOf(): a rate in total or per node, for the seconds asked for or until enough values came", () => {
  const plan: Plan = { scenario: "total", nodes: 25, rate: 10, seconds: 20, latencyMs: 20 };
  assert.deepEqual(planOf(total, 25, rates), plan);
  assert.deepEqual(planOf(cut, 100, rates), {
    ...plan,
    scenario: "per-node-cut",
    nodes: 100,
    rate: 50,
    cutS: 5,
  });
  assert.equal(planOf(cut, 2, rates).seconds, 50);
});

test("settingsOf(): only broadcasts, and one cut into two random halves where there is one", () => {
  const { readShare, rate, nemesis } = settingsOf(planOf(total, 5, rates));
  assert.deepEqual([readShare, rate, nemesis], [0, 10, []]);
  const { nemesis: faults, grudge, cutsS } = settingsOf(planOf(cut, 5, rates));
  assert.deepEqual([faults, grudge, cutsS], [["partition"], "majority", [5]]);
});

test("figuresOf(): messages and bytes for each value, the busiest node beside the mean of all", () => {
  const load = (sent: number, received: number) => ({
    "send-count": sent,
    "recv-count": received,
    "send-bytes": 10 * sent,
    "recv-bytes": 10 * received,
  });
  const found = results();
  const counts = { count: 12, "ok-count": 10, "fail-count": 2, "info-count": 0 };
  const figures = figuresOf({
    ...found,
    stats: { ...found.stats, "by-f": { ...found.stats["by-f"], broadcast: counts } },
    net: { ...found.net, "by-node": { n0: load(30, 5), n1: load(0, 60) } },
  }, { ...planOf(total, 3, rates), seconds: 2 });
  assert.deepEqual(figures, {
    values: 10,
    messagesPerValue: 3,
    bytesPerValue: 30,
    medianMs: 1,
    maxMs: 450,
    afterHealMs: 120,
    messages: { busiest: 30, mean: 5, ratio: 6 },
    bytes: { busiest: 300, mean: 50, ratio: 6 },
    failures: [],
  });
});

test("exponent(): the power by which it grows, and none where there is nothing to fit", () => {
  const power = (of: (n: number) => number) =>
    exponent([5, 25, 100, 1000].map((n) => [n, of(n)] as const))?.toFixed(3);
  assert.equal(power((n) => 3 * n ** 1.5), "1.500");
  assert.equal(power(() => 7), "0.000");
  assert.equal(exponent([[5, 1], [5, 2]]), undefined);
  assert.equal(exponent([]), undefined);
});

test("tableOf(): a row for each number of nodes, then how each figure grows; empty columns are left out", () => {
  const lines = tableOf(total, rates, [row(5), row(25)]).split("\n");
  assert.equal(lines[0], "### 10 values/s in total");
  const cells = lines.slice(2).filter((line) => line !== "").map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim())
  );
  const [heads, , five, , growth] = cells;
  assert.deepEqual(heads?.slice(0, 5), ["nodes", "values", "virtual s", "messages a value", "÷ (N − 1)"]);
  assert.deepEqual(five?.slice(0, 5), ["5", "200", "20.0", "25.0", "6.25"]);
  assert.deepEqual(growth?.slice(0, 5), ["grows as N^", "", "", "2.00", "0.89"]);
  assert.ok(heads?.includes("median ms") && !heads.includes("after heal ms"));
  assert.ok(cells.every((row) => row.length === heads?.length));
});

test("tableOf(): what gave no figures, and what the examiner found wrong, is said under the table", () => {
  const over: Row = { plan: planOf(total, 1000, rates), failure: "it ran over 300 s" };
  const text = tableOf(total, rates, [row(5), row(25, total, { failures: ["Lost: 1 value: 3."] }), over]);
  assert.ok(text.endsWith("\n- 25 nodes: Lost: 1 value: 3.\n- 1,000 nodes: it ran over 300 s\n"));
  assert.ok(!tableOf(total, rates, [over]).includes("|"));
});

test("digits(): three that count", () => {
  assert.deepEqual([0.0123, 4.567, 45.67, 12_345.6].map(digits), ["0.01", "4.57", "45.7", "12,346"]);
});

test("plotOf(): panels with labelled axes, a line for each load, and what is fitted", () => {
  const svg = plotOf([
    { scenario: total, rows: [row(5), row(25), row(100)] },
    { scenario: cut, rows: [row(5, cut, { afterHealMs: 100 }), row(100, cut, { afterHealMs: 400 })] },
  ], rates);
  const count = (pattern: RegExp) => [...svg.matchAll(pattern)].length;
  assert.equal(count(/class="frame"/g), 9);
  assert.equal(count(/>nodes</g), 9);
  // One for each panel, and one in the legend; without a cut there is no heal.
  assert.equal(count(/class="line total"/g), 9);
  assert.equal(count(/class="line per-node cut"/g), 10);
  assert.ok(svg.includes('<tspan class="total-text" dx="5">2.00</tspan>'));
  assert.ok(svg.includes(">√N<") && svg.includes("prefers-color-scheme: dark"));
  assert.ok(!/NaN|Infinity|undefined/.test(svg));
  assertNested(svg);
});

test("plotOf(): one row alone is drawn as dots, and none as nothing", () => {
  const one = plotOf([{ scenario: total, rows: [row(5)] }], rates);
  assert.ok(one.includes("<circle") && !/NaN|Infinity/.test(one));
  assert.ok(!plotOf([{ scenario: total, rows: [] }], rates).includes('class="frame"'));
});

test("plotOf(): what it is measured by is left out where it is out of the picture", () => {
  const far = { busiest: 1e6, mean: 1, ratio: 1e6 };
  const svg = plotOf([{ scenario: total, rows: [row(5, total, { messages: far, bytes: far })] }], rates);
  assert.ok(!svg.includes("√N") && !svg.includes('d=""'));
});

/** Every element that is opened is closed, in order. */
function assertNested(svg: string): void {
  const open: string[] = [];
  for (const [, close, name, alone] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (close === "/") assert.equal(open.pop(), name);
    else if (alone === "" && name !== undefined) open.push(name);
  }
  assert.deepEqual(open, []);
}

test("readOptions(): sensible without flags, in order of nodes with them", () => {
  const plain = readOptions([]);
  assert.ok(!("length" in plain));
  assert.deepEqual([plain.nodes, plain.scenarios, plain.latencyMs], [[5, 25, 100, 1000], scenarios, 20]);
  const some = readOptions(["--nodes", "100,5", "--only", "per-node-cut,total", "--seconds", "3"]);
  assert.ok(!("length" in some));
  assert.deepEqual([some.nodes, some.seconds], [[5, 100], 3]);
  assert.deepEqual(some.scenarios.map(({ key }) => key), ["total", "per-node-cut"]);
});

test("readOptions(): says all that is wrong at once, and takes no more than NODES_MAX nodes", () => {
  const mistakes = readOptions([
    ...["--nodes", `5,${NODES_MAX + 1}`, "--total-rate", "0", "--latency=-1"],
    ...["--only", "all", "--with", "/no/such/file"],
  ]);
  assert.deepEqual(mistakes, [
    `Cannot run as '--nodes' must be whole numbers from 2 to 10000: current value is "5,10001"`,
    `Cannot run as '--total-rate' must be a number above 0: current value is "0"`,
    `Cannot run as '--latency' must be a number, 0 or more: current value is "-1"`,
    `Cannot run as '--only' must be of total, per-node, total-cut, per-node-cut: current value is "all"`,
    `Cannot run as '--with' must be a file that is there: current value is "/no/such/file"`,
  ]);
});

test("readOptions(): a flag that there is not is a mistake in words", () => {
  const mistakes = readOptions(["--node", "5"]);
  assert.ok("length" in mistakes && mistakes.length === 1 && mistakes[0]?.includes("'--node'"));
});
