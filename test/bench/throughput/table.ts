/** What was measured, for people: a table, and the ratios to reach. */
import type { Figures, Measured } from "./measure.ts";
import { type Standing, STANDING_MB_MAX } from "./standing.ts";

export interface Results {
  readonly measured: readonly Measured[];
  /** Systems that were left out, and why. */
  readonly notes: readonly string[];
  readonly standing: Standing | undefined;
}

/** Below this share of the rate a system does not keep up, and its latency says nothing. */
const KEEPS_UP = 0.95;

const heads = [
  ...["", "values/s", "p50 ms", "p99 ms", "1,000/s: p50", "p99", "cpu s per M", "at 1,000/s", "MB a node"],
  ...["lost", "twice"],
];

export function tableOf({ measured, notes, standing }: Results, perSecond: number): string {
  const rows = measured.map((one) => rowOf(one, perSecond));
  const all = [heads, ...rows];
  const widths = heads.map((_, i) => Math.max(...all.map((row) => (row[i] ?? "").length)));
  const lines = all.map((row) => row.map((cell, i) => pad(cell, widths[i] ?? 0, i)).join("  ").trimEnd());
  const said = [
    ...lines,
    "",
    ...notes,
    ...standing === undefined ? [] : [standingLine(standing), ""],
    ...targets({ measured, notes, standing }),
  ];
  return `${said.join("\n")}\n`;
}

function rowOf({ name, paced, saturated, peakMb }: Measured, perSecond: number): string[] {
  const kept = keepsUp(paced, perSecond);
  return [
    name,
    thousands(saturated.valuesPerSecond),
    ms(saturated.p50),
    ms(saturated.p99),
    ...kept ? [ms(paced.p50), ms(paced.p99)] : ["does not", "keep up"],
    seconds(saturated.cpuSecondsPerMillion),
    kept ? seconds(paced.cpuSecondsPerMillion) : "",
    peakMb.toFixed(0),
    thousands(paced.lost + saturated.lost),
    thousands(paced.duplicates + saturated.duplicates),
  ];
}

function keepsUp({ valuesPerSecond }: Figures, perSecond: number): boolean {
  return valuesPerSecond >= KEEPS_UP * perSecond;
}

function standingLine(
  { before, standing, after, others, figures: { values, lost, duplicates } }: Standing,
): string {
  return `A watcher stood still while ${thousands(values)} values of 1 KB came: its node took ${
    before.toFixed(0)
  } MB before, ` +
    `${standing.toFixed(0)} MB at most meanwhile, ${after.toFixed(0)} MB once it had caught up; the others ` +
    `${others.toFixed(0)} MB at most; lost ${lost}, twice ${duplicates}.`;
}

// What is to be reached, as ratios within one run.

type Find = (key: string) => Measured | undefined;

function targets({ measured, standing }: Results): string[] {
  const find: Find = (key) => measured.find((one) => one.key === key);
  return [
    ...ratio(find, "hearsay", "redis-pubsub", 1),
    ...ratio(find, "hearsay", "ceiling", 0.8),
    ...ratio(find, "hearsay-durable", "redis-stream-fsync", 2.6),
    ...ratio(find, "hearsay-durable", "jetstream-file", 10),
    ...ratio(find, "hearsay-texts", "redis-pubsub-texts", 1),
    ...latency(find, "hearsay", 1, 4),
    ...latency(find, "hearsay-durable", 2, 5),
    ...cpu(find, "saturated", 1),
    ...cpu(find, "paced", 1.1),
    ...measured.filter(({ key }) => key.startsWith("hearsay")).map(nothingLost),
    ...standing === undefined ? [] : [bounded(standing)],
  ];
}

function ratio(find: Find, ours: string, theirs: string, atLeast: number): string[] {
  const [a, b] = [find(ours), find(theirs)];
  if (a === undefined || b === undefined) return [];
  const is = a.saturated.valuesPerSecond / b.saturated.valuesPerSecond;
  return [verdict(is >= atLeast, `${a.name} is ${is.toFixed(2)} x ${b.name}`, `at least ${atLeast}`)];
}

function latency(find: Find, key: string, p50: number, p99: number): string[] {
  const one = find(key);
  if (one === undefined) return [];
  const { paced } = one;
  return [
    verdict(paced.p50 <= p50, `${one.name}: p50 ${ms(paced.p50)} ms at 1,000/s`, `at most ${p50}`),
    verdict(paced.p99 <= p99, `${one.name}: p99 ${ms(paced.p99)} ms at 1,000/s`, `at most ${p99}`),
  ];
}

function cpu(find: Find, phase: "saturated" | "paced", most: number): string[] {
  const [ours, theirs] = [find("hearsay"), find("nats")];
  if (ours === undefined || theirs === undefined) return [];
  const is = ours[phase].cpuSecondsPerMillion / theirs[phase].cpuSecondsPerMillion;
  const where = phase === "saturated" ? "at saturation" : "at 1,000/s";
  return [
    verdict(
      is <= most,
      `${ours.name} takes ${is.toFixed(2)} x the CPU of ${theirs.name} ${where}`,
      `at most ${most}`,
    ),
  ];
}

function nothingLost({ name, paced, saturated }: Measured): string {
  const wrong = paced.lost + paced.duplicates + saturated.lost + saturated.duplicates;
  return verdict(wrong === 0, `${name}: ${wrong} lost or twice`, "none");
}

function bounded({ standing, others, figures: { lost, duplicates } }: Standing): string {
  const isSo = standing - others <= STANDING_MB_MAX && lost + duplicates === 0;
  const more = Math.max(0, standing - others).toFixed(0);
  return verdict(isSo, `a watcher that stands still costs its node ${more} MB`, `at most ${STANDING_MB_MAX}`);
}

function verdict(isSo: boolean, is: string, wanted: string): string {
  return `${isSo ? "reached" : "MISSED "}  ${is} (to reach: ${wanted})`;
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function thousands(number: number): string {
  return Math.round(number).toLocaleString("en");
}

function ms(number: number): string {
  return Number.isFinite(number) ? number.toFixed(number < 100 ? 1 : 0) : "–";
}

function seconds(number: number): string {
  return number.toFixed(number < 10 ? 1 : 0);
}
