/** Quantiles as Jepsen takes them: the element at floor(n * p) of the sorted list, the last one at most. */

export interface Quantiles {
  readonly "0": number;
  readonly "0.5": number;
  readonly "0.95": number;
  readonly "0.99": number;
  readonly "1": number;
}

/** Undefined of an empty list. */
export function quantiles(numbers: readonly number[]): Quantiles | undefined {
  if (numbers.length === 0) return undefined;
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (p: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0;
  return { "0": at(0), "0.5": at(0.5), "0.95": at(0.95), "0.99": at(0.99), "1": at(1) };
}
