/** The results of a run of which nobody knows how it ended. */
import type { Settings } from "../../settings.ts";
import { Roster } from "../../membership/roster.ts";
import { EvidenceCollector } from "../../verdict/collector.ts";
import { conclude, type Results } from "../../verdict/results.ts";
import { workloadOf } from "../../workloads/workloads.ts";
import { Traffic } from "../../world/traffic.ts";

/** As of an examination that could not begin: everything is empty, and one sentence says why. */
export function unjudged(settings: Settings, why: string): Results {
  const now = () => 0;
  const nothing = { nodes: [], now, elapsed: now, grudge: () => new Map<string, ReadonlySet<string>>() };
  const collector = new EvidenceCollector({
    ...nothing,
    roster: new Roster([]),
    workload: workloadOf(settings),
    seesInside: true,
    durable: false,
    retain: [],
    topic: "",
    recorder: undefined,
  });
  return conclude({
    evidence: collector.evidence(new Map(), []),
    history: collector.history,
    traffic: new Traffic(),
    wire: undefined,
    lateReplies: 0,
    unusual: [],
    propagation: collector.propagation,
    observedEveryMs: 0,
    nemesis: [],
    workload: workloadOf(settings),
    settings,
    timeMs: 0,
    lateMs: 0,
    setupFailures: [why],
    examinerFailures: [],
  });
}
