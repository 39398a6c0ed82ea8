/** Guesses which of the known names a misspelt one was meant to be. */

/** The nearest name, if it is near enough that a person may have meant it. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
export function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) row.push(cell(from, to, i, j, row, above, before));
    [before, above] = [above, row];
  }
  return at(above, to.length);
}

function cell(
  from: string,
  to: string,
  i: number,
  j: number,
  row: readonly number[],
  above: readonly number[],
  before: readonly number[],
): number {
  const same = from[i - 1] === to[j - 1];
  const plain = Math.min(at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + (same ? 0 : 1));
  const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
  return swapped ? Math.min(plain, at(before, j - 2) + 1) : plain;
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
