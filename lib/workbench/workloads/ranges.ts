/** The sums that additions can make of which some may not have happened, as ranges of whole numbers. */

/** From and to, both included. */
export type Range = readonly [number, number];

/** Every sum of `sure` and any of `possible`: ascending ranges with gaps between them. */
export function sums(sure: number, possible: readonly number[]): readonly Range[] {
  let ranges: readonly Range[] = [[sure, sure]];
  for (const delta of possible) {
    if (delta !== 0) ranges = merged([...ranges, ...ranges.map(([a, b]): Range => [a + delta, b + delta])]);
  }
  return ranges;
}

export function isWithin(ranges: readonly Range[], value: number): boolean {
  return ranges.some(([from, to]) => value >= from && value <= to);
}

function merged(ranges: readonly Range[]): readonly Range[] {
  const all: Range[] = [];
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1);
    if (last !== undefined && from <= last[1] + 1) all[all.length - 1] = [last[0], Math.max(last[1], to)];
    else all.push([from, to]);
  }
  return all;
}
