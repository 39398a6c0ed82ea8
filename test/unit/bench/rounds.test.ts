/** Rounds of the throughput bench as one row: medians, and nothing that was lost or came twice is forgotten. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Figures, Measured } from "../../bench/throughput/measure.ts";
import { middleOf } from "../../bench/throughput/rounds.ts";

test("a row has the median of each figure, all that was lost or came twice, and the most memory", () => {
  const [row] = middleOf([round(3, 0, 40), round(1, 2, 70), round(2, 1, 50)]);
  assert.deepEqual(row, { ...round(2, 3, 70) });
});

test("between two rounds lies their mean, one round is itself, and none is no row", () => {
  assert.deepEqual(middleOf([round(2, 0, 1), round(4, 0, 1)]), [round(3, 0, 1)]);
  assert.deepEqual(middleOf([round(2, 1, 1)]), [round(2, 1, 1)]);
  assert.deepEqual(middleOf([]), []);
});

function round(figure: number, lost: number, mb: number): Measured {
  const figures: Figures = {
    values: figure,
    valuesPerSecond: figure,
    p50: figure,
    p99: figure,
    cpuSecondsPerMillion: figure,
    lost,
    duplicates: lost,
  };
  return { key: "a", name: "A", inFlight: 1, paced: figures, saturated: figures, residentMb: mb, peakMb: mb };
}
