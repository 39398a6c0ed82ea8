/** How one tree stands to another: what each turn of a case took here, divided by what it took there. */
import type { Report, Result } from "./measure.ts";
import { digits } from "./table.ts";

/** Of one case. Below 1: this tree takes less. */
export interface Ratio {
  readonly group: string;
  readonly name: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Of each turn. */
  readonly turns: readonly number[];
}

/** What differs by less in the median is not called a difference. */
const NOTABLE = 1.1;

/** The turns of this tree and of the other, in pairs. Cases that only one of them has are left out. */
export function ratiosOf(pairs: readonly (readonly [here: Report, there: Report])[]): Ratio[] {
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

function ratioOf({ group, name }: Result, turns: readonly number[]): Ratio {
  const sorted = turns.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? 0;
  const [lower, upper] = [at((sorted.length - 1) >> 1), at(sorted.length >> 1)];
  return { group, name, median: (lower + upper) / 2, low: at(0), high: at(sorted.length - 1), turns };
}

/** Slower or faster in every single turn, and by a tenth or more in most. */
export function verdict({ median, low, high }: Ratio): "slower" | "faster" | "" {
  if (low > 1 && median >= NOTABLE) return "slower";
  return high < 1 && median <= 1 / NOTABLE ? "faster" : "";
}

export function ratiosText(ratios: readonly Ratio[]): string {
  const [first] = ratios;
  const rows = ratios.map((ratio) => {
    const range = `${digits(ratio.low)} … ${digits(ratio.high)}`;
    return `  ${ratio.name.padEnd(38)}${digits(ratio.median).padStart(8)}   ${range.padEnd(16)}${
      verdict(ratio)
    }`;
  });
  return ["", first?.group ?? "", ...rows].map((line) => `${line.trimEnd()}\n`).join("");
}

export function summaryText(ratios: readonly Ratio[]): string {
  const named = (word: "slower" | "faster") => {
    const found = ratios.filter((ratio) => verdict(ratio) === word);
    const lines = found.map(({ group, name, median }) => `  ${digits(median)}  ${group}: ${name}`);
    return [`${found.length} of ${ratios.length} ${word}${found.length === 0 ? "" : ":"}`, ...lines];
  };
  return `\n${[...named("slower"), ...named("faster")].join("\n")}\n`;
}
