/** The results of an examination: one JSON object that nests as Maelstrom's result map does, with our own findings beside. */
import { check, type Evidence } from "./checker.ts";
import { accusations } from "./sentences.ts";
import type { WorkloadResults } from "./workload_results.ts";
import type { Counts, F, History } from "./history.ts";
import {
  type Findings as OtherFindings,
  neededOf,
  operationsOf,
  type WorkloadDefinition,
} from "../workloads/workload.ts";
import { workloadOf } from "../workloads/workloads.ts";
import type { Wire } from "../world/running/counter_totals.ts";
import type { Load } from "../world/loads.ts";
import type { NemesisEvent } from "../faults/nemesis.ts";
import type { Unusual } from "./oddities.ts";
import type { Quantiles } from "./quantiles.ts";
import type { Settings } from "../settings.ts";
import type { DuringCuts, HealTime, Propagation } from "./propagation.ts";
import type { Flow, Traffic } from "../world/traffic.ts";

export interface FlowResults {
  readonly "send-count": number;
  readonly "recv-count": number;
  /** Distinct messages sent; a copy that the network made is none. */
  readonly "msg-count": number;
}

export interface FlowPerOpResults extends FlowResults {
  /** Per client invocation, final reads included; 0 when there was none. */
  readonly "msgs-per-op": number;
}

/** On the links between nodes, as they count themselves. */
export interface BytesResults {
  readonly sent: number;
  readonly received: number;
  /** Sent, per value as above. */
  readonly "per-value": number;
}

export interface NetResults {
  readonly all: FlowPerOpResults;
  readonly clients: FlowResults;
  readonly servers: FlowPerOpResults;
  /** Messages sent between nodes, per value broadcast and not refused; 0 when there was none. */
  readonly "msgs-per-value": number;
  /** Only of nodes that run elsewhere, on a real network. */
  readonly bytes?: BytesResults;
  /** Nodes that count themselves and of which something was not counted: what is said of servers are lower bounds. */
  readonly undercounted?: readonly string[];
  readonly "servers-by-type": Readonly<Record<string, FlowPerOpResults>>;
  /** Between nodes, from the first operation on; only where it was asked for. */
  readonly "by-node"?: Readonly<Record<string, Load>>;
  /** Messages that did not arrive, by reason, and copies that the network made. */
  readonly mishaps: Readonly<Record<string, number>>;
  /** Messages of read samplers and status pollers; they are in none of the counts above. */
  readonly observer: FlowResults;
  /** Replies that came after their client had given up. */
  readonly "late-replies": number;
}

export interface StatsResults extends Counts {
  /** Whether operations of each kind succeeded at all. */
  readonly valid: boolean;
  /** In JSON only those that the workload has. */
  readonly "by-f":
    & { readonly broadcast: Counts; readonly read: Counts }
    & Readonly<Partial<Record<F, Counts>>>;
}

export interface Results {
  readonly valid: boolean;
  /** One plain sentence for each reason why not. */
  readonly failures: readonly string[];
  /** Unusual acts of nodes that Maelstrom tolerates; absent where there were none. */
  readonly unusual?: readonly Unusual[];
  readonly stats: StatsResults;
  readonly availability: { readonly valid: boolean; readonly "ok-fraction": number };
  readonly net: NetResults;
  readonly workload: WorkloadResults;
  /** Of a workload that is no set of values: in JSON it stands in the place of what `workload` says of values. */
  readonly other?: OtherFindings["results"];
  /** From a broadcast's invocation until the last node had it, ms; null if no value got so far. */
  readonly "true-latencies": Quantiles | null;
  /** How far apart two samples of one node were, ms: true times are late by up to that. 0: they are exact. */
  readonly "observed-every-ms": number;
  /** Values were seen as they came, but from outside: true times include the way to the examiner. */
  readonly watched?: true;
  readonly "everywhere-after-heal-ms": readonly HealTime[];
  readonly "during-cuts": DuringCuts;
  readonly nemesis: readonly NemesisEvent[];
  readonly settings: Settings;
  readonly seed: number;
  /** From the first `init` to the last final read. */
  readonly "time-ms": number;
  /** By how much the examiner itself was late at worst, ms; latencies are that uncertain. 0 in virtual time. */
  readonly "examiner-late-ms": number;
}

export interface Findings {
  readonly workload: WorkloadDefinition;
  readonly evidence: Evidence;
  readonly history: History;
  readonly traffic: Traffic;
  /** The traffic on the wire as nodes that run elsewhere count it themselves. */
  readonly wire: Wire | undefined;
  readonly lateReplies: number;
  readonly propagation: Propagation;
  readonly observedEveryMs: number;
  readonly nemesis: readonly NemesisEvent[];
  readonly settings: Settings;
  readonly timeMs: number;
  readonly lateMs: number;
  readonly unusual: readonly Unusual[];
  /** Why the examination could not even begin. */
  readonly setupFailures: readonly string[];
  /** Parts of the examination that the examiner could not carry out, a sentence each. */
  readonly examinerFailures: readonly string[];
}

