/** The points of the latency chart say which value they are, and lead to its way. */
/// <reference lib="dom" />
import { html } from "../../workbench/report/html/markup.ts";
import { duration, moment } from "../../workbench/report/html/numbers.ts";
import { latencyScales } from "../../workbench/report/html/latency_scales.ts";
import type { Model } from "./model.ts";

/** A point that is farther from the pointer is not meant, px of the chart. */
const REACH = 14;

interface Point {
  readonly value: number;
  readonly x: number;
  readonly y: number;
  readonly kind: "true" | "stable";
}

export function latencyPoints(chart: SVGSVGElement, model: Model): void {
  const points = pointsOf(chart, model);
  const near = (event: MouseEvent) => {
    const matrix = chart.getScreenCTM();
    if (matrix === null) return undefined;
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    return nearest(points, x, y);
  };
  chart.addEventListener("pointermove", (event) => {
    chart.querySelector(".tip")?.remove();
    const point = near(event);
    chart.style.cursor = point === undefined ? "" : "pointer";
    if (point !== undefined) chart.insertAdjacentHTML("beforeend", tip(point, model));
  });
  chart.addEventListener("pointerleave", () => chart.querySelector(".tip")?.remove());
  chart.addEventListener("click", (event) => {
    const point = near(event);
    if (point === undefined) return;
    model.follow(point.value);
    document.querySelector("#space-time")?.scrollIntoView({ block: "start" });
  });
  model.onFollow((value) => {
    chart.querySelectorAll(".chosen").forEach((mark) => mark.remove());
    for (const { x, y } of points.filter((point) => point.value === value)) {
      chart.insertAdjacentHTML(
        "beforeend",
        html`
          <circle class="chosen" cx="${x}" cy="${y}" r="7" />
        `.text,
      );
    }
  });
}

function pointsOf(chart: SVGSVGElement, { columns: { values }, toldAt }: Model): readonly Point[] {
  const { x, y } = latencyScales({
    endMs: Number(chart.dataset["end"]),
    middle: Number(chart.dataset["middle"]),
    largest: Number(chart.dataset["largest"]),
  });
  return values.text.flatMap((_, value) =>
    ([["stable", values.stableMs[value]], ["true", values.trueMs[value]]] as const).flatMap(([kind, ms]) =>
      typeof ms === "number" ? [{ value, kind, x: x(toldAt[value] ?? 0), y: y(ms) }] : []
    )
  );
}

function nearest(points: readonly Point[], x: number, y: number): Point | undefined {
  let best: Point | undefined;
  let least = REACH;
  for (const point of points) {
    const distance = Math.hypot(point.x - x, point.y - y);
    if (distance <= least) [best, least] = [point, distance];
  }
  return best;
}

function tip({ value, x, y, kind }: Point, { columns: { values }, toldAt }: Model): string {
  const ms = kind === "true" ? values.trueMs[value] : values.stableMs[value];
  const said = `${values.text[value]}: ${kind} ${duration(ms ?? 0)}, told at ${moment(toldAt[value] ?? 0)}`;
  const isRight = x > 800;
  return html`
    <g class="tip">
      <circle class="chosen" cx="${x}" cy="${y}" r="6" />
      <text x="${x + (isRight ? -10 : 10)}" y="${Math.max(14, y - 8)}" text-anchor="${isRight
        ? "end"
        : "start"}">${said}</text>
    </g>
  `.text;
}
