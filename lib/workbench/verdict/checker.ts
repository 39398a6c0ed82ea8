/** Doubts everything that was recorded, and says in plain sentences what is wrong with it. */
import type { Json } from "../../core/message.ts";
import type { FinalReads } from "../load/final_reads.ts";
import { inOrder } from "./oddities.ts";
import type { Retention } from "./retention.ts";
import type { Element, Outcome, SetFull } from "./set_full.ts";
import { outcome } from "./set_full.ts";
import { type Quantiles, quantiles } from "./quantiles.ts";
import { quoted } from "./quote.ts";
import { compareValues } from "./values.ts";
import type { Change } from "../membership/operator.ts";
import type { Findings } from "../workloads/workload.ts";
import { REPORTS_MAX, type Violation, type ViolationKind } from "./violations.ts";

/** Stale values that are described one by one. Jepsen's. */
const WORST_STALE_MAX = 8;

/** Items that a sentence lists before it says how many more there are. */
const LISTED_MAX = 10;

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

export interface StaleElement {
  readonly element: Json;
  readonly "stable-latency": number;
  readonly known: { readonly "at-ms": number; readonly node: string };
  readonly "last-absent": { readonly "at-ms": number; readonly node: string };
}

export interface Missing {
  readonly element: Json;
  readonly nodes: readonly string[];
}

/** Maelstrom's `workload` results, then ours. */
export interface WorkloadResults {
  readonly valid: boolean | "unknown";
  readonly "attempt-count": number;
  readonly "acknowledged-count": number;
  readonly "stable-count": number;
  readonly "stale-count": number;
  readonly stale: readonly Json[];
  readonly "worst-stale": readonly StaleElement[];
  readonly "lost-count": number;
  readonly lost: readonly Json[];
  readonly "never-read-count": number;
  readonly "never-read": readonly Json[];
  readonly "duplicated-count": number;
  readonly duplicated: readonly Json[];
  readonly "stable-latencies": Quantiles | null;
  readonly "lost-latencies": Quantiles | null;
  readonly "phantom-count": number;
  readonly phantom: readonly Json[];
  /** Values that some final reads had and others had not: the nodes never agreed. */
  readonly "partial-count": number;
  readonly partial: readonly Missing[];
  /** Acknowledged values that a final read lacked and that are not forgiven. */
  readonly "not-in-final-read-count": number;
  readonly "not-in-final-read": readonly Json[];
  readonly "no-final-read": readonly string[];
  readonly unanswered: readonly string[];
  /** Acknowledged values whose node lost its memory afterwards: only these may be gone, and only from every node. */
  readonly "at-risk-count": number;
  readonly "forgiven-count": number;
  readonly forgiven: readonly Json[];
  /** Acknowledged or read values that were gone from everywhere with a rollback, and stayed so. */
  readonly "rolled-back-count": number;
  readonly "rolled-back": readonly Json[];
  /** Only where members come and go. */
  readonly membership?: MembershipResults;
  /** Nodes that hold other values by their own digest than were read in the first final read. */
  readonly disagreeing: readonly string[];
  /** Only where nodes keep values for a while only. */
  readonly retention?: RetentionResults;
  readonly "violation-count": number;
  readonly violations: readonly Violation[];
}

/** What was found about members that come and go. */
export interface MembershipFindings {
  readonly failures: readonly string[];
  readonly results: Omit<MembershipResults, "gone-count" | "gone">;
}

export interface MembershipResults {
  /** How many nodes have joined, left, been removed, been replaced by an empty one, and moved to another address. */
  readonly changes: Readonly<Record<Change, number>>;
  /** Members at the end. */
  readonly members: readonly string[];
  /** From the end of all faults until all members named the same ones, ms; null if they never did. */
  readonly "agreed-ms": number | null;
  /** Known values that members alone had that were removed, or had them in memory alone. */
  readonly "gone-count": number;
  readonly gone: readonly Json[];
}