export function conclude(findings: Findings): Results {
  const { evidence, history, propagation, settings } = findings;
  const { workload, other, failures: found } = check(evidence);
  const stats = statsOf(history, findings.workload);
  const begun = findings.setupFailures.length === 0;
  const whole = [...found, ...findings.examinerFailures, ...tooLittle(stats, workload, findings.workload)];
  const failures = begun ? whole : setupFailuresOf(findings);
  return {
    valid: failures.length === 0,
    failures,
    ...findings.unusual.length > 0 && { unusual: findings.unusual },
    stats,
    availability: { valid: true, "ok-fraction": share(stats["ok-count"], stats.count) },
    net: netOf(findings),
    workload: begun ? workload : { ...workload, valid: false },
    ...other && { other },
    "true-latencies": propagation.trueLatencies,
    "observed-every-ms": findings.observedEveryMs,
    ...findings.wire && { watched: true },
    "everywhere-after-heal-ms": findings.workload.ofValues
      ? propagation.healTimes([...workload.forgiven, ...workload["rolled-back"]])
      : [],
    "during-cuts": propagation.duringCuts,
    nemesis: findings.nemesis,
    settings,
    seed: settings.seed,
    "time-ms": Math.round(findings.timeMs),
    "examiner-late-ms": Math.round(findings.lateMs),
  };
}

/** What is printed as JSON: of each part what its workload has, named as in Maelstrom. */
export function asJson(results: Results): object {
  const { workload: name } = results.settings;
  if (name === undefined || name === "broadcast") return results;
  const { other, workload, stats, ...more } = results;
  const own = operationsOf(workloadOf(results.settings)).map((f) => [f, stats["by-f"][f]]);
  const counts = { ...stats, "by-f": Object.fromEntries(own) };
  if (other === undefined) return { ...more, stats: counts, workload };
  const {
    "true-latencies": _,
    "observed-every-ms": __,
    "everywhere-after-heal-ms": ___,
    "during-cuts": ____,
    ...rest
  } = more;
  const { kind: _____, ...found } = other;
  const { valid, unanswered, violations, "no-final-read": noFinalRead, "violation-count": count } = workload;
  return {
    ...rest,
    stats: counts,
    workload: {
      valid,
      ...found,
      ...{ "no-final-read": noFinalRead, unanswered, "violation-count": count, violations },
    },
  };
}

/** A crash explains a node that does not answer; whatever else it did need not. */
function setupFailuresOf({ evidence, setupFailures }: Findings): string[] {
  const { crashed = [], other = [] } = Object.groupBy(
    evidence.violations,
    ({ kind }) => kind === "crashed" ? "crashed" : "other",
  );
  return [...accusations(crashed), ...setupFailures, ...accusations(other)];
}

/** A test in which nothing happened proves nothing. */
function tooLittle(stats: StatsResults, workload: WorkloadResults, kind: WorkloadDefinition): string[] {
  const failures: string[] = [];
  for (const f of neededOf(kind)) {
    if (stats["by-f"][f]?.["ok-count"] === 0) failures.push(`Nothing proven: no ${f} succeeded.`);
  }
  if (failures.length === 0 && workload.valid === "unknown") {
    failures.push("Nothing proven: no value became stable.");
  }
  return failures;
}

function statsOf(history: History, workload: WorkloadDefinition): StatsResults {
  const own = operationsOf(workload).map((f) => [f, history.counts(f)] as const);
  const total = (count: keyof Counts) => own.reduce((sum, [, counts]) => sum + counts[count], 0);
  return {
    valid: neededOf(workload).every((f) => history.counts(f)["ok-count"] > 0),
    count: total("count"),
    "ok-count": total("ok-count"),
    "fail-count": total("fail-count"),
    "info-count": total("info-count"),
    "by-f": {
      broadcast: history.counts("broadcast"),
      read: history.counts("read"),
      ...Object.fromEntries(own),
    },
  };
}

function netOf({ workload, traffic, wire, history, lateReplies }: Findings): NetResults {
  const { clients, servers, observer } = traffic;
  const ops = history.invocations;
  const { count, "fail-count": refused } = history.counts(workload.main);
  const values = count - refused;
  const all: Flow = {
    "send-count": clients["send-count"] + servers["send-count"],
    "recv-count": clients["recv-count"] + servers["recv-count"],
  };
  return {
    all: perOp(all, ops),
    clients: flow(clients),
    servers: perOp(servers, ops),
    "msgs-per-value": share(servers["send-count"], values),
    ...wire && wireOf(wire, values),
    "servers-by-type": Object.fromEntries(traffic.byType.map(([type, count]) => [type, perOp(count, ops)])),
    ...traffic.loads && { "by-node": traffic.loads.byNode },
    mishaps: traffic.mishaps,
    observer: flow(observer),
    "late-replies": lateReplies,
  };
}

function wireOf(wire: Wire, values: number): Pick<NetResults, "bytes" | "undercounted"> {
  const { bytesSent: sent, bytesReceived: received, undercounted } = wire;
  return { bytes: { sent, received, "per-value": share(sent, values) }, undercounted };
}

function flow(count: Flow): FlowResults {
  return { ...count, "msg-count": count["send-count"] };
}

function perOp(count: Flow, ops: number): FlowPerOpResults {
  return { ...flow(count), "msgs-per-op": share(count["send-count"], ops) };
}

/** A ratio to six places, which is more than one run can tell. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round(part / whole * 1e6) / 1e6;
}
