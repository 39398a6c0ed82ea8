/** What each mechanism buys, as a Markdown table: the figures that change without it. */
import { figureText } from "../../../lib/commands/exam/figures.ts";
import { short } from "../../../lib/commands/exam/outcome.ts";
import type { Mechanism } from "../../../lib/core/mechanisms.ts";
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
export function tableOf(ablations: ReadonlyMap<Mechanism, readonly Ablation[]>, least: number): string {
  const rows = [...ablations].map(([name, all]) =>
    `| ${name} | ${cell(all, least, true)} | ${cell(all, least, false)} |`
  );
  return [
    "| mechanism | what it buys: with it (without it) | what it costs: with it (without it) |",
    "|---|---|---|",
    ...rows,
    "",
  ].join("\n");
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
    ...scene.figures.flatMap((figure, i) => changeOf(figure, mean(whole, i), mean(lacking, i))),
  ];
}

function changeOf(figure: AblatedFigure, whole: number | undefined, lacking: number | undefined): Change[] {
  if (whole === undefined || lacking === undefined || whole === lacking) return [];
  if (Math.abs(lacking - whole) < DIFFERENCE_MIN[figure]) return [];
  const text = `${nameOf(figure)} ${textOf(figure, whole)} (${textOf(figure, lacking)})`;
  return [{ text, factor: whole === 0 || lacking === Infinity ? Infinity : lacking / whole }];
}

/** Undefined where a run gave none, Infinity where something never came. */
function mean(answers: readonly Answer[], index: number): number | undefined {
  const values = answers.map(({ figures }) => figures[index] ?? null).map((value) =>
    value === "never" ? Infinity : value
  );
  const known = values.filter((value) => value !== null);
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
