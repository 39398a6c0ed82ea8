/** What each mechanism buys, as a Markdown table: the figures that change without it. */
import { figureText } from "../../../lib/commands/exam/figures.ts";
import { short } from "../../../lib/commands/exam/outcome.ts";
import type { Mechanism } from "../../../lib/core/mechanisms.ts";
import type { Story } from "../../sim/story.ts";
import type { AblatedFigure, Scene } from "./scenes.ts";
import type { Answer } from "./run.ts";

/** The answers of one scene, one a seed. */
export interface Ablation {
  readonly scene: Scene;
  readonly whole: readonly Answer[];
  readonly lacking: readonly Answer[];
}

interface Change {
  readonly text: string;
  /** By how much it is larger without the mechanism, as a factor; less than 1 where it is smaller. */
  readonly factor: number;
}

/** A smaller difference is chance, and nobody would notice it. */
const DIFFERENCE_MIN: Readonly<Record<AblatedFigure, number>> = {
  "msgs-per-op": 0.05,
  "bytes-per-op": 50,
  "busiest": 2,
  "median": 5,
  "max": 20,
  "true-max": 20,
  "heal": 20,
  "cut-median": 5,
  "cut-max": 20,
};

/** Of the scenes in which a figure changes, the most telling so many are named. */
const SCENES_SHOWN_MAX = 4;

/** `least`: the share by which a figure has to change to be told. */
export function tableOf(
  ablations: ReadonlyMap<Mechanism, readonly Ablation[]>,
  told: ReadonlyMap<Mechanism, string>,
  least: number,
): string {
  const rows = [...ablations].map(([name, all]) =>
    `| ${name} | ${told.get(name) ?? "–"} | ${cell(all, least, true)} | ${cell(all, least, false)} |`
  );
  return [
    "| mechanism | its story: with it (without it) | what it buys: with it (without it) | what it costs: with it (without it) |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

/** The story of a mechanism in a cell: what it tells, and the figure with it and without. */
export function storyText({ tells, unit, figure }: Story, name: Mechanism): string {
  const [whole, lacking] = [figure([]), figure([name])].map((value) =>
    value === Infinity ? "never" : `${+value.toPrecision(3)}`
  );
  return `${tells}; ${unit}: ${whole} (${lacking})`;
}

function cell(all: readonly Ablation[], least: number, worse: boolean): string {
  const told = all.map((ablation) => ({
    title: ablation.scene.title,
    changes: changesOf(ablation).filter(({ factor }) => worse ? factor > 1 + least : factor < 1 - least),
  })).filter(({ changes }) => changes.length > 0);
  const weight = (changes: readonly Change[]) =>
    Math.max(...changes.map(({ factor }) => Math.abs(Math.log(factor))));
  const shown = told.toSorted((a, b) => weight(b.changes) - weight(a.changes)).slice(0, SCENES_SHOWN_MAX);
  return shown.map(({ title, changes }) => `${title}: ${changes.map(({ text }) => text).join(", ")}`).join(
    "; ",
  ) || "–";
}

/** Every figure that differs by more than chance. */
export function changesOf({ scene, whole, lacking }: Ablation): Change[] {
  const validity = (answers: readonly Answer[]) => answers.filter(({ valid }) => valid).length;
  const [sound, left] = [validity(whole), validity(lacking)];
  const broken: Change[] = sound === left ? [] : [{
    text: `valid ${sound} of ${whole.length} (${left})`,
    factor: sound > left ? Infinity : 0,
  }];
  return [
    ...broken,
    ...scene.figures.flatMap((figure, i) => changeOf(figure, valuesOf(whole, i), valuesOf(lacking, i))),
  ];
}

/** Told where no seed says the opposite; where a run gave no such figure, nothing can be said. */
function changeOf(
  figure: AblatedFigure,
  whole: readonly (number | undefined)[],
  lacking: readonly (number | undefined)[],
): Change[] {
  const [intact, without] = [mean(whole), mean(lacking)];
  if (intact === undefined || without === undefined || intact === without) return [];
  const opposed = whole.some((value = 0, seed) =>
    lacking[seed] !== value && ((lacking[seed] ?? 0) > value) !== (without > intact)
  );
  if (opposed || Math.abs(without - intact) < DIFFERENCE_MIN[figure]) return [];
  const text = `${nameOf(figure)} ${textOf(figure, intact)} (${textOf(figure, without)})`;
  return [{ text, factor: intact === 0 || without === Infinity ? Infinity : without / intact }];
}

/** One a seed: undefined where the run gave none, Infinity where something never came. */
function valuesOf(answers: readonly Answer[], index: number): (number | undefined)[] {
  return answers.map(({ figures }) => figures[index] ?? undefined)
    .map((value) => value === "never" ? Infinity : value);
}

function mean(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length < values.length
    ? undefined
    : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function nameOf(figure: AblatedFigure): string {
  if (figure === "busiest") return "busiest/s";
  return figure === "bytes-per-op" ? "bytes/op" : short[figure];
}

function textOf(figure: AblatedFigure, value: number): string {
  return figure === "busiest" || figure === "bytes-per-op" ? value.toFixed(0) : figureText(figure, value);
}
