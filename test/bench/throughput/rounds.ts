/** What a system has shown in several rounds, as one row. */
import { type Figures, type Measured, sum } from "./measure.ts";

/** One row: medians, all that was lost or came twice, the most memory. */
export function middleOf(rounds: readonly Measured[]): Measured[] {
  const [first] = rounds;
  if (first === undefined) return [];
  return [{
    ...first,
    paced: middleFigures(rounds.map(({ paced }) => paced)),
    saturated: middleFigures(rounds.map(({ saturated }) => saturated)),
    residentMb: Math.max(...rounds.map(({ residentMb }) => residentMb)),
    peakMb: Math.max(...rounds.map(({ peakMb }) => peakMb)),
  }];
}

function middleFigures(rounds: readonly Figures[]): Figures {
  const middle = (pick: (figures: Figures) => number) => median(rounds.map(pick));
  return {
    values: middle(({ values }) => values),
    valuesPerSecond: middle(({ valuesPerSecond }) => valuesPerSecond),
    p50: middle(({ p50 }) => p50),
    p99: middle(({ p99 }) => p99),
    cpuSecondsPerMillion: middle((figures) => figures.cpuSecondsPerMillion),
    lost: sum(rounds.map(({ lost }) => lost)),
    duplicates: sum(rounds.map(({ duplicates }) => duplicates)),
  };
}

/** Of two in the middle, what lies between them. */
function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}
