/** `hearsay challenges`: the table of figures of this program, worst of many seeds, beside its targets. */
import type { ExaminationProgress } from "../workbench/progress.ts";
import type { ProtocolName, Settings } from "../workbench/settings.ts";
import type { Results } from "../workbench/verdict/results.ts";
import { simulate } from "../workbench/world/sim.ts";
import { type ChallengesConfig, parseChallenges } from "./config/exam/challenges.ts";
import { liveLine } from "./exam/live_line.ts";
import { examineProcesses, ownProgram } from "./exam/processes.ts";
import { figureText, judge, type Judgement, worst } from "./exam/figures.ts";
import { columnsOf, FAILED, type Io, OK, printLines, refuse, yieldToEvents } from "./terminal/io.ts";
import { reasons } from "./exam/report.ts";
import { type OnCase, withTestCases } from "./exam/test_cases.ts";
import type { TestCase } from "./terminal/junit.ts";
import { figuresInShort, short } from "./exam/outcome.ts";
import { type ProgressLine, progressOn, silent } from "./terminal/progress.ts";
import { table } from "./terminal/table.ts";
import {
  type Bound,
  boundText,
  challenges as known,
  type Figure,
  type Row,
  rows,
  rowSettings,
} from "./exam/targets.ts";

/** The results of one row in one world. */
interface Tally {
  readonly runs: readonly Results[];
  readonly bounds: readonly Bound[];
  readonly first: ReadonlyMap<ProtocolName, readonly Results[]>;
}

const always: readonly Figure[] = ["msgs-per-op", "median", "max"];

export async function challenges(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseChallenges(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  const cases = { suite: "hearsay challenges", junit: config.junit, json: false };
  return await withTestCases(cases, io, (onCase) => challenged(config, io, onCase));
}

async function challenged({ seeds, real }: ChallengesConfig, io: Io, onCase: OnCase): Promise<number> {
  const progress = progressOn(io, () => performance.now());
  const simulated = new Map<Row, Tally>();
  for (const row of rows) simulated.set(row, await simulateRow(row, seeds, progress));
  const tried = new Map<Row, Tally>();
  for (const row of real ? rows : []) {
    if (row.test !== undefined) tried.set(row, await tryRow(row, row.test, progress));
  }
  progress.end();
  print(io, `sim, worst of ${seeds} seeds`, simulated);
  if (real) print(io, "test, real processes", tried);
  for (const [row, tally] of simulated) for (const each of casesOf(row.title, tally)) onCase(each);
  for (const [row, tally] of tried) {
    for (const each of casesOf(`${row.title}, real processes`, tally)) onCase(each);
  }
  return [...simulated.values(), ...tried.values()].every(isMet) ? OK : FAILED;
}

/** What the table says of a row, cell by cell. */
export async function rowInTable(row: Row, seeds: number): Promise<readonly string[]> {
  return cells(row, await simulateRow(row, seeds, silent));
}

async function simulateRow(row: Row, seeds: number, progress: ProgressLine): Promise<Tally> {
  const { nodeCount } = rowSettings(row, 1);
  const count = row.eachNodeCutOff ? Math.max(seeds, nodeCount) : seeds;
  const run = async (seed: number, protocol?: ProtocolName) => {
    progress.update(`${titleOf(row, protocol)}: seed ${seed} of ${count}`);
    const results = simulate(settingsOf(row, seed, protocol), budgetOf(row));
    await yieldToEvents();
    return results;
  };
  return await tallyOf(row, row.sim, count, run);
}

function tryRow(row: Row, bounds: readonly Bound[], progress: ProgressLine): Promise<Tally> {
  const run = (seed: number, protocol?: ProtocolName) => {
    const settings = settingsOf(row, seed, protocol);
    const program = ownProgram({ settings, ...protocol === undefined && budgetOf(row) });
    const title = titleOf(row, protocol);
    const onProgress = (now: ExaminationProgress) => progress.update(liveLine(now, title));
    return examineProcesses({ settings, program, onProgress });
  };
  return tallyOf(row, bounds, 1, run);
}

async function tallyOf(
  { first = [] }: Row,
  bounds: readonly Bound[],
  seeds: number,
  run: (seed: number, protocol?: ProtocolName) => Promise<Results>,
): Promise<Tally> {
  const all = async (protocol?: ProtocolName) => {
    const runs: Results[] = [];
    for (let seed = 1; seed <= seeds; seed++) runs.push(await run(seed, protocol));
    return runs;
  };
  const runs = await all();
  const others = new Map<ProtocolName, readonly Results[]>();
  for (const protocol of first) others.set(protocol, await all(protocol));
  return { runs, bounds, first: others };
}

function settingsOf(row: Row, seed: number, protocol: ProtocolName | undefined): Settings {
  return { ...rowSettings(row, seed), ...protocol !== undefined && { protocol } };
}

function titleOf({ title }: Row, protocol: ProtocolName | undefined): string {
  return protocol === undefined ? title : `${title}, ${protocol}`;
}

function budgetOf(row: Row): { readonly deliveryBudgetMs?: number } {
  const { deliveryBudgetMs } = known[row.challenge];
  return deliveryBudgetMs === undefined ? {} : { deliveryBudgetMs };
}

function print(io: Io, world: string, tallies: ReadonlyMap<Row, Tally>): void {
  const head = [
    world,
    "valid",
    ...always.map((figure) => short[figure]),
    "also",
    "target",
    "met",
    "first solutions",
  ];
  const rows = [...tallies].map(([row, tally]) => cells(row, tally));
  printLines(io, ["", ...table([head, ...rows], columnsOf(io))]);
}

function cells(row: Row, tally: Tally): string[] {
  const { runs, bounds } = tally;
  const more = bounds.map((bound) => bound.figure).filter((figure) => !always.includes(figure));
  const valid = runs.filter((results) => results.valid).length;
  return [
    row.title,
    `${valid} of ${runs.length}`,
    ...always.map((figure) => figureText(figure, worst(runs, figure))),
    figuresInShort(more, (figure) => figureText(figure, worst(runs, figure))),
    figuresInShort(bounds.map(({ figure }) => figure), (figure) => targetOf(bounds, figure)),
    isMet(tally) ? "yes" : "no",
    [...tally.first].map(([protocol, others]) => `${protocol} ${figuresOf(others)}`).join(", "),
  ];
}

/** "28.74 · 553 · 8098" */
function figuresOf(runs: readonly Results[]): string {
  const figures = always.map((figure) => figureText(figure, worst(runs, figure))).join(" · ");
  return runs.every(({ valid }) => valid) ? figures : `${figures} (not valid)`;
}

function targetOf(bounds: readonly Bound[], figure: Figure): string {
  const bound = bounds.find((bound) => bound.figure === figure);
  return bound === undefined ? "" : boundText(bound);
}

/** A test case for each run; seeds count from 1. */
export function casesOf(title: string, { runs, bounds }: Pick<Tally, "runs" | "bounds">): TestCase[] {
  return runs.map((results, i): TestCase => ({
    name: `${title}, seed ${i + 1}`,
    timeMs: results["time-ms"],
    reasons: reasons({ results, must: judge(results, bounds) }),
  }));
}

function isMet({ runs, bounds }: Tally): boolean {
  const judged: readonly Judgement[] = runs.flatMap((results) => judge(results, bounds));
  return runs.every((results) => results.valid) && judged.every((judgement) => judgement.met);
}
