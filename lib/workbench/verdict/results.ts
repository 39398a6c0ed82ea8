/** The results of an examination: one JSON object that nests as Maelstrom's result map does, with our own findings beside. */
import { accusations, check, type Evidence, type WorkloadResults } from "./checker.ts";
import type { Counts, History } from "./history.ts";
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
  readonly "by-f": { readonly broadcast: Counts; readonly read: Counts };
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
  const { workload, failures: found } = check(evidence);
  const stats = statsOf(history);
  const begun = findings.setupFailures.length === 0;
  const whole = [...found, ...findings.examinerFailures, ...tooLittle(stats, workload)];
  const failures = begun ? whole : setupFailuresOf(findings);
  return {
    valid: failures.length === 0,
    failures,
    ...findings.unusual.length > 0 && { unusual: findings.unusual },
    stats,
    availability: { valid: true, "ok-fraction": share(stats["ok-count"], stats.count) },
    net: netOf(findings),
    workload: begun ? workload : { ...workload, valid: false },
    "true-latencies": propagation.trueLatencies,
    "observed-every-ms": findings.observedEveryMs,
    ...findings.wire && { watched: true },
    "everywhere-after-heal-ms": propagation.healTimes([...workload.forgiven, ...workload["rolled-back"]]),
    "during-cuts": propagation.duringCuts,
    nemesis: findings.nemesis,
    settings,
    seed: settings.seed,
    "time-ms": Math.round(findings.timeMs),
    "examiner-late-ms": Math.round(findings.lateMs),
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
function tooLittle(stats: StatsResults, workload: WorkloadResults): string[] {
  const failures: string[] = [];
  for (const f of ["broadcast", "read"] as const) {
    if (stats["by-f"][f]["ok-count"] === 0) failures.push(`Nothing proven: no ${f} succeeded.`);
  }
  if (failures.length === 0 && workload.valid === "unknown") {
    failures.push("Nothing proven: no value became stable.");
  }
  return failures;
}

function statsOf(history: History): StatsResults {
  const [broadcast, read] = [history.counts("broadcast"), history.counts("read")];
  return {
    valid: broadcast["ok-count"] > 0 && read["ok-count"] > 0,
    count: broadcast.count + read.count,
    "ok-count": broadcast["ok-count"] + read["ok-count"],
    "fail-count": broadcast["fail-count"] + read["fail-count"],
    "info-count": broadcast["info-count"] + read["info-count"],
    "by-f": { broadcast, read },
  };
}

function netOf({ traffic, wire, history, lateReplies }: Findings): NetResults {
  const { clients, servers, observer } = traffic;
  const ops = history.invocations;
  const { count, "fail-count": refused } = history.counts("broadcast");
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
