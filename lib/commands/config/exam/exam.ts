/** The settings of examinations, with units and limits, from flags and environment variables. */
import { mechanisms } from "../../../core/mechanisms.ts";
import { z } from "zod";
import type { Mechanism } from "../../../core/node.ts";
import { grudgeNames, parseGrudge } from "../../../workbench/faults/grudge.ts";
import {
  defaults,
  type Fault,
  faults,
  latencyDists,
  nodeIds,
  type Settings,
  topologyNames,
} from "../../../workbench/settings.ts";
import { START_MS_MAX, START_MS_PER_NODE } from "../../../workbench/world/start_up.ts";
import { baseOf, scriptFlag, scriptIn, scriptMistakes } from "./script.ts";
import { choice, decimal, list, parsedText, text, tied, toggle, whole } from "../../flags/schemas.ts";
import { complain, type Given } from "../../flags/flags.ts";
import { type Env, outcome, type Parsed, readFlags } from "../../flags/read_flags.ts";
import { CHOSEN, type Wanted } from "../../exam/wanted.ts";
import { FILE_RULE, junitFlag, wantedMistakes, wantedOf } from "./wanted.ts";
import { type Challenge, challengeNames, challenges } from "../../exam/targets.ts";
import { examinedFlag, workloadMistakes } from "./workload.ts";
import { protocolFlag, protocolMistakes } from "./protocol.ts";
import { retainFlag } from "../retain.ts";
import { SEED_MAX, seedsFlag, seedsMistakes } from "./seeds.ts";

export const NODE_COUNT_MAX = 10_000;
export const RATE_MAX = 100_000;
export const TIME_LIMIT_S_MAX = 86_400;
export const LATENCY_MS_MAX = 60_000;
export const BANDWIDTH_BPS_MIN = 1_000;
export const BANDWIDTH_BPS_MAX = 1_000_000_000_000;
export const NEMESIS_INTERVAL_S_MAX = 3_600;
export const RECOVERY_S_MAX = 3_600;
export const DELIVERY_BUDGET_MS_MAX = 3_600_000;
/** A node that starts later would not answer in time. */
export const START_UP_MS_MAX = 9_000;

/** One examination to run: its settings, and the challenge that judges it, if any. */
export interface Exam {
  readonly settings: Settings;
  readonly deliveryBudgetMs?: number;
  readonly challenge?: Challenge;
}

export interface SimConfig {
  readonly exams: readonly Exam[];
  readonly seeds: number;
  readonly without: readonly Mechanism[];
  readonly json: boolean;
  readonly wanted: Wanted;
}

export const grudgeRule = `one of ${
  grudgeNames.join(", ")
}, or the sides by name, as n0|rest or one way n0>rest, or links, as n0-n1`;

const LENGTHS_RULE = `a comma list of seconds from 0.1 to ${TIME_LIMIT_S_MAX}`;

const BANDWIDTH_RULE = "bits a second from 1k to 1000g, as 512k, 2m or 1.5g";

const S = defaults;
export const budget = () =>
  whole(1, DELIVERY_BUDGET_MS_MAX, "MS", "how long a value may take to reach every node (three round trips)");

/** A setting of a fault needs the fault, which a challenge may bring along, too. */
const needs = (value: Fault) => ({ requires: { flag: "nemesis", value } });
const lengths = (about: string) => parsedText(parseLengths, { value: "S,…", about, rule: LENGTHS_RULE });

export const nemesisAbout = "faults that come and go, beside those of the challenge (none)";

