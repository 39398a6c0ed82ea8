/** `npm run bench`: measures every group under Bun and then under Deno, each in a process of its own, and prints tables. */
import process from "node:process";
import { type Aim, aimsOf, aimsText } from "./micro/aims.ts";
import { FULL, type Group } from "./micro/cases.ts";
import { chosen, PATHS } from "./micro/groups.ts";
import { quicker, type Report } from "./micro/measure.ts";
import { noGroup, type Options, readOptions } from "./micro/options.ts";
import { ROOT, Runner, type Runtime, RUNTIMES } from "./micro/runtimes.ts";
import { headOf, tableOf } from "./micro/table.ts";
import { refuse, runTool } from "../shared/tool.ts";

const USAGE = `npm run bench -- [WORDS] [flags]
  WORDS             measure only these paths (${PATHS.join(", ")}), or groups with these words in their title
  --runtime NAME    bun or deno; by default first the one, then the other
  --json            print results as JSON
`;

/** Each group is measured so often, and of each case the quickest turn counts: a busy machine only ever adds. */
const TURNS = 3;

interface Measured extends Report {
  readonly aims: readonly Aim[];
}

await runTool({ usage: USAGE, read: readOptions, run: main });

async function main(options: Options): Promise<void> {
  const groups = chosen(FULL, options.words);
  if (groups.length === 0) return refuse([noGroup(options.words)]);
  const runtimes = RUNTIMES.filter((each) => each === (options.runtime ?? each));
  const reports: Measured[] = [];
  for (const runtime of runtimes) {
    reports.push(await measured(runtime, groups, options.json ? () => {} : print));
  }
  if (options.json) print(`${JSON.stringify(reports, undefined, 2)}\n`);
}

/** In a process each, so that no group finds the machine code or the heap that another left. */
async function measured(runtime: Runtime, groups: readonly Group[], show: typeof print): Promise<Measured> {
  const reports: Report[] = [];
  for (const group of groups) {
    const report = await measuredGroup(runtime, group);
    if (reports.length === 0) show(headOf(report.runtime));
    show(tableOf(report));
    reports.push(report);
  }
  const results = reports.flatMap((each) => each.results);
  const failures = reports.flatMap((each) => each.failures);
  const aims = aimsOf(results);
  show(aimsText(aims));
  return { runtime: reports[0]?.runtime ?? runtime, results, failures, aims };
}

async function measuredGroup(runtime: Runtime, { title, unit }: Group): Promise<Report> {
  const runner = new Runner({ runtime, root: ROOT }, title, false);
  // What a heap weighs and what a virtual clock says is the same each time.
  const turns = unit === "ns" ? TURNS : 1;
  try {
    let best = await runner.turn(turns > 1);
    for (let left = turns - 1; left > 0; left--) best = quicker(best, await runner.turn(left > 1));
    return best;
  } finally {
    runner.close();
  }
}

function print(text: string): void {
  process.stdout.write(text);
}
