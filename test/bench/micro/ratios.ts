/** How one tree stands to another: what each turn of a case took here, divided by what it took there. */
import type { Unit } from "./cases.ts";
import type { Failure, Report, Result } from "./measure.ts";
import { digits, failureLine, NAME_WIDTH } from "./table.ts";

/** Of one case. Below 1: this tree takes less. */
export interface Ratio {
  readonly group: string;
  readonly name: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly unit: Unit;
  /** Of each turn. */
  readonly turns: readonly number[];
}

/** What differs by less in the median is not called a difference. */
const NOTABLE = 1.1;
/** Fewer turns can all go one way by chance; what a heap weighs needs one only. */
const JUDGED_TURNS = 5;

/** What each turn found, on this tree and on the other. */
export type Pairs = readonly (readonly [here: Report, there: Report])[];

/** The turns of this tree and of the other, in pairs. Cases that only one of them has are left out. */
export function ratiosOf(pairs: Pairs): Ratio[] {
  return (pairs[0]?.[0].results ?? []).flatMap((like) => {
    const turns = pairs.flatMap(([here, there]) => {
      const [mine, theirs] = [figureOf(here, like), figureOf(there, like)];
      return mine === undefined || theirs === undefined || theirs <= 0 ? [] : [mine / theirs];
    });
    return turns.length === 0 ? [] : [ratioOf(like, turns)];
  });
}

/** The quickest quarter's: whoever else is busy on the machine only ever adds to it. */
function figureOf({ results }: Report, { group, name }: Result): number | undefined {
  return results.find((each) => each.group === group && each.name === name)?.p25;
}

function ratioOf({ group, name, unit }: Result, turns: readonly number[]): Ratio {
  const sorted = turns.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? 0;
  const [lower, upper] = [at((sorted.length - 1) >> 1), at(sorted.length >> 1)];
  return { group, name, unit, median: (lower + upper) / 2, low: at(0), high: at(sorted.length - 1), turns };
}

/** Slower or faster in every single turn, and by a tenth or more in most. */
export function verdict({ unit, median, low, high, turns }: Ratio): "slower" | "faster" | "" {
  if (unit === "ns" && turns.length < JUDGED_TURNS) return "";
  if (low > 1 && median >= NOTABLE) return "slower";
  return high < 1 && median <= 1 / NOTABLE ? "faster" : "";
}

/** One group. */
export function ratiosText(title: string, pairs: Pairs): string {
  const rows = ratiosOf(pairs).map((ratio) => {
    const range = `${digits(ratio.low)} … ${digits(ratio.high)}`;
    return `  ${ratio.name.padEnd(NAME_WIDTH)}${digits(ratio.median).padStart(8)}   ${range.padEnd(16)}${
      verdict(ratio)
    }`;
  });
  const failures = [...pairs[0]?.[0].failures ?? [], ...(pairs[0]?.[1].failures ?? []).map(elsewhere)];
  const lines = ["", title, ...rows, ...failures.map(failureLine)];
  if (lines.length === 2) lines.push("  not measured: only one of them has it");
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

function elsewhere(failure: Failure): Failure {
  return { ...failure, reason: `${failure.reason} (there)` };
}

export function summaryText(ratios: readonly Ratio[]): string {
  const named = (word: "slower" | "faster") => {
    const found = ratios.filter((ratio) => verdict(ratio) === word);
    const lines = found.map(({ group, name, median }) => `  ${digits(median)}  ${group}: ${name}`);
    return [`${found.length} of ${ratios.length} ${word}${found.length === 0 ? "" : ":"}`, ...lines];
  };
  return `\n${[...named("slower"), ...named("faster")].join("\n")}\n`;
}