export interface RetentionResults {
  /** Known values that some final read need not have any more, and has not. */
  readonly "expired-count": number;
  readonly expired: readonly Json[];
  /** Values that a node had and then had no more, though it had to keep them. */
  readonly "dropped-early-count": number;
  readonly "dropped-early": readonly Json[];
  /** Values that a node had, then had no more, and then had again. */
  readonly "resurrected-count": number;
  readonly resurrected: readonly Json[];
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

function sentences(found: WorkloadResults, refusal: string | undefined): string[] {
  // Misbehaviour comes first: a crash explains the reads that are missing.
  const all = accusations(found.violations);
  const say = (items: readonly unknown[], sentence: (list: string, some: string) => string): void => {
    const some = items.length === 1 ? "1 value" : `${items.length} values`;
    if (items.length > 0) all.push(sentence(list(items), some));
  };
  say(found.lost, (which, some) => `Lost: ${some} acknowledged or read once, and not read later: ${which}.`);
  say(found.duplicated, (which, some) => `Duplicated: ${some} came more than once in one read: ${which}.`);
  say(found.phantom, (which, some) => `Phantom: ${some} read that nobody broadcast: ${which}.`);
  say(
    found.retention?.["dropped-early"] ?? [],
    (which, some) => `Dropped early: ${some} gone from a node that had to keep it: ${which}.`,
  );
  say(
    found.retention?.resurrected ?? [],
    (which, some) => `Resurrected: ${some} read again at a node from which it was gone: ${which}.`,
  );
  say(
    found["not-in-final-read"],
    (which, some) => `Missing: ${some} acknowledged but not in every final read: ${which}.`,
  );
  const partial = found.partial.map(({ element, nodes }) =>
    `${JSON.stringify(element)} (not at ${nodes.join(" ")})`
  );
  say(partial, (which, some) => `Partial: ${some} reached some nodes but not others: ${which}.`);
  say(
    found.disagreeing,
    (which) => `Disagree: by their own digests these nodes hold other values than are read: ${which}.`,
  );
  const why = refusal === undefined ? "" : `; ${refusal}`;
  say(found["no-final-read"], (which) => `No final read: it failed at ${which}${why}.`);
  say(
    found.unanswered,
    (which) => `Unanswered: though undisturbed, these nodes stopped answering: ${which}.`,
  );
  return all;
}

const MUTE = "Maelstrom reads nothing that it prints from then on";

/** The rule that a violation breaks, where that does not go without saying. */
const rules: Partial<Readonly<Record<ViolationKind, string>>> = {
  "stray-line": "standard output is for messages only",
  "malformed-message": MUTE,
  "wrong-source": MUTE,
  "half-line": "a message ends with a newline, and is flushed",
};

/** One sentence for each kind of misbehaviour of a node; nodes that do the same share it. */
export function accusations(violations: readonly Violation[]): string[] {
  const charges = Map.groupBy(violations, ({ node, kind }) => `${node} ${kind}`);
  const alike = Map.groupBy(charges.values(), (charge) => {
    const [first] = charge;
    const often = charge.length >= REPORTS_MAX ? `${REPORTS_MAX} times or more` : `${charge.length} times`;
    const times = charge.length === 1 ? "" : ` (${often})`;
    const rule = first === undefined ? undefined : rules[first.kind];
    return `${first?.kind}${times}: ${first?.reason}${rule === undefined ? "" : ` (${rule})`}`;
  });
  return [...alike].map(([what, accused]) => {
    const nodes = accused.map((charge) => charge[0]?.node ?? "");
    return `Misbehaved: ${nodes.sort(inOrder).join(", ")}: ${what}`;
  });
}

function list(items: readonly unknown[]): string {
  const shown = items.slice(0, LISTED_MAX).map((item) =>
    quoted(typeof item === "string" ? item : JSON.stringify(item))
  );
  const more = items.length > LISTED_MAX ? ` and ${items.length - LISTED_MAX} more` : "";
  return shown.join(", ") + more;
}
