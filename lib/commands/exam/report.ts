/** The verdict in words: what was run, what happened, how long it took, and whether it holds. */
import type { NemesisEvent } from "../../workbench/faults/nemesis.ts";
import type { Quantiles } from "../../workbench/verdict/quantiles.ts";
import type { Results } from "../../workbench/verdict/results.ts";
import { quoted } from "../../workbench/verdict/quote.ts";
import { REQUEST_TIMEOUT_MS } from "../../workbench/load/workload.ts";
import { describeSettings } from "./describe.ts";
import type { Exam } from "../config/exam/exam.ts";
import { figureNames, figureOf, figureWithUnit, type Judgement, milliseconds } from "./figures.ts";
import type { Paint } from "../terminal/io.ts";
import { boundText, isAsPublished } from "./targets.ts";
import { found, operations, whyValid } from "./workload_words.ts";

/** Longer lists are shortened, and the items left out are counted. */
export const EVENTS_SHOWN_MAX = 20;
export const FAILURES_SHOWN_MAX = 20;
const TYPES_SHOWN_MAX = 8;
/** From here on the examiner's own lateness is said, ms. */
export const LATE_TOLD_MS = 50;

/** One examination that is over. */
export interface JudgedRun {
  /** The nodes under examination in words: "simulated hearsay nodes", "processes of ./my-node". */
  readonly subject: string;
  readonly exam: Exam;
  readonly results: Results;
  /** The demands of the challenge, which decide. */
  readonly must: readonly Judgement[];
  /** Our own targets, which are reported and decide nothing. */
  readonly own: readonly Judgement[];
  /** The same with every mechanism on, where some were off: only so can be seen what they do. */
  readonly intact?: Results;
  /** The command that runs it again, where that gives the same result. */
  readonly replay?: string;
}

export function passed({ results, must }: Pick<JudgedRun, "results" | "must">): boolean {
  return results.valid && must.every((judgement) => judgement.met);
}

export function reportLines(run: JudgedRun, paint: Paint): string[] {
  const { exam, results } = run;
  const [label, text] = found(results);
  return [
    headline(run.subject, exam, "", results.watched),
    "",
    ...row("operations", [operations(results)]),
    ...row("faults", faults(results.nemesis)),
    ...row("members", members(results)),
    ...row(label, [text]),
    ...row("messages", messages(results)),
    ...row("per value", perValue(results)),
    ...row("at least", undercounted(results)),
    ...row("late replies", lateReplies(results)),
    ...row("unusual", unusual(results)),
    ...row("not taken", notTaken(results)),
    ...row("stable latency", stable(results)),
    ...row("true latency", trueLatency(results)),
    ...row("switched on", switchedOn(run)),
    ...row("during cuts", cuts(results)),
    ...row("after heals", heals(results)),
    ...row("busy machine", busy(results)),
    ...row("demanded", run.must.map((judgement) => judged(judgement, paint))),
    ...row("our own figures", run.own.map((judgement) => judged(judgement, paint))),
    "",
    ...verdict(run, paint),
  ];
}

