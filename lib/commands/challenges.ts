/** `hearsay challenges`: the table of figures of this program, worst of many seeds, beside its targets. */
import type { ExaminationProgress } from "../workbench/progress.ts";
import type { Results } from "../workbench/verdict/results.ts";
import { simulate } from "../workbench/world/sim.ts";
import { parseChallenges } from "./config/exam.ts";
import { liveLine } from "./exam/live_line.ts";
import { examineProcesses, ownProgram } from "./exam/processes.ts";
import { figureText, judge, type Judgement, worst } from "./exam/figures.ts";
import { FAILED, type Io, OK, printLines, refuse, yieldToEvents } from "./terminal/io.ts";
import { figuresInShort, short, table } from "./exam/outcome.ts";
import { type ProgressLine, progressOn } from "./terminal/progress.ts";
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
}

const always: readonly Figure[] = ["msgs-per-op", "median", "max"];

export async function challenges(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseChallenges(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { seeds, real } = parsed.config;
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
  return [...simulated.values(), ...tried.values()].every(isMet) ? OK : FAILED;
}

async function simulateRow(row: Row, seeds: number, progress: ProgressLine): Promise<Tally> {
  const runs: Results[] = [];
  const { nodeCount } = rowSettings(row, 1);
  const count = row.eachNodeCutOff ? Math.max(seeds, nodeCount) : seeds;
  for (let seed = 1; seed <= count; seed++) {
    progress.update(`${row.title}: seed ${seed} of ${count}`);
    runs.push(simulate(rowSettings(row, seed), budgetOf(row)));
    await yieldToEvents();
  }
  return { runs, bounds: row.sim };
}

async function tryRow(row: Row, bounds: readonly Bound[], progress: ProgressLine): Promise<Tally> {
  const settings = rowSettings(row, 1);
  const program = ownProgram({ settings, ...budgetOf(row) });
  const onProgress = (now: ExaminationProgress) => progress.update(liveLine(now, row.title));
  const results = await examineProcesses({ settings, program, onProgress });
  return { runs: [results], bounds };
}

function budgetOf(row: Row): { readonly deliveryBudgetMs?: number } {
  const { deliveryBudgetMs } = known[row.challenge];
  return deliveryBudgetMs === undefined ? {} : { deliveryBudgetMs };
}

function print(io: Io, world: string, tallies: ReadonlyMap<Row, Tally>): void {
  const head = [world, "valid", ...always.map((figure) => short[figure]), "also", "target", "met"];
  printLines(io, ["", ...table([head, ...[...tallies].map(([row, tally]) => cells(row, tally))])]);
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
  ];
}

function targetOf(bounds: readonly Bound[], figure: Figure): string {
  const bound = bounds.find((bound) => bound.figure === figure);
  return bound === undefined ? "" : boundText(bound);
}

function isMet({ runs, bounds }: Tally): boolean {
  const judged: readonly Judgement[] = runs.flatMap((results) => judge(results, bounds));
  return runs.every((results) => results.valid) && judged.every((judgement) => judgement.met);
}
