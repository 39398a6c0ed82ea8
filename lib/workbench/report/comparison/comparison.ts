/** Protocols beside each other: what each did with the same seeds, and the figures in the middle of all of them. */
import type { Quantiles } from "../../verdict/quantiles.ts";

/** One protocol with one seed. What was never reached is Infinity. */
export interface ComparedRun {
  readonly seed: number;
  readonly valid: boolean;
  /** The first reason why not. */
  readonly why?: string | undefined;
  readonly operations: number;
  readonly answered: number;
  readonly messagesPerOp: number;
  readonly messagesPerValue: number;
  /** ms; null where no value got so far. */
  readonly stable: Quantiles | null;
  readonly trues: Quantiles | null;
  /** Acknowledged values that a node lacks at the end. */
  readonly lost: number;
  /** The longest time from a heal until everything was everywhere, ms; undefined where nothing healed. */
  readonly afterHealsMs: number | undefined;
}

export interface Compared {
  readonly name: string;
  /** What a node does, in a sentence. */
  readonly about: string;
  /** One for each seed. */
  readonly runs: readonly ComparedRun[];
}

export interface Comparison {
  /** What was run, in a sentence. */
  readonly headline: string;
  /** Why hearsay's own runs fail; empty if they do not. */
  readonly failures: readonly string[];
  /** Runs it once more. */
  readonly command: string;
  /** Hearsay is the last one. */
  readonly protocols: readonly Compared[];
}

export type Figure = (run: ComparedRun) => number;

export const figures = {
  operations: (run) => run.operations,
  messagesPerOp: (run) => run.messagesPerOp,
  stableMedian: (run) => run.stable?.["0.5"] ?? Infinity,
  stableMax: (run) => run.stable?.["1"] ?? Infinity,
  trueMedian: (run) => run.trues?.["0.5"] ?? Infinity,
  trueMax: (run) => run.trues?.["1"] ?? Infinity,
  lost: (run) => run.lost,
  afterHealsMs: (run) => run.afterHealsMs ?? 0,
} as const satisfies Record<string, Figure>;

/** Of an even number the upper one, as quantiles are taken everywhere; Infinity of none. */
export function middleOf({ runs }: Compared, figure: Figure): number {
  return runs.map(figure).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)] ?? Infinity;
}

/** "28.74 (20.65–50.98)": the middle, and the least and the most where they differ. */
function rangeText(
  { runs, ...compared }: Compared,
  figure: Figure,
  textOf: (value: number) => string,
): string {
  const values = runs.map(figure);
  const [least, most] = [Math.min(...values), Math.max(...values)].map(textOf);
  const middle = textOf(middleOf({ ...compared, runs }, figure));
  return least === most ? middle : `${middle} (${least}–${most})`;
}

/** The cells of a table: a head, and a row for each protocol. */
export function tableOf(protocols: readonly Compared[]): string[][] {
  const head = [
    "protocol",
    "valid",
    "operations",
    "msgs/op",
    "stable ms",
    "true ms",
    "lost",
    "after heals ms",
  ];
  return [head, ...protocols.map(cellsOf)];
}

function cellsOf(compared: Compared): string[] {
  const { name, runs } = compared;
  const ms = (figure: Figure) => msText(middleOf(compared, figure));
  const { stableMedian, stableMax, trueMedian, trueMax } = figures;
  return [
    name,
    `${runs.filter(({ valid }) => valid).length} of ${runs.length}`,
    rangeText(compared, figures.operations, String),
    rangeText(compared, figures.messagesPerOp, (value) => value.toFixed(2)),
    `${ms(stableMedian)} · ${ms(stableMax)}`,
    `${ms(trueMedian)} · ${ms(trueMax)}`,
    rangeText(compared, figures.lost, String),
    runs.some(({ afterHealsMs }) => afterHealsMs !== undefined) ? ms(figures.afterHealsMs) : "–",
  ];
}

/** Whole milliseconds, with one place below ten. */
export function msText(value: number): string {
  if (value === Infinity) return "never";
  return value < 10 && !Number.isInteger(value) ? value.toFixed(1) : value.toFixed(0);
}