/** Says in one sentence what was run. A real network has whatever latency it has. */
export function headline(
  subject: string,
  { challenge, settings }: Exam,
  more = "",
  onRealNetwork = false,
): string {
  const changed = challenge === undefined || isAsPublished(challenge, settings) ? "" : " with changes";
  const workload = settings.workload === undefined ? "" : `Workload ${settings.workload}: `;
  const name = challenge === undefined ? workload : `Challenge ${challenge.name}${changed}: `;
  const said = `${name}${describeSettings(settings, onRealNetwork)}, ${subject}${more}.`;
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** One line per run, for many runs of one examination. */
export function summaryLine(run: JudgedRun, paint: Paint): string {
  const { results } = run;
  const [per, median, max] = (["msgs-per-op", "median", "max"] as const)
    .map((figure) => figureWithUnit(figure, figureOf(results, figure)));
  const why = passed(run) ? "" : `  ${reasons(run)[0] ?? ""}`;
  const head = `seed ${String(results.settings.seed).padEnd(6)}`;
  return `${word(run, paint)}  ${head} ${per?.padStart(6)} msgs/op  median ${median}  max ${max}${why}`;
}

/** Why it fails, one sentence each. */
export function reasons(run: Pick<JudgedRun, "results" | "must">): string[] {
  const missed = run.must.filter((judgement) => !judgement.met).map(({ bound, value }) => {
    const [name, unit] = figureNames[bound.figure];
    return `The ${name} must be ${boundText(bound)}${unit}: it is ${figureWithUnit(bound.figure, value)}.`;
  });
  return [...run.results.failures, ...missed];
}

export function word(run: Pick<JudgedRun, "results" | "must">, paint: Paint): string {
  return passed(run) ? paint.good("PASS") : paint.bad("FAIL");
}

/** "Valid: every acknowledged value is read once at every node, and no other." */
export function verdictText(run: Pick<JudgedRun, "results" | "must">): string {
  if (!passed(run)) return run.results.valid ? "Valid, but too slow or too chatty." : "Not valid.";
  const met = run.must.length > 0 ? ", and the challenge is met" : "";
  return `Valid: ${whyValid(run.results)}${met}.`;
}

function verdict(run: JudgedRun, paint: Paint): string[] {
  if (passed(run)) return [`${word(run, paint)}  ${verdictText(run)}`];
  const why = shortened(reasons(run), FAILURES_SHOWN_MAX).map((reason) =>
    // The last words of a program that crashed have lines of their own.
    `  - ${reason.replaceAll("\n", "\n    ")}`
  );
  const again = run.replay === undefined ? [] : [`  Run it again: ${run.replay}`];
  return [`${word(run, paint)}  ${verdictText(run).slice(0, -1)}:`, ...why, ...again];
}

/** Only where they come and go. */
function members({ workload: { membership } }: Results): string[] {
  if (membership === undefined) return [];
  const { join, leave, remove, replace, move } = membership.changes;
  const agreedMs = membership["agreed-ms"];
  return [
    `${join} joined, ${leave} left, ${remove} removed, ${replace} replaced, ${move} moved; ` +
    `${membership.members.length} at the end, ` +
    (agreedMs === null ? "who never agreed who they are" : `who agreed within ${agreedMs} ms of calm`),
  ];
}

function faults(events: readonly NemesisEvent[]): string[] {
  if (events.length === 0) return ["none"];
  return shortened(events.map(faultLine), EVENTS_SHOWN_MAX);
}

function faultLine({ "at-ms": atMs, fault, what, detail }: NemesisEvent): string {
  const when = `${(atMs / 1000).toFixed(1).padStart(5)} s`;
  return what === "start" ? `${when}  ${fault}: ${detail}` : `${when}  end of ${fault}`;
}

function messages({ net }: Results): string[] {
  const types = Object.entries(net["servers-by-type"])
    .map(([type, flow]) => [type, flow["send-count"]] as const)
    .toSorted(([, a], [, b]) => b - a);
  const most = types.slice(0, TYPES_SHOWN_MAX).map(([type, count]) => `${count} ${quoted(type)}`);
  const others = types.slice(TYPES_SHOWN_MAX).reduce((sum, [, count]) => sum + count, 0);
  const split = [...most, ...others > 0 ? [`${others} of other types`] : []].join(", ");
  const perOp = net.servers["msgs-per-op"].toFixed(2);
  const total = `${perOp} per operation, ${net.servers["send-count"]} between nodes`;
  return [split === "" ? total : `${total}: ${split}`];
}

/** Said where bytes are counted, too: on a real network. */
function perValue({ net }: Results): string[] {
  if (net.bytes === undefined) return [];
  const bytes = `${Math.round(net.bytes["per-value"])} bytes`;
  return [
    `${net["msgs-per-value"].toFixed(2)} messages and ${bytes} between nodes, ${net.bytes.sent} bytes in all`,
  ];
}

function undercounted({ net: { undercounted = [] } }: Results): string[] {
  if (undercounted.length === 0) return [];
  const who = undercounted.join(", ");
  return [
    `these messages and bytes: what ${who} counted until it stopped or was out of reach is not all known`,
  ];
}

/** Maelstrom lets such a run pass, but hears nothing of the node from then on. */
function lateReplies({ net: { "late-replies": count } }: Results): string[] {
  if (count === 0) return [];
  const given = `the ${REQUEST_TIMEOUT_MS / 1000} s that a client waits`;
  return [`${count} after ${given}: under Maelstrom a node is mute from its first one on`];
}

/** Taken, as under Maelstrom, and no failure. */
function unusual({ unusual = [] }: Results): string[] {
  return unusual.map(({ what, count, nodes }) => `${what}: ${count} times, by ${nodes.join(", ")}`);
}

function notTaken({ net: { mishaps } }: Results): string[] {
  const count = mishaps["overflow"] ?? 0;
  return count === 0
    ? []
    : [`${count} messages dropped, as their node read too slowly or was paused too long`];
}

/** A machine that is too busy makes any node look slow. */
function busy({ "examiner-late-ms": lateMs }: Results): string[] {
  if (lateMs < LATE_TOLD_MS) return [];
  return [`the examiner itself came up to ${lateMs} ms late: latencies are that uncertain`];
}

/** Repetition has more than one source, so that a run may hold without one of them, and only be slower. */
function switchedOn({ intact }: JudgedRun): string[] {
  if (intact === undefined) return [];
  const latency = `true latency ${spread(intact["true-latencies"])}`;
  return [`${intact.valid ? "valid" : "not valid"}, ${messages(intact)[0]}`, latency];
}

/** Only values have latencies. */
function stable({ other, workload }: Results): string[] {
  return other === undefined ? [`${spread(workload["stable-latencies"])} (as Maelstrom counts it)`] : [];
}

function trueLatency(results: Results): string[] {
  if (results.other !== undefined) return [];
  return [`${spread(results["true-latencies"])} (from a broadcast to the last node${observed(results)})`];
}

/** How values fare that are broadcast while a cut is on: nodes in reach need not wait for the heal. */
function cuts({ "during-cuts": found }: Results): string[] {
  const {
    "reachable-count": count,
    "never-reachable-count": never,
    "disturbed-count": disturbed,
    reachable,
  } = found;
  if (count === 0) return [];
  const missed = never === 0 ? "" : `, ${never} of them never`;
  const apart = disturbed === 0 ? "" : `; ${disturbed} more were disturbed by another fault`;
  return [`${count} values to every node in reach${missed}: ${spread(reachable)}${apart}`];
}

function heals(results: Results): string[] {
  return shortened(
    results["everywhere-after-heal-ms"].map(({ "at-ms": atMs, fault, ms, disturbed }) => {
      const despite = disturbed ? ", another fault being on meanwhile" : "";
      const took = ms === null
        ? "never was everything everywhere"
        : `everything was everywhere ${milliseconds(ms)} ms later`;
      return `${(atMs / 1000).toFixed(1).padStart(5)} s  end of ${fault}: ${took}${despite}`;
    }),
    EVENTS_SHOWN_MAX,
  );
}

function judged({ bound, value, met }: Judgement, paint: Paint): string {
  const [name, unit] = figureNames[bound.figure];
  const is = `${name} ${figureWithUnit(bound.figure, value)}, at target ${boundText(bound)}${unit}`;
  return `${is}: ${met ? paint.good("met") : paint.bad("missed")}`;
}

function spread(latencies: Quantiles | null | undefined): string {
  if (latencies === null || latencies === undefined) return "none: no value got so far";
  const { "0.5": median, "0.95": most, "0.99": nearlyAll, "1": max } = latencies;
  const [m, p95, p99, x] = [median, most, nearlyAll, max].map(milliseconds);
  return `median ${m}, 95 % ${p95}, 99 % ${p99}, maximum ${x} ms`;
}

/** Where nodes can only be looked at from outside, a true time comes late by up to the gap between two looks. */
function observed({ "observed-every-ms": everyMs, watched }: Results): string {
  if (watched) return ", and the way to the examiner";
  return everyMs === 0 ? "" : `; seen up to ${milliseconds(everyMs)} ms late`;
}

function row(label: string, lines: readonly string[]): string[] {
  return lines.map((line, i) => `  ${(i === 0 ? label : "").padEnd(16)}  ${line}`);
}

function shortened(lines: readonly string[], most: number): string[] {
  return lines.length <= most ? [...lines] : [...lines.slice(0, most), `… and ${lines.length - most} more`];
}
