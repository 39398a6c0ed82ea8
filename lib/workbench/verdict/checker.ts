/** Doubts everything that was recorded: judges each value, and counts what is wrong. */
import type { Json } from "../../core/message.ts";
import type { FinalReads } from "../load/final_reads.ts";
import type { Retention } from "./retention.ts";
import type { Element, Outcome, SetFull } from "./set_full.ts";
import { outcome } from "./set_full.ts";
import { quantiles } from "./quantiles.ts";
import { compareValues } from "./values.ts";
import type { Findings } from "../workloads/workload.ts";
import { sentences } from "./sentences.ts";
import type { Violation } from "./violations.ts";
import type {
  MembershipFindings,
  RetentionResults,
  StaleElement,
  WorkloadResults,
} from "./workload_results.ts";

/** Stale values that are described one by one. Jepsen's. */
const WORST_STALE_MAX = 8;

export interface Evidence {
  readonly nodes: readonly string[];
  readonly setFull: SetFull;
  readonly finalReads: FinalReads;
  /** Whether a node lost its memory at or after a moment (ms since the main phase began). */
  readonly memoryLostSince: (node: string, at: number) => boolean;
  /** Whether no node held a value any more, as some had been rolled back. */
  readonly rolledBack: (value: Json) => boolean;
  /** Whether no member held a value any more, as others were removed or lost their memory. */
  readonly goneWithMembers?: (value: Json) => boolean;
  /** What was found about members, a sentence each; only where they come and go. */
  readonly membership?: MembershipFindings;
  /** By node, the digest of its values by its own word, where it says one. */
  readonly digests: ReadonlyMap<string, string>;
  /** Nodes that stopped answering. */
  readonly unanswered: readonly string[];
  readonly violations: readonly Violation[];
  readonly violationCount: number;
  /** Of a workload that is no set of values. */
  readonly findings?: Findings;
  /** Where nodes keep values for a while only. */
  readonly retention?: Pick<Retention, "mayBeGone" | "early" | "resurrected">;
}

export interface Verdict {
  readonly workload: WorkloadResults;
  readonly other?: Findings["results"];
  readonly failures: readonly string[];
}

interface Judged {
  readonly element: Element;
  readonly outcome: Outcome;
  /** Nodes whose final read has it not, and should, if there is one that has it. */
  readonly lacking: readonly string[];
  /** Some final read has it not, and need not have it any more; all others have it, or need not have it either. */
  readonly expired: boolean;
  readonly absentEverywhere: boolean;
  /** The node that took it lost its memory since. */
  readonly atRisk: boolean;
  readonly forgiven: boolean;
  /** Gone with a rollback, and from everywhere. */
  readonly rolledBack: boolean;
  /** Gone with members that were removed or had it in memory alone, and from everywhere. */
  readonly goneWithMembers: boolean;
}

export function check(evidence: Evidence): Verdict {
  const judged = evidence.setFull.elements.map((element) => judge(element, evidence));
  const findings = find(judged, evidence);
  const other = evidence.findings;
  const failures = [
    ...sentences(findings, evidence.finalReads.refusal),
    ...evidence.membership?.failures ?? [],
    ...other?.failures ?? [],
  ];
  const known = other !== undefined || findings["stable-count"] > 0 ? true : "unknown";
  return {
    workload: { ...findings, valid: failures.length > 0 ? false : known },
    ...other && { other: other.results },
    failures,
  };
}

function judge(
  element: Element,
  { finalReads, memoryLostSince, rolledBack, goneWithMembers, retention }: Evidence,
): Judged {
  const absent = finalReads.lacking(element.value);
  const lacking = absent.filter((node) => retention?.mayBeGone(element.value, node) !== true);
  const absentEverywhere = absent.length === finalReads.count;
  const isGone = absentEverywhere && finalReads.count > 0;
  const { node, time } = element.acked ?? element.added;
  const atRisk = memoryLostSince(node, time);
  return {
    element,
    outcome: outcome(element),
    lacking,
    expired: absent.length > 0 && lacking.length === 0,
    absentEverywhere,
    atRisk,
    forgiven: atRisk && isGone,
    rolledBack: !atRisk && isGone && rolledBack(element.value),
    goneWithMembers: !atRisk && isGone && goneWithMembers?.(element.value) === true,
  };
}

