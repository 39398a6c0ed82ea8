/** Judges the results of one run or several by their targets, and prints them for people or as JSON. */
import { asJson, type Results } from "../../workbench/verdict/results.ts";
import { figureText, judge, type Judgement, worst } from "./figures.ts";
import { columnsOf, FAILED, type Io, OK, type Paint, paintFor, printLines } from "../terminal/io.ts";
import { table } from "../terminal/table.ts";
import { type JudgedRun, passed, reportLines, summaryLine, word } from "./report.ts";
import { boundText, type Figure, isAsPublished, rowOf } from "./targets.ts";

export type World = "sim" | "test";

/** Pins what the results are held to. */
export function judgedRun(run: Omit<JudgedRun, "must" | "own">, world: World): JudgedRun {
  const { settings, deliveryBudgetMs, challenge } = run.exam;
  const own = (challenge && rowOf(settings, deliveryBudgetMs)?.[world]) ?? [];
  const must = challenge !== undefined && isAsPublished(challenge, settings) ? challenge.must : [];
  return { ...run, must: judge(run.results, must), own: judge(run.results, own) };
}

export function statusOf(runs: readonly JudgedRun[]): number {
  return runs.every(passed) ? OK : FAILED;
}

/** One JSON object: Maelstrom's nesting for one run; for more, a list of those. */
export function printJson(io: Io, runs: readonly JudgedRun[]): void {
  const [first, ...more] = runs.map(jsonOf);
  const whole = more.length === 0
    ? first
    : { valid: runs.every((run) => run.results.valid), runs: [first, ...more] };
  io.out(`${JSON.stringify(whole)}\n`);
}

export function printReport(io: Io, run: JudgedRun): void {
  printLines(io, reportLines(run, paintFor(io)));
}

/** After a line for each: how many hold, the worst figures of all, and how to see each failure again. */
export function printSeeds(io: Io, runs: readonly JudgedRun[]): void {
  const paint = paintFor(io);
  const good = runs.filter(passed).length;
  const again = runs.filter((run) => !passed(run) && run.replay !== undefined).map((run) =>
    `  ${run.replay}`
  );
  const verdict = good === runs.length ? paint.good("PASS") : paint.bad("FAIL");
  printLines(io, [
    "",
    `${verdict}  ${good} of ${runs.length} seeds hold. ${worstOfAll(runs.map(({ results }) => results))}`,
    ...switchedOn(runs.flatMap(({ intact }) => intact ?? [])),
    ...again.length === 0 ? [] : ["Run a failure again:", ...again],
  ]);
}

function worstOfAll(results: readonly Results[]): string {
  const figures = (["msgs-per-op", "median", "max", "true-max"] as const)
    .map((figure) => `${short[figure]} ${figureText(figure, worst(results, figure))}`);
  return `Worst of all: ${figures.join(", ")}.`;
}

/** The same seeds with every mechanism on. */
function switchedOn(intact: readonly Results[]): string[] {
  if (intact.length === 0) return [];
  const good = intact.filter(({ valid }) => valid).length;
  return [`Switched on: ${good} of ${intact.length} are valid. ${worstOfAll(intact)}`];
}

export function printSeedLine(io: Io, run: JudgedRun): void {
  printLines(io, [summaryLine(run, paintFor(io))]);
}

/** A line for each challenge, the worst of its runs, then the reports of what fails. */
export function printChallenges(io: Io, groups: readonly (readonly JudgedRun[])[]): void {
  const paint = paintFor(io);
  const head = ["challenge", "valid", "msgs/op", "median ms", "max ms", "demanded", "verdict"];
  printLines(io, table([head, ...groups.map((runs) => challengeCells(runs, paint))], columnsOf(io)));
  const failed = groups.flat().filter((run) => !passed(run));
  for (const run of failed.slice(0, REPORTS_MAX)) printLines(io, ["", ...reportLines(run, paint)]);
}

/** Failures that are reported in full after a table. */
const REPORTS_MAX = 5;

export const short: Readonly<Record<Figure, string>> = {
  "msgs-per-op": "msgs/op",
  "median": "median",
  "max": "max",
  "true-max": "true max",
  "heal": "after heals",
  "cut-median": "cut median",
  "cut-max": "cut max",
};

/** "after heals 902, during cuts 442 · 1665": figures in one cell, those of cuts as median · max. */
export function figuresInShort(figures: readonly Figure[], textOf: (figure: Figure) => string): string {
  const ofCuts = figures.filter((figure) => figure === "cut-median" || figure === "cut-max");
  const others = figures.filter((figure) => figure !== "cut-median" && figure !== "cut-max");
  const cuts = ofCuts.length === 0 ? [] : [`during cuts ${ofCuts.map(textOf).join(" · ")}`];
  return [...others.map((figure) => `${short[figure]} ${textOf(figure)}`), ...cuts].join(", ");
}

function challengeCells(runs: readonly JudgedRun[], paint: Paint): string[] {
  const results = runs.map((run) => run.results);
  const figures = (["msgs-per-op", "median", "max"] as const).map((figure) =>
    figureText(figure, worst(results, figure))
  );
  const demanded = (runs[0]?.must ?? []).map(({ bound }) => `${short[bound.figure]} ${boundText(bound)}`);
  const bad = runs.find((run) => !passed(run)) ?? runs[0];
  return [
    runs[0]?.exam.challenge?.name ?? "",
    runs.every((run) => run.results.valid) ? "yes" : "no",
    ...figures,
    ["valid", ...demanded].join(", "),
    bad === undefined ? "" : word(bad, paint),
  ];
}

function jsonOf(run: JudgedRun): object {
  const { challenge } = run.exam;
  if (challenge === undefined) return asJson(run.results);
  const own = run.own.map(jsonJudgement);
  return {
    ...run.results,
    challenge: { name: challenge.name, met: passed(run), must: run.must.map(jsonJudgement), own },
  };
}

function jsonJudgement({ bound, value, met }: Judgement): unknown {
  return { figure: bound.figure, bound: boundText(bound), value: value ?? null, met };
}
