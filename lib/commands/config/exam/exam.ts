/** The settings of examinations, with units and limits, from flags and environment variables. */
import { mechanisms } from "../../../core/mechanisms.ts";
import { z } from "zod";
import type { Mechanism } from "../../../core/node.ts";
import {
  defaults,
  type Fault,
  faults,
  latencyDists,
  type Settings,
  topologyNames,
} from "../../../workbench/settings.ts";
import { START_MS_MAX, START_MS_PER_NODE } from "../../../workbench/world/start_up.ts";
import { cutMistakes, grudgeFlag, lengthsFlag } from "./cuts.ts";
import {
  BANDWIDTH_BPS_MAX,
  BANDWIDTH_BPS_MIN,
  DELIVERY_BUDGET_MS_MAX,
  LATENCY_MS_MAX,
  NEMESIS_INTERVAL_S_MAX,
  NODE_COUNT_MAX,
  RATE_MAX,
  RECOVERY_S_MAX,
  START_UP_MS_MAX,
  TIME_LIMIT_S_MAX,
} from "./limits.ts";
import { baseOf, scriptFlag, scriptIn, scriptMistakes } from "./script.ts";
import { choice, decimal, list, parsedText, text, tied, toggle, whole } from "../../flags/schemas.ts";
import type { Given } from "../../flags/flags.ts";
import { type Env, outcome, type Parsed, readFlags } from "../../flags/read_flags.ts";
import { CHOSEN, type Wanted } from "../../exam/wanted.ts";
import { FILE_RULE, junitFlag, wantedMistakes, wantedOf } from "./wanted.ts";
import { type Challenge, challengeNames, challenges } from "../../exam/targets.ts";
import { examinedFlag, workloadMistakes } from "./workload.ts";
import { protocolFlag, protocolMistakes } from "./protocol.ts";
import { retainFlag } from "../retain.ts";
import { SEED_MAX, seedsFlag, seedsMistakes } from "./seeds.ts";

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

const BANDWIDTH_RULE = "bits a second from 1k to 1000g, as 512k, 2m or 1.5g";

const S = defaults;
export const budget = () =>
  whole(1, DELIVERY_BUDGET_MS_MAX, "MS", "how long a value may take to reach every node (three round trips)");

/** A setting of a fault needs the fault, which a challenge may bring along, too. */
const needs = (value: Fault) => ({ requires: { flag: "nemesis", value } });

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
    grudgeFlag(),
    needs("partition"),
  ),
  "cuts": tied(
    lengthsFlag("partitions of these lengths, with --nemesis-interval in between (chance decides)"),
    needs("partition"),
  ),
  "outages": tied(
    lengthsFlag("how long the nodes of each kill are away, likewise (chance decides)"),
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
    ...cutMistakes(command, settings, given),
    ...scriptMistakes(command, flags.script, settings, given),
  ];
}

function parseBandwidth(given: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([kmg]?)$/i.exec(given) ?? [];
  const bps = Number(number) * 1_000 ** ["", "k", "m", "g"].indexOf(unit.toLowerCase());
  return bps >= BANDWIDTH_BPS_MIN && bps <= BANDWIDTH_BPS_MAX ? bps : undefined;
}