function find(judged: readonly Judged[], evidence: Evidence): WorkloadResults {
  const { setFull, finalReads, violations } = evidence;
  const stable = judged.filter((it) => it.outcome.kind === "stable");
  const stale = stable.filter((it) => latencyOf(it) > 0);
  const lost = judged.filter((it) => it.outcome.kind === "lost" && !isExcused(it));
  const neverRead = judged.filter((it) => it.outcome.kind === "never-read");
  const acked = judged.filter((it) => it.element.acked !== undefined);
  const partial = judged.filter((it) => it.lacking.length > 0 && !it.absentEverywhere);
  const notInFinal = acked.filter((it) => it.lacking.length > 0 && !isExcused(it));
  const known = judged.filter((it) => it.element.known !== undefined);
  const forgiven = known.filter((it) => it.forgiven);
  const rolledBack = known.filter((it) => it.rolledBack);
  const gone = known.filter((it) => it.goneWithMembers);
  return {
    valid: "unknown",
    "attempt-count": judged.length,
    "acknowledged-count": acked.length,
    "stable-count": stable.length,
    "stale-count": stale.length,
    stale: values(stale),
    "worst-stale": worstStale(stale),
    "lost-count": lost.length,
    lost: values(lost),
    "never-read-count": neverRead.length,
    "never-read": values(neverRead),
    "duplicated-count": setFull.duplicated.length,
    duplicated: setFull.duplicated,
    "stable-latencies": quantiles(stable.map(latencyOf)) ?? null,
    "lost-latencies": quantiles(lost.map(latencyOf)) ?? null,
    "phantom-count": setFull.phantoms.length,
    phantom: setFull.phantoms,
    "partial-count": partial.length,
    partial: partial.map(({ element, lacking }) => ({ element: element.value, nodes: lacking })),
    "not-in-final-read-count": notInFinal.length,
    "not-in-final-read": values(notInFinal),
    "no-final-read": finalReads.missing,
    unanswered: evidence.unanswered,
    "at-risk-count": acked.filter((it) => it.atRisk).length,
    "forgiven-count": forgiven.length,
    forgiven: values(forgiven),
    "rolled-back-count": rolledBack.length,
    "rolled-back": values(rolledBack),
    ...evidence.membership && {
      membership: { ...evidence.membership.results, "gone-count": gone.length, gone: values(gone) },
    },
    disagreeing: finalReads.disagreeing(evidence.digests),
    ...evidence.retention && { retention: retentionOf(known, evidence.retention) },
    "violation-count": evidence.violationCount,
    violations,
  };
}

function retentionOf(
  known: readonly Judged[],
  { early, resurrected }: Pick<Retention, "early" | "resurrected">,
): RetentionResults {
  const expired = known.filter((it) => it.expired);
  return {
    ...{ "expired-count": expired.length, expired: values(expired) },
    ...{ "dropped-early-count": early.length, "dropped-early": early },
    ...{ "resurrected-count": resurrected.length, resurrected },
  };
}

function isExcused({ forgiven, rolledBack, goneWithMembers, expired }: Judged): boolean {
  return forgiven || rolledBack || goneWithMembers || expired;
}

function latencyOf({ outcome }: Judged): number {
  return outcome.kind === "never-read" ? 0 : outcome.latencyMs;
}

function values(judged: readonly Judged[]): Json[] {
  return judged.map(({ element }) => element.value).sort(compareValues);
}

function worstStale(stale: readonly Judged[]): StaleElement[] {
  const worst = stale.toSorted((a, b) => latencyOf(b) - latencyOf(a)).slice(0, WORST_STALE_MAX);
  return worst.flatMap((it) => {
    const { value, known, lastAbsent } = it.element;
    if (known === undefined || lastAbsent === undefined) return [];
    return [{
      element: value,
      "stable-latency": latencyOf(it),
      known: { "at-ms": Math.round(known.time), node: known.node },
      "last-absent": { "at-ms": Math.round(lastAbsent.time), node: lastAbsent.node },
    }];
  });
}