export const exam = z.object({
  "challenge": choice(
    [...challengeNames, "all"],
    "NAME",
    "set the flags of a challenge, and judge by its rules",
  ),
  "protocol": protocolFlag(),
  "node-count": whole(1, NODE_COUNT_MAX, "N", `how many nodes there are (${S.nodeCount})`),
  "rate": decimal(0.001, RATE_MAX, "HZ", `operations a second over all clients (${S.rate})`),
  "time-limit": decimal(0.1, TIME_LIMIT_S_MAX, "S", `seconds of load (${S.timeLimitS})`),
  "latency": decimal(0, LATENCY_MS_MAX, "MS", `mean one-way latency between nodes (${S.latencyMs})`),
  "latency-dist": choice(latencyDists, "DIST", `how latencies are distributed (${S.latencyDist})`),
  "bandwidth": parsedText(parseBandwidth, {
    value: "BITS",
    about: "how much a link between two nodes carries each way (any amount at once)",
    rule: BANDWIDTH_RULE,
  }),
  "topology": choice(
    topologyNames,
    "NAME",
    `the neighbours that nodes are advised to talk to (${S.topology})`,
  ),
  "nemesis": list(faults, "FAULTS", nemesisAbout),
  "nemesis-interval": decimal(
    0.1,
    NEMESIS_INTERVAL_S_MAX,
    "S",
    `mean seconds from fault to fault (${S.nemesisIntervalS})`,
  ),
  "grudge": tied(
    text("CUT", grudgeRule, "which nodes a partition cuts off from which (chance decides)"),
    needs("partition"),
  ),
  "cuts": tied(
    lengths("partitions of these lengths, with --nemesis-interval in between (chance decides)"),
    needs("partition"),
  ),
  "outages": tied(
    lengths("how long the nodes of each kill are away, likewise (chance decides)"),
    needs("kill"),
  ),
  "loss": tied(
    decimal(0, 1, "SHARE", `share of messages that the fault loss drops (${S.lossShare})`),
    needs("loss"),
  ),
  "duplicate": tied(
    decimal(0, 1, "SHARE", `share of messages that the fault duplicate doubles (${S.duplicateShare})`),
    needs("duplicate"),
  ),
  "retain": retainFlag("how long, and how much of it, nodes keep entries, as serve is told (forever)"),
  "script": scriptFlag(),
  "recovery": decimal(0, RECOVERY_S_MAX, "S", `seconds of rest before the final reads (${S.recoveryS})`),
  "seed": whole(0, SEED_MAX, "N", `the seed of all random choices (${S.seed})`),
  "delivery-budget": budget(),
  "workload": examinedFlag("what clients ask of the nodes, as in Maelstrom, or events or keys (broadcast)"),
  "json": toggle("print one JSON object and nothing else"),
  "log-net-send": toggle("log messages on standard error as they are sent into the network"),
  "log-net-recv": toggle("log messages on standard error as they are received"),
  "report": text("FILE", FILE_RULE, `write a page that shows the run; ${CHOSEN}`),
  "events": text("FILE", FILE_RULE, "write what happened in that run, an event a line, for hearsay report"),
  "junit": junitFlag(),
});

export const startUpFlag = () =>
  whole(
    0,
    START_UP_MS_MAX,
    "MS",
    `how long the nodes take to start, during which they are slow (${START_MS_PER_NODE} a node, at most ${START_MS_MAX})`,
  );

export const shapes = {
  sim: exam.extend({
    "seeds": seedsFlag(1),
    "start-up": startUpFlag(),
    "data": toggle(
      "nodes keep a log that outlives kills, as with serve --data; rollback and disk imply it, and no variable sets it",
      {
        variable: false,
      },
    ),
    "spares": tied(
      whole(
        0,
        NODE_COUNT_MAX,
        "N",
        "how many nodes may join beside those that there are at first (as many as these)",
      ),
      needs("membership"),
    ),
    "without": list(mechanisms, "NAMES", "switch mechanisms off, to see that they matter"),
  }),
};

export type ExamFlags = z.infer<typeof exam>;

export function parseSim(args: readonly string[], env: Env): Parsed<SimConfig> {
  const { flags, mistakes, given } = readFlags("sim", shapes.sim, args, env, { implied: challengeFaults });
  const exams = simulatedExamsOf(flags);
  const more = [...examMistakes("sim", flags, exams, given), ...seedsMistakes("sim", flags, given)];
  return outcome([
    ...mistakes,
    ...protocolMistakes("sim", flags, given),
    ...more,
    ...wantedMistakes("sim", flags, given),
  ], {
    exams,
    seeds: flags.seeds ?? 1,
    without: flags.without ?? [],
    json: flags.json ?? false,
    wanted: wantedOf(flags),
  });
}

/** The examinations of simulated nodes, of which more can be set. */
export function simulatedExamsOf(flags: Omit<z.infer<typeof shapes.sim>, "seeds">): Exam[] {
  const { "start-up": startUpMs, data, spares } = flags;
  const own = {
    ...startUpMs !== undefined && { startUpMs },
    ...spares !== undefined && { spares },
    ...data && { durable: true },
  };
  return examsOf(flags).map((exam): Exam => ({ ...exam, settings: { ...exam.settings, ...own } }));
}

export function examsOf(flags: ExamFlags): Exam[] {
  if (flags.challenge === undefined) return [examOf(flags, undefined)];
  const names = flags.challenge === "all" ? challengeNames : [flags.challenge];
  return names.map((name) => examOf(flags, challenges[name]));
}

/** The defaults, over them the challenge, over that what was given; faults add to those of the challenge. */
export function examOf(flags: ExamFlags, challenge: Challenge | undefined): Exam {
  const nodeCount = flags["node-count"] ?? challenge?.settings.nodeCount ?? defaults.nodeCount;
  const settings = settingsOf(flags, baseOf(challenge, scriptIn(flags.script, nodeCount)));
  // Of all protocols hearsay alone can be told of a budget.
  const ofChallenge = settings.protocol === undefined ? challenge?.deliveryBudgetMs : undefined;
  const deliveryBudgetMs = flags["delivery-budget"] ?? ofChallenge;
  return {
    settings,
    ...deliveryBudgetMs !== undefined && { deliveryBudgetMs },
    ...challenge && { challenge },
  };
}

