/** What an examination says of its values, as Maelstrom says it under `workload`, and what it adds to that. */
import type { Json } from "../../core/message.ts";
import type { Change } from "../membership/operator.ts";
import type { Quantiles } from "./quantiles.ts";
import type { Violation } from "./violations.ts";

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
