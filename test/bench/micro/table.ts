/** Results for people: each group under its title, each figure beside the first of its group. */
import type { Failure, Report, Result } from "./measure.ts";

export const NAME_WIDTH = 38;

/** One group. */
export function tableOf({ results, failures }: Report): string {
  const [first] = results;
  const title = first === undefined ? failures[0]?.group : `${first.group}, per ${first.per}`;
  const lines = ["", title ?? "", ...results.map((each) => row(each, first)), ...failures.map(failureLine)];
  return lines.map((line) => `${line}\n`).join("");
}

export function failureLine({ name, reason }: Failure): string {
  return `  ${name.padEnd(NAME_WIDTH)}  not measured: ${reason}`;
}

export function headOf(runtime: string): string {
  return `\n${runtime}${
    " ".repeat(Math.max(0, NAME_WIDTH + 2 - runtime.length))
  }      median     fastest   to the first\n`;
}

function row(result: Result, first: Result | undefined): string {
  const { name, median, fastest } = result;
  const columns = [amount(median, result), amount(fastest, result), beside(result, first)];
  return `  ${name.padEnd(NAME_WIDTH)}${columns.map((text) => text.padStart(12)).join("")}`.trimEnd();
}

function beside(result: Result, first: Result | undefined): string {
  if (first === undefined || result === first || first.median <= 0) return "";
  return `${digits(result.median / first.median)} ×`;
}

export function amount(n: number, { unit }: Pick<Result, "unit">): string {
  if (unit.startsWith("bytes")) return scaled(n, ["B", "KB", "MB", "GB"]);
  return unit === "ns" ? scaled(n, ["ns", "µs", "ms", "s"]) : scaled(n, ["ms", "s"]);
}

function scaled(n: number, units: readonly string[]): string {
  let [scale, at] = [1, 0];
  while (Math.abs(n) / scale >= 1_000 && at < units.length - 1) {
    scale *= 1_000;
    at++;
  }
  return `${digits(n / scale)} ${units[at]}`;
}

/** Three digits that count. */
export function digits(n: number): string {
  if (Math.abs(n) >= 100) return n.toFixed(0);
  return n.toFixed(Math.abs(n) >= 10 ? 1 : 2);
}
