/** What the benches are to show, as ratios beside what stands next to it in the same run, and whether they do. */
import { figure, FULL, type Sizes } from "./cases.ts";
import type { Result } from "./measure.ts";
import { digits } from "./table.ts";

export interface Aim {
  readonly text: string;
  /** Undefined where it was not measured. */
  readonly figure: number | undefined;
  /** As in "≤ 2". */
  readonly limit: string;
  readonly met: boolean;
}

export function aimsOf(results: readonly Result[], { many, messages }: Sizes = FULL): Aim[] {
  const at = (group: string, name: string) =>
    results.find((each) => each.group === group && each.name === name)?.median;
  const insert = (name: string) => at(`insert ${figure(many)} in order`, name);
  const growth = (start: string) => worstGrowth(results.filter(({ group }) => group.startsWith(start)), many);
  const worstReport = (what: string, scale: number) => {
    const all = results.filter(({ group }) => group.startsWith("report of ") && group.endsWith(what));
    return all.length === 0 ? undefined : Math.max(...all.map(({ median }) => median)) / scale;
  };
  return [
    reach(
      "in-order insert: times faster than Set<string>",
      ratio(insert("Set<string>, ids at hand"), insert("IntervalSet")),
      20,
    ),
    stay(
      "bytes of a set of so many in order",
      at(`memory of ${figure(many)} in order`, "IntervalSet"),
      1_024,
    ),
    stay(
      "what a peer lacks: many outstanding beside one",
      growth(`what a peer lacks, of ${figure(many)} `),
      2,
    ),
    stay("a wake: many outstanding beside one, the worst of all", growth("a wake, "), 2),
    stay("a delta of 100 duplicates, ns", at("step(delta) of 100", "all duplicates"), 3_000),
    stay(
      "encode and decode, ns a value of 100",
      at("line of a delta of 100 values", "encode and decode"),
      40,
    ),
    stay(`a report of ${figure(messages)} messages, ms`, worstReport("time", 1e6), 1_000),
    stay(`… its size, KB`, worstReport("size", 1e3), 2_000),
  ];
}

/** Those that were measured. */
export function aimsText(aims: readonly Aim[]): string {
  const lines = aims.flatMap(({ text, figure: is, limit, met }) => {
    return is === undefined
      ? []
      : [`  ${text.padEnd(58)}${digits(is).padStart(8)}  ${limit.padEnd(9)}${met ? "met" : "not met"}`];
  });
  return lines.length === 0 ? "" : `\nTo reach\n${lines.join("\n")}\n`;
}

function reach(text: string, is: number | undefined, limit: number): Aim {
  return { text, figure: is, limit: `≥ ${figure(limit)}`, met: is !== undefined && is >= limit };
}

function stay(text: string, is: number | undefined, limit: number): Aim {
  return { text, figure: is, limit: `≤ ${figure(limit)}`, met: is !== undefined && is <= limit };
}

function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b;
}

/** By how much more time it takes with so many outstanding than with one, in the group where that is most. */
function worstGrowth(results: readonly Result[], many: number): number | undefined {
  const ratios = [...Map.groupBy(results, ({ group }) => group).values()].flatMap((group) => {
    const of = (count: number) => group.find(({ name }) => name === `${figure(count)} outstanding`)?.median;
    return ratio(of(many), of(1)) ?? [];
  });
  return ratios.length === 0 ? undefined : Math.max(...ratios);
}
