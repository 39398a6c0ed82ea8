/** The settings of `hearsay test`: programs that it starts, or nodes that run already. */
import type { z } from "zod";
import { defaults } from "../../workbench/settings.ts";
import { isClient } from "../../workbench/world/traffic.ts";
import { MEMBERS_RULE, parseMembers } from "./address.ts";
import {
  cutsMistakes,
  type Exam,
  exam,
  examsOf,
  grudgeMistakes,
  settingsOf,
  togetherMistakes,
} from "./exam.ts";
import { type Reach, reachOf, SIDECAR_PORT } from "./cut.ts";
import { parsedText, text, toggle } from "../flags/schemas.ts";
import { type Given, mustBe } from "../flags/flags.ts";
import { whyNoProgram } from "./program.ts";
import { type Env, outcome, type Parsed, readFlags } from "../flags/read_flags.ts";
import type { Address } from "../../../transports/address.ts";

export interface TestConfig {
  readonly exams: readonly Exam[];
  /** Absent: this program itself. */
  readonly bin?: string;
  readonly args: readonly string[];
  /** Nodes that run already, in place of a program. */
  readonly reach?: Reach;
  readonly logStderr: boolean;
  readonly json: boolean;
}

const PROGRAM_RULE = "a program that can be run";
/** The examiner's own clients are c0, c1, … */
const RUNNING_RULE = `${MEMBERS_RULE}, no ID beginning with c as those of clients do`;

export const shapes = {
  test: exam.extend({
    "bin": text("PROGRAM", PROGRAM_RULE, "the node to examine (this program itself)"),
    "log-stderr": toggle("let the nodes' standard error through"),
    "cluster": parsedText(parseRunning, {
      value: "ID=HOST:PORT,…",
      about: "examine these nodes, which run already",
      rule: RUNNING_RULE,
    }),
    "sidecars": parsedText(parseMembers, {
      value: "ID=HOST:PORT,…",
      about: `who cuts them off (beside the nodes, at port ${SIDECAR_PORT})`,
      rule: MEMBERS_RULE,
    }),
  }),
};

type TestFlags = z.infer<typeof shapes.test>;

export function parseTest(args: readonly string[], env: Env): Parsed<TestConfig> {
  const { flags, mistakes, given, rest } = readFlags("test", shapes.test, args, env, { takesRest: true });
  const plain = { args: rest, logStderr: flags["log-stderr"] ?? false, json: flags.json ?? false };
  if (given.has("cluster")) {
    const exams = [runningExam(flags)];
    const more = [
      ...runningMistakes(flags, given, rest),
      ...exams.flatMap((exam) => cutMistakes(flags, exam, given)),
    ];
    return outcome([...mistakes, ...more], { ...plain, exams, reach: reachOf(flags) });
  }
  const exams = examsOf(flags);
  const more = [
    ...togetherMistakes("test", exams, given),
    ...binMistakes(given, env),
    ...idleMistakes(given),
    ...rollbackMistakes(flags, given),
  ];
  return outcome([...mistakes, ...more], {
    ...plain,
    exams,
    ...flags.bin !== undefined && { bin: flags.bin },
  });
}

/** As many nodes as are named, and none of what belongs to nodes that the examiner starts. */
function runningExam({ cluster, challenge: _, "delivery-budget": __, ...flags }: TestFlags): Exam {
  const settings = settingsOf(flags, defaults);
  return { settings: { ...settings, nodeCount: cluster?.size ?? settings.nodeCount } };
}

function parseRunning(given: string): ReadonlyMap<string, Address> | undefined {
  const members = parseMembers(given);
  return members !== undefined && [...members.keys()].some(isClient) ? undefined : members;
}

/** What only makes sense of nodes that the examiner starts itself, on a network of its own. */
const ofOwnNodes = [
  ...["bin", "log-stderr", "challenge", "node-count", "latency", "latency-dist", "bandwidth", "topology"],
  ...["loss", "duplicate", "delivery-budget"],
];
const LEFT_OUT = "left out with --cluster, whose nodes, network and settings are what they are";
const ONLY_PARTITION = "partition, with --cluster: who runs the nodes kills and starts them, " +
  "as by 'docker compose kill'";

function runningMistakes(
  { nemesis = [] }: TestFlags,
  given: ReadonlyMap<string, Given>,
  rest: readonly string[],
): string[] {
  const foreign = ofOwnNodes.flatMap((name) => given.get(name) ?? []);
  const fault = given.get("nemesis");
  const others = nemesis.some((name) => name !== "partition");
  return [
    ...foreign.map(({ source, value }) => mustBe("test", source, LEFT_OUT, value)),
    ...fault && others ? [mustBe("test", fault.source, ONLY_PARTITION, fault.value)] : [],
    ...rest.length > 0 ? [mustBe("test", "--", LEFT_OUT, rest.join(" "))] : [],
  ];
}

/** A grudge needs partitions, and names nodes that are there, as sidecars do. */
function cutMistakes(
  { cluster, sidecars }: TestFlags,
  exam: Exam,
  given: ReadonlyMap<string, Given>,
): string[] {
  // What is wrong with the cluster has been said.
  if (cluster === undefined) return [];
  const strangers = [...sidecars?.keys() ?? []].filter((id) => !cluster.has(id));
  const grudge = given.get("grudge");
  const cuts = given.get("cuts");
  const idle = exam.settings.nemesis.includes("partition")
    ? []
    : [grudge, cuts].flatMap((flag) => flag ?? []);
  return [
    ...idle.map(({ source, value }) =>
      mustBe("test", source, "given together with --nemesis partition", value)
    ),
    ...grudgeMistakes("test", grudge, exam, [...cluster.keys()]),
    ...cutsMistakes("test", cuts, exam),
    ...strangers.map((id) => mustBe("test", "--sidecars", "of nodes that --cluster names", id)),
  ];
}

function idleMistakes(given: ReadonlyMap<string, Given>): string[] {
  const sidecars = given.get("sidecars");
  return sidecars ? [mustBe("test", sidecars.source, "given together with --cluster", sidecars.value)] : [];
}

/** The programs that it starts keep nothing that could be rolled back. */
function rollbackMistakes({ nemesis = [] }: TestFlags, given: ReadonlyMap<string, Given>): string[] {
  const fault = given.get("nemesis");
  return fault && nemesis.includes("rollback")
    ? [mustBe("test", fault.source, "without rollback, which only simulated nodes can be", fault.value)]
    : [];
}

/** What is wrong with a program is said before anything starts. */
function binMistakes(given: ReadonlyMap<string, Given>, env: Env): string[] {
  const [bin, budget] = [given.get("bin"), given.get("delivery-budget")];
  // An empty word has been refused already.
  if (bin === undefined || bin.value === "") return [];
  const wrong = whyNoProgram(bin.value, env["PATH"] ?? "");
  return [
    ...wrong === undefined ? [] : [mustBe("test", bin.source, `${PROGRAM_RULE} (${wrong})`, bin.value)],
    ...budget
      ? [mustBe("test", budget.source, "given after -- where --bin names the node", budget.value)]
      : [],
  ];
}
