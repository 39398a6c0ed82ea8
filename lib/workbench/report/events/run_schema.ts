/** The schemas of what stands around the events of a run: what was run, by which settings, and what came of it. */
import Type from "typebox";
import { examinedWorkloads } from "../../workloads/names.ts";
import type { Settings } from "../../settings.ts";
import type { Results } from "../../verdict/results.ts";

const Strings = Type.Array(Type.String());
const Count = Type.Integer({ minimum: 0 });
const Values = Type.Array(Type.Unknown());

const LimitSchema = Type.Object({
  name: Type.String(),
  unit: Type.String(),
  most: Type.Number(),
  value: Type.Optional(Type.Number()),
  of: Type.Optional(Type.Enum(["stable-median", "stable-max", "true-max", "messages-per-op"])),
});

export const AboutSchema = Type.Object({
  world: Type.Enum(["sim", "test", "cluster"]),
  headline: Type.String(),
  verdict: Type.String(),
  passed: Type.Boolean(),
  reasons: Strings,
  nodes: Strings,
  command: Type.Optional(Type.String()),
  limits: Type.Array(LimitSchema),
});

/** Only what every examination has is demanded; all else is let through, as later versions have more of it. */
export const SettingsSchema = Type.Unsafe<Settings>(Type.Object({
  nodeCount: Count,
  spares: Type.Optional(Count),
  rate: Type.Number(),
  readShare: Type.Optional(Type.Number()),
  timeLimitS: Type.Number(),
  latencyMs: Type.Number(),
  latencyDist: Type.String(),
  bandwidthBps: Type.Optional(Type.Number()),
  topology: Type.String(),
  nemesis: Strings,
  nemesisIntervalS: Type.Number(),
  grudge: Type.Optional(Type.String()),
  cutsS: Type.Optional(Type.Array(Type.Number())),
  outagesS: Type.Optional(Type.Array(Type.Number())),
  lossShare: Type.Number(),
  duplicateShare: Type.Number(),
  durable: Type.Optional(Type.Boolean()),
  recoveryS: Type.Number(),
  startUpMs: Type.Optional(Type.Number()),
  seed: Type.Number(),
  protocol: Type.Optional(Type.String()),
  retain: Type.Optional(Type.Array(Type.Object({ pattern: Type.String() }))),
  /** What was judged decides what is told of. */
  workload: Type.Optional(Type.Enum([...examinedWorkloads])),
}));

const Quantiles = Type.Union([
  Type.Null(),
  Type.Object({
    "0": Type.Number(),
    "0.5": Type.Number(),
    "0.95": Type.Number(),
    "0.99": Type.Number(),
    "1": Type.Number(),
  }),
]);

const Counts = { count: Count, "ok-count": Count, "fail-count": Count, "info-count": Count };
const Flow = { "send-count": Count, "recv-count": Count, "msg-count": Count };
const FlowPerOp = Type.Object({ ...Flow, "msgs-per-op": Type.Number() });
const AtMs = { "at-ms": Type.Number() };

const NetSchema = Type.Object({
  all: FlowPerOp,
  clients: Type.Object(Flow),
  servers: FlowPerOp,
  "msgs-per-value": Type.Number(),
  bytes: Type.Optional(
    Type.Object({ sent: Type.Number(), received: Type.Number(), "per-value": Type.Number() }),
  ),
  undercounted: Type.Optional(Strings),
  "servers-by-type": Type.Record(Type.String(), FlowPerOp),
  mishaps: Type.Record(Type.String(), Count),
  observer: Type.Object(Flow),
  "late-replies": Count,
});

const Moment = Type.Object({ ...AtMs, node: Type.String() });
const StaleSchema = Type.Object({ "stable-latency": Type.Number(), known: Moment, "last-absent": Moment });

const WorkloadSchema = Type.Object({
  valid: Type.Union([Type.Boolean(), Type.Literal("unknown")]),
  ...{ "attempt-count": Count, "acknowledged-count": Count, "stable-count": Count },
  ...{ "stale-count": Count, stale: Values, "worst-stale": Type.Array(StaleSchema) },
  ...{ "lost-count": Count, lost: Values, "never-read-count": Count, "never-read": Values },
  ...{ "duplicated-count": Count, duplicated: Values, "phantom-count": Count, phantom: Values },
  ...{ "stable-latencies": Quantiles, "lost-latencies": Quantiles },
  ...{ "partial-count": Count, partial: Type.Array(Type.Object({ nodes: Strings })) },
  ...{ "not-in-final-read-count": Count, "not-in-final-read": Values },
  ...{ "no-final-read": Strings, unanswered: Strings, disagreeing: Strings },
  ...{ "at-risk-count": Count, "forgiven-count": Count, forgiven: Values },
  ...{ "rolled-back-count": Count, "rolled-back": Values, "violation-count": Count },
  membership: Type.Optional(Type.Object({
    ...{ changes: Type.Record(Type.String(), Count), members: Strings, "gone-count": Count, gone: Values },
    "agreed-ms": Type.Union([Type.Number(), Type.Null()]),
  })),
  retention: Type.Optional(Type.Object({
    ...{ "expired-count": Count, expired: Values, "dropped-early-count": Count, "dropped-early": Values },
    ...{ "resurrected-count": Count, resurrected: Values },
  })),
  violations: Type.Array(
    Type.Object({ node: Type.String(), kind: Type.String(), reason: Type.String(), ...AtMs }),
  ),
});

/** Likewise; what is read of it is demanded in full. */
export const ResultsSchema = Type.Unsafe<Results>(Type.Object({
  valid: Type.Boolean(),
  failures: Strings,
  unusual: Type.Optional(Type.Array(Type.Object({ what: Type.String(), count: Count, nodes: Strings }))),
  stats: Type.Object({
    ...Counts,
    valid: Type.Boolean(),
    "by-f": Type.Object({ broadcast: Type.Object(Counts), read: Type.Object(Counts) }),
  }),
  availability: Type.Object({ valid: Type.Boolean(), "ok-fraction": Type.Number() }),
  net: NetSchema,
  workload: WorkloadSchema,
  "true-latencies": Quantiles,
  "observed-every-ms": Type.Number(),
  watched: Type.Optional(Type.Literal(true)),
  "everywhere-after-heal-ms": Type.Array(
    Type.Object({
      ...AtMs,
      fault: Type.String(),
      ms: Type.Union([Type.Number(), Type.Null()]),
      disturbed: Type.Boolean(),
    }),
  ),
  "during-cuts": Type.Object({
    count: Count,
    "acknowledged-by": Type.Record(Type.String(), Count),
    everywhere: Quantiles,
    reachable: Quantiles,
    ...{ "reachable-count": Count, "never-reachable-count": Count, "disturbed-count": Count },
  }),
  nemesis: Type.Array(
    Type.Object({ ...AtMs, fault: Type.String(), what: Type.String(), detail: Type.String() }),
  ),
  settings: SettingsSchema,
  seed: Type.Number(),
  "time-ms": Type.Number(),
  "examiner-late-ms": Type.Number(),
}));
