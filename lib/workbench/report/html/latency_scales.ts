/** The scales of the latency chart, for whoever draws it and whoever finds a point in it. */
import { scaleLinear, scaleSymlog } from "d3-scale";
import { LEFT, RIGHT, WIDTH } from "./axis.ts";
import { px } from "../svg.ts";

export const HEIGHT = 340;
export const TOP = 44;
export const BOTTOM = 40;
/** If the largest latency is so many times the one in the middle, the scale is logarithmic. */
const LINEAR_TIMES = 6;
/** Labels stand no closer than this, px. */
const LABEL_GAP = 24;

export interface Extent {
  /** ms */
  readonly endMs: number;
  readonly middle: number;
  readonly largest: number;
}

export interface Scales {
  readonly x: (ms: number) => number;
  readonly y: (ms: number) => number;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
}

export function latencyScales({ endMs, middle, largest }: Extent): Scales {
  const along = scaleLinear([0, endMs], [LEFT, WIDTH - RIGHT]);
  const range = [HEIGHT - BOTTOM, TOP] as const;
  const isLinear = largest <= LINEAR_TIMES * middle;
  const up = isLinear
    ? scaleLinear([0, largest], range).nice()
    : scaleSymlog([0, largest * 1.05], range).constant(Math.max(1, middle / 4));
  return {
    x: (ms) => px(along(ms)),
    y: (ms) => px(up(ms)),
    xTicks: along.ticks(10),
    yTicks: isLinear ? up.ticks(6) : decades(largest, up),
  };
}

/** 0, and 1, 2, 5 times powers of ten that are not too close to each other. */
function decades(largest: number, y: (ms: number) => number): number[] {
  const ticks = [0];
  for (let power = 1; power <= largest; power *= 10) {
    for (const tick of [power, 2 * power, 5 * power]) {
      const gap = y(ticks.at(-1) ?? 0) - y(tick);
      if (tick <= largest * 1.05 && gap >= LABEL_GAP) ticks.push(tick);
    }
  }
  return ticks;
}