export function settingsOf(flags: ExamFlags, base: Settings): Settings {
  const { protocol = base.protocol, workload = base.workload } = flags;
  return {
    ...protocol !== undefined && protocol !== "hearsay" && { protocol },
    ...workload !== undefined && workload !== "broadcast" && { workload },
    nodeCount: flags["node-count"] ?? base.nodeCount,
    rate: flags.rate ?? base.rate,
    timeLimitS: flags["time-limit"] ?? base.timeLimitS,
    latencyMs: flags.latency ?? base.latencyMs,
    latencyDist: flags["latency-dist"] ?? base.latencyDist,
    ...flags.bandwidth !== undefined && { bandwidthBps: flags.bandwidth },
    topology: flags.topology ?? base.topology,
    nemesis: [...new Set([...base.nemesis, ...flags.nemesis ?? []])],
    nemesisIntervalS: flags["nemesis-interval"] ?? base.nemesisIntervalS,
    ...flags.grudge !== undefined && { grudge: flags.grudge },
    ...flags.cuts !== undefined && { cutsS: flags.cuts },
    ...flags.outages !== undefined && { outagesS: flags.outages },
    lossShare: flags.loss ?? base.lossShare,
    duplicateShare: flags.duplicate ?? base.duplicateShare,
    ...flags.retain !== undefined && { retain: flags.retain },
    recoveryS: flags.recovery ?? base.recoveryS,
    ...base.script !== undefined && { script: base.script },
    seed: flags.seed ?? base.seed,
  };
}

/** The faults that a challenge brings along. */
export function challengeFaults(flags: ExamFlags): Readonly<Record<string, readonly string[]>> {
  return { nemesis: examsOf(flags).flatMap(({ settings }) => settings.nemesis) };
}

/** Mistakes in the cuts and the script of examinations of n0, n1, … */
export function examMistakes(
  command: string,
  flags: ExamFlags,
  exams: readonly Exam[],
  given: ReadonlyMap<string, Given>,
): string[] {
  const settings = exams.map((exam) => exam.settings);
  return [
    ...workloadMistakes(command, flags, given),
    ...cutMistakes(command, exams, given),
    ...scriptMistakes(command, flags.script, settings, given),
  ];
}

/** Mistakes in the cuts and outages of the examinations, of each kind the first one; `nodes` are n0, n1, … by default. */
export function cutMistakes(
  command: string,
  exams: readonly Exam[],
  given: ReadonlyMap<string, Given>,
  nodes?: readonly string[],
): string[] {
  const broken = (fault: Fault, ruleOf: (settings: Settings) => string | undefined) =>
    exams.map(({ settings }) => settings).filter(({ nemesis }) => nemesis.includes(fault)).map(ruleOf)
      .find((rule) => rule !== undefined);
  const grudge = broken("partition", (settings) => grudgeFault(settings, nodes));
  const cuts = broken("partition", (settings) => lengthsFault(settings.cutsS, settings));
  const outages = broken("kill", (settings) => lengthsFault(settings.outagesS, settings));
  return Object.entries({ grudge, cuts, outages }).flatMap((rule) => complain(command, given, ...rule));
}

/** The rule that the lengths break: a fault that is on when the load ends would be shorter than it was said to be. */
function lengthsFault(
  lengthsS: readonly number[] = [],
  { nemesisIntervalS, timeLimitS }: Settings,
): string | undefined {
  const tookS = lengthsS.reduce((sum, lengthS) => sum + lengthS, (lengthsS.length - 1) * nemesisIntervalS);
  return tookS <= timeLimitS
    ? undefined
    : `over within --time-limit ${timeLimitS}, and takes ${tookS} s with the pauses in between`;
}

/** The rule that the grudge breaks, where it names nodes that are not there. */
function grudgeFault(
  { grudge, nodeCount }: Settings,
  nodes: readonly string[] = nodeIds(nodeCount),
): string | undefined {
  const parsed = parseGrudge(grudge, nodes);
  return parsed.ok ? undefined : `${grudgeRule} (${parsed.reason})`;
}

function parseBandwidth(given: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([kmg]?)$/i.exec(given) ?? [];
  const bps = Number(number) * 1_000 ** ["", "k", "m", "g"].indexOf(unit.toLowerCase());
  return bps >= BANDWIDTH_BPS_MIN && bps <= BANDWIDTH_BPS_MAX ? bps : undefined;
}

function parseLengths(given: string): readonly number[] | undefined {
  const words = given.split(",").map((word) => word.trim());
  const lengthsS = words.map(Number);
  const isRight = words.every((word) => /^\d+(\.\d+)?$/.test(word)) &&
    lengthsS.every((lengthS) => lengthS >= 0.1 && lengthS <= TIME_LIMIT_S_MAX);
  return isRight ? lengthsS : undefined;
}
