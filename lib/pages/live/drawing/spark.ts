/** The last two minutes of a figure as a line. */
/// <reference lib="dom" />
import { put, svg } from "./svg.ts";

const WIDTH = 120;
const HEIGHT = 24;

export class Spark {
  readonly element = svg("svg", "spark");
  readonly #line = svg("polyline");

  constructor() {
    put(this.element, {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    });
    this.element.append(this.#line);
  }

  /** The newest last, at the right; `most`: so many make the whole width. */
  draw(values: readonly number[], most: number): void {
    const top = Math.max(1, ...values);
    const step = WIDTH / (most - 1);
    const points = values.map((value, i) => {
      const x = WIDTH - (values.length - 1 - i) * step;
      return `${x.toFixed(1)},${(HEIGHT - 1 - (HEIGHT - 2) * value / top).toFixed(1)}`;
    });
    put(this.#line, { points: points.join(" ") });
  }
}
