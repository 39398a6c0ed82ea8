/** The axis of time that the charts share. */
import { type Html, html } from "./markup.ts";

/** Of the charts, px. */
export const WIDTH = 1200;
export const LEFT = 62;
export const RIGHT = 16;

/** Seconds since the load began, below a chart. */
export function xAxis(ticks: readonly number[], x: (ms: number) => number, bottom: number): Html {
  return html`
    <path class="axis" d="M${LEFT} ${bottom}H${WIDTH - RIGHT}" />${ticks.map((ms, i) =>
      html`
        <path class="axis" d="M${x(ms)} ${bottom}v4" />
        <text x="${x(ms)}" y="${bottom + 18}" text-anchor="middle">${ms / 1000}${i === ticks.length - 1 &&
          " s"}</text>
      `
    )}
  `;
}
