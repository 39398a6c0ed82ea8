/** One clock for all processes of a run. */

/** Ms since the epoch; what processes measure by it may be compared, as not by a clock that starts with each. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
