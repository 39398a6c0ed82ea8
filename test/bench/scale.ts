/** `npm run scale`: how the cost of a value grows with the number of nodes, in the simulator. */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { type Options, readOptions, USAGE } from "./scale/options.ts";
import { isMeasured } from "./scale/figures.ts";
import { type Plan, planOf } from "./scale/plan.ts";
import { plotOf, type Series } from "./scale/plot.ts";
import { type Row, runRow } from "./scale/row.ts";
import { tableOf } from "./scale/table.ts";
import { runTool } from "../shared/tool.ts";

await runTool({ usage: USAGE, read: readOptions, run: main });

async function main(options: Options): Promise<void> {
  const rows = await run(options);
  const series = seriesOf(rows, options);
  if (options.svg !== undefined) writeFileSync(options.svg, plotOf(series, options));
  const tables = series.map(({ scenario, rows }) => tableOf(scenario, options, rows));
  process.stdout.write(options.json ? `${JSON.stringify(rows, null, 1)}\n` : tables.join("\n"));
}

/** The smallest first, so that what is quick to know is known early. */
async function run(options: Options): Promise<Row[]> {
  const earlier = earlierRows(options);
  const rows: Row[] = [];
  for (const nodes of options.nodes) {
    for (const scenario of options.scenarios) {
      const plan = planOf(scenario, nodes, options);
      rows.push(earlier.get(JSON.stringify(plan)) ?? await runTold(plan, options));
    }
  }
  return rows;
}

async function runTold(plan: Plan, { limits }: Options): Promise<Row> {
  process.stderr.write(`${plan.nodes} nodes, ${plan.scenario} … `);
  const row = await runRow(plan, limits);
  process.stderr.write(`${row.failure ?? `${row.figures?.wallS.toFixed(1)} s`}\n`);
  return row;
}

/** By their plans: only what was run in the very same way can stand in for what would be run now. */
function earlierRows({ with: file }: Options): Map<string, Row> {
  const rows: readonly Row[] = file === undefined ? [] : JSON.parse(readFileSync(file, "utf8"));
  return new Map(rows.filter(isMeasured).map((row) => [JSON.stringify(row.plan), row]));
}

function seriesOf(rows: readonly Row[], { scenarios }: Options): Series[] {
  return scenarios.map((scenario) => ({
    scenario,
    rows: rows.filter(({ plan }) => plan.scenario === scenario.key)
      .toSorted((a, b) => a.plan.nodes - b.plan.nodes),
  }));
}
