/** What `hearsay why` is asked: of which values of which run, by flags, words and environment variables. */
import { existsSync } from "node:fs";
import type { Mechanism } from "../../../core/node.ts";
import { challengeFaults, type Exam, examMistakes, shapes as examShapes, simulatedExamsOf } from "./exam.ts";
import { STANDARD_INPUT } from "../report.ts";
import { protocolMistakes } from "./protocol.ts";
import { challengeNames } from "../../exam/targets.ts";
import { complain, type Given, mustBe } from "../../flags/flags.ts";
import { type Env, outcome, type Parsed, readFlags } from "../../flags/read_flags.ts";
import { choice, whole } from "../../flags/schemas.ts";

export const SLOWEST_MAX = 1_000;
/** A word that ends so is a file of events, and so is a dash, for standard input; every other one is a value. */
const FILE_END = ".ndjson";

/** A run that was recorded, or one to simulate. */
export type Source =
  | { readonly file: string }
  | { readonly exam: Exam; readonly without: readonly Mechanism[] };

export interface WhyConfig {
  /** As they were given: JSON or bare text. */
  readonly values: readonly string[];
  /** How many are explained where no values are given. */
  readonly slowest: number;
  readonly source: Source;
  readonly json: boolean;
}

const elsewhere = {
  seeds: true,
  report: true,
  junit: true,
  events: true,
  workload: true,
  "log-net-send": true,
  "log-net-recv": true,
} as const;

export const shapes = {
  why: examShapes.sim.omit(elsewhere).extend({
    "slowest": whole(1, SLOWEST_MAX, "N", "how many values are explained, those first that took longest (1)"),
    "challenge": choice(challengeNames, "NAME", "set the flags of a challenge"),
  }),
};

export function parseWhy(args: readonly string[], env: Env): Parsed<WhyConfig> {
  const read = readFlags("why", shapes.why, args, env, { implied: challengeFaults, takesOperands: true });
  const { flags, given, operands } = read;
  const isFile = (word: string) => word.endsWith(FILE_END) || word === STANDARD_INPUT;
  const files = operands.filter(isFile);
  const values = operands.filter((word) => !isFile(word));
  const [file] = files;
  const exams = simulatedExamsOf(flags);
  const [exam] = exams;
  const mistakes = [
    ...read.mistakes,
    ...files.length > 1 ? [mustBe("why", "FILE", "one file of events", files.join(" "))] : [],
    ...values.filter(isMisnamed).map((word) => mustBe("why", "FILE", MISNAMED_RULE, word)),
    ...complain("why", given, "slowest", values.length > 0 ? "left out beside a VALUE" : undefined),
    ...file === undefined ? [] : settingMistakes(given),
    ...examMistakes("why", flags, exams, given),
    ...protocolMistakes("why", flags, given),
  ];
  const simulated = exam && { exam, without: flags.without ?? [] };
  const source = file === undefined ? simulated : { file };
  const { slowest = 1, json = false } = flags;
  return source === undefined
    ? { ok: false, mistakes }
    : outcome(mistakes, { values, slowest, source, json });
}

const MISNAMED_RULE = `a file whose name ends in ${FILE_END}, or - for standard input; as a VALUE it is JSON`;

/** Otherwise a run would be simulated, and told of as if it were that of the file. */
function isMisnamed(word: string): boolean {
  return /[./]/.test(word) && existsSync(word);
}

/** What a file holds was set when it was written. Variables are for other commands, too. */
function settingMistakes(given: ReadonlyMap<string, Given>): string[] {
  const rule = "left out beside a FILE, whose run is over";
  return [...given.values()].filter(({ name, source }) =>
    source.startsWith("-") && name !== "slowest" && name !== "json"
  ).flatMap(({ name }) => complain("why", given, name, rule));
}
