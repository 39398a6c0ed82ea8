/** Says an examination in words, and as the command that runs it again. */
import type { Mechanism } from "../../core/node.ts";
import { scriptOf } from "../../workbench/script/parse_script.ts";
import {
  defaults,
  type Fault,
  isDurable,
  nodeIds,
  type ProtocolName,
  protocolNames,
  type Settings,
} from "../../workbench/settings.ts";
import { clusterText, NODE_PORT } from "../../workbench/lab/hosts.ts";
import { addressText } from "../../../transports/address.ts";
import { retainText } from "../config/retain.ts";
import { baseOf } from "../config/exam/script.ts";
import type { RunningCluster } from "../config/cut.ts";
import type { Exam } from "../config/exam/exam.ts";
import type { TestConfig } from "../config/exam/real.ts";
import { shellWord } from "../../workbench/shell_word.ts";

const faultWords: Readonly<Record<Fault, (settings: Settings) => string>> = {
  partition: ({ grudge, cutsS }) => {
    const lengths = cutsS === undefined ? "" : ` of ${cutsS.join(", ")} s`;
    return `partitions${lengths}${grudge === undefined ? "" : ` (${grudge})`}`;
  },
  kill: ({ outagesS }) => `kills${outagesS === undefined ? "" : ` for ${outagesS.join(", ")} s`}`,
  pause: () => "pauses",
  rollback: () => "rollbacks",
  disk: () => "failing disks",
  stall: () => "stalls",
  membership: () => "members",
  loss: ({ lossShare }) => `${percent(lossShare)} loss`,
  duplicate: ({ duplicateShare }) => `${percent(duplicateShare)} duplicates`,
};

/** "5 nodes, 10 operations a second for 20 s, no latency, partitions come and go"; a real network has its own latency. */
export function describeSettings(settings: Settings, onRealNetwork = false): string {
  const { nodeCount, latencyMs, latencyDist, bandwidthBps, retain } = settings;
  const spread = latencyDist === "constant" ? "" : ` (${latencyDist})`;
  return [
    `${nodeCount === 1 ? "1 node" : `${nodeCount} nodes`}${isDurable(settings) ? " with logs" : ""}`,
    describeLoad(settings),
    ...retain === undefined ? [] : [`what is kept is ${retainText(retain)}`],
    ...onRealNetwork ? [] : [latencyMs === 0 ? "no latency" : `${latencyMs} ms latency${spread}`],
    ...bandwidthBps === undefined ? [] : [`${bandwidthBps / 1_000} kbit/s a link`],
    ...settings.script !== undefined && settings.nemesis.length === 0 ? [] : [describeFaults(settings)],
  ].join(", ");
}

function describeLoad({ rate, timeLimitS, script, nodeCount }: Settings): string {
  const atRandom = `${rate} operations a second`;
  if (script === undefined) return `${atRandom} for ${timeLimitS} s`;
  const { length } = scriptOf(script, nodeIds(nodeCount));
  const scripted = `a script of ${length === 1 ? "1 action" : `${length} actions`}`;
  return `${rate === 0 ? scripted : `${atRandom} beside ${scripted}`} in ${timeLimitS} s`;
}

function describeFaults(settings: Settings): string {
  const passing = settings.nemesis.filter((fault) => !isSteady(fault)).map((fault) =>
    faultWords[fault](settings)
  );
  const steady = settings.nemesis.filter(isSteady).map((fault) => faultWords[fault](settings));
  if (passing.length + steady.length === 0) return "no faults";
  const comeAndGo = passing.length === 0 ? [] : [`${passing.join(" and ")} come and go`];
  return [...comeAndGo, ...steady].join(", ");
}

/** On from the beginning to the end of the load. */
function isSteady(fault: Fault): boolean {
  return fault === "loss" || fault === "duplicate";
}

/** The flags that make this simulation again, to be pasted into a shell. */
export function replayCommand(exam: Exam, seed: number, without: readonly Mechanism[]): string {
  const flags = [
    ...examFlags(exam),
    ...without.length === 0 ? [] : ["--without", without.join(",")],
  ];
  return ["hearsay sim --seed", seed, ...flags.map(shellWord)].join(" ");
}

