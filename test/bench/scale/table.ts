/** Rows as Markdown: a table for each load, how each figure grows, and what went wrong. */
import { digits, exponent, type Figure, figures, isMeasured, pointsOf } from "./figures.ts";
import { type Rates, type Scenario, titleOf } from "./plan.ts";
import type { Row } from "./row.ts";

export function tableOf(scenario: Scenario, rates: Rates, rows: readonly Row[]): string {
  // A column that no row fills says nothing.
  const shown = figures.filter((figure) => rows.some((row) => cell(figure, row) !== ""));
  const heads = ["nodes", "values", "virtual s", ...shown.map(({ head }) => head), "wall s", "peak MB"];
  const growth = ["grows as N^", "", "", ...shown.map((figure) => growthOf(figure, rows)), "", ""];
  const body = rows.filter(isMeasured).map((row) => [
    row.plan.nodes.toLocaleString("en"),
    row.figures.values.toLocaleString("en"),
    digits(row.plan.seconds),
    ...shown.map((figure) => cell(figure, row)),
    digits(row.figures.wallS),
    digits(row.figures.peakMb),
  ]);
  const table = body.length === 0 ? [] : markdown([heads, ...body, growth]);
  return [`### ${titleOf(scenario, rates)}`, "", ...table, ...notes(rows), ""].join("\n");
}

/** "-0.02"; empty where it cannot be said. */
export function growthOf(figure: Figure, rows: readonly Row[]): string {
  const power = exponent(pointsOf(figure, rows));
  // No minus before nothing.
  return power === undefined ? "" : (Math.round(power * 100) / 100 + 0).toFixed(2);
}

function cell(figure: Figure, row: Row): string {
  const of = isMeasured(row) ? figure.of(row) : null;
  return of === null ? "" : digits(of);
}

function markdown(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? "").length)));
  const [head, ...body] = rows.map((row) =>
    `| ${row.map((text, i) => text.padStart(widths[i] ?? 0)).join(" | ")} |`
  );
  return [head ?? "", `| ${widths.map((width) => `${"-".repeat(width - 1)}:`).join(" | ")} |`, ...body];
}

function notes(rows: readonly Row[]): string[] {
  const said = rows.flatMap(({ plan, failure, figures }) =>
    [...failure === undefined ? [] : [failure], ...figures?.failures ?? []]
      .map((what) => `- ${plan.nodes.toLocaleString("en")} nodes: ${what}`)
  );
  return said.length === 0 ? [] : ["", ...said];
}