/** The same of a comparison of all protocols, or of those that are named. */
export function compareCommand(exam: Exam, protocols: readonly ProtocolName[], seeds: number): string {
  const isWhole = protocols.length === protocolNames.length;
  const flags = [...examFlags(exam), ...isWhole ? [] : ["--protocols", protocols.join(",")]];
  return ["hearsay compare --seed", exam.settings.seed, "--seeds", seeds, ...flags.map(shellWord)].join(" ");
}

/** The same of an examination in real time, of which no two are alike. */
export function repeatCommand(
  exam: Exam,
  { bin, args, running }: Pick<TestConfig, "bin" | "args" | "running">,
): string {
  const { settings } = exam;
  const within = running !== undefined && listOf(running.cluster) === clusterText(NODE_PORT)
    ? "lab test"
    : "test";
  const flags = running === undefined
    ? [
      ...examFlags(exam),
      ...bin === undefined ? [] : ["--bin", bin],
      ...args.length > 0 ? ["--", ...args] : [],
    ]
    // The list of nodes counts them.
    : [
      ...within === "test" ? clusterFlags(running, settings) : [],
      ...settingFlags({ settings: { ...settings, nodeCount: defaults.nodeCount } }),
    ];
  return [`hearsay ${within} --seed`, settings.seed, ...flags.map(shellWord)].join(" ");
}

function clusterFlags({ cluster, sidecars }: RunningCluster, { nemesis }: Settings): string[] {
  return ["--cluster", listOf(cluster), ...nemesis.length === 0 ? [] : ["--sidecars", listOf(sidecars)]];
}

function listOf(places: RunningCluster["cluster"]): string {
  return [...places].map(([id, address]) => `${id}=${addressText(address)}`).join(",");
}

function examFlags(exam: Exam): string[] {
  return [
    ...exam.challenge === undefined ? [] : ["--challenge", exam.challenge.name],
    ...settingFlags(exam),
    ...exam.settings.durable ? ["--data"] : [],
    ...exam.deliveryBudgetMs === exam.challenge?.deliveryBudgetMs ? [] : budgetFlags(exam),
  ];
}

/** Only what differs from the defaults, or from what the challenge sets anyway. */
function settingFlags({ settings, challenge }: Exam): string[] {
  const script = settings.script && scriptOf(settings.script, nodeIds(settings.nodeCount));
  const base = baseOf(challenge, script || undefined);
  const plain = [
    ["--protocol", settings.protocol, undefined],
    ["--workload", settings.workload, undefined],
    ["--node-count", settings.nodeCount, base.nodeCount],
    ["--rate", settings.rate, base.rate],
    ["--time-limit", settings.timeLimitS, base.timeLimitS],
    ["--latency", settings.latencyMs, base.latencyMs],
    ["--latency-dist", settings.latencyDist, base.latencyDist],
    ["--bandwidth", settings.bandwidthBps, base.bandwidthBps],
    ["--topology", settings.topology, base.topology],
    ["--nemesis", settings.nemesis.join(","), base.nemesis.join(",")],
    ["--nemesis-interval", settings.nemesisIntervalS, base.nemesisIntervalS],
    ["--grudge", settings.grudge, base.grudge],
    ["--cuts", settings.cutsS?.join(","), base.cutsS?.join(",")],
    ["--outages", settings.outagesS?.join(","), base.outagesS?.join(",")],
    ["--loss", settings.lossShare, base.lossShare],
    ["--duplicate", settings.duplicateShare, base.duplicateShare],
    ["--retain", settings.retain && retainText(settings.retain), undefined],
    ["--script", settings.script, undefined],
    ["--recovery", settings.recoveryS, base.recoveryS],
    ["--spares", settings.spares, undefined],
    ["--start-up", settings.startUpMs, base.startUpMs],
  ] as const;
  return plain.flatMap(([flag, value, usual]) =>
    value === undefined || value === usual ? [] : [flag, String(value)]
  );
}

function budgetFlags({ deliveryBudgetMs }: Exam): string[] {
  return deliveryBudgetMs === undefined ? [] : ["--delivery-budget", String(deliveryBudgetMs)];
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
