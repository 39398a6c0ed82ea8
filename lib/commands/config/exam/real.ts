/** The settings of `hearsay test`: programs that it starts, or nodes that run already. */
import type { z } from "zod";
import { defaults, realFaults } from "../../../workbench/settings.ts";
import { isClient } from "../../../../transports/client_id.ts";
import { MEMBERS_RULE, parseMembers } from "../address.ts";
import { challengeFaults, type Exam, exam, examMistakes, examsOf, nemesisAbout, settingsOf } from "./exam.ts";
import { cutMistakes } from "./cuts.ts";
import { clientTlsFlags, tlsFrom, tlsMistakes, tlsNames } from "../trust/tls.ts";
import { tokenFlags, tokenFrom, tokenMistakes } from "../trust/client_token.ts";
import { secretFlag, secretFrom } from "../trust/secret.ts";
import { wantedMistakes, wantedOf } from "./wanted.ts";
import type { Wanted } from "../../exam/wanted.ts";
import { type RunningCluster, runningClusterOf, SIDECAR_PORT, sidecarMistakes } from "../cut.ts";
import { list, parsedText, text, tied, toggle } from "../../flags/schemas.ts";
import { complain, type Given } from "../../flags/flags.ts";
import { whyNoProgram } from "../program.ts";
import { protocolMistakes } from "./protocol.ts";
import { workloadMistakes } from "./workload.ts";
import { type Env, outcome, type Parsed, readFlags } from "../../flags/read_flags.ts";
import type { Address } from "../../../../transports/address.ts";

export interface TestConfig {
  readonly exams: readonly Exam[];
  /** Absent: this program itself. */
  readonly bin?: string;
  readonly args: readonly string[];
  /** Nodes that run already, in place of a program. */
  readonly running?: RunningCluster;
  readonly logStderr: boolean;
  readonly json: boolean;
  readonly wanted: Wanted;
}

export const PROGRAM_RULE = "a program that can be run";
/** The examiner's own clients are c0, c1, … */
const RUNNING_RULE = `${MEMBERS_RULE}, no ID beginning with c as those of clients do`;

/** Flags that only make sense with nodes that the examiner starts itself, on a network of its own. */
const ofOwnNodes = [
  ...["bin", "log-stderr", "challenge", "node-count", "latency", "latency-dist", "bandwidth", "topology"],
  ...["loss", "duplicate", "script", "delivery-budget", "retain", "log-net-send", "log-net-recv", "protocol"],
];
const ONLY_PARTITION = "partition alone with --cluster: whoever runs the nodes kills and starts them, " +
  "as by 'docker compose kill'";

export const shapes = {
  test: exam.extend({
    "nemesis": list(realFaults, "FAULTS", nemesisAbout),
    "bin": tied(text("PROGRAM", PROGRAM_RULE, "the node to examine (this program itself)"), {
      excludes: { flags: ["delivery-budget", "protocol"], why: "whose own flags stand after --" },
    }),
    "log-stderr": toggle("let the nodes' standard error through"),
    "cluster": tied(
      parsedText(parseRunning, {
        value: "ID=HOST[:PORT],…",
        about: "examine these nodes, which run already",
        rule: RUNNING_RULE,
      }),
      {
        excludes: {
          flags: ofOwnNodes,
          words: "--",
          why: "whose nodes, network and settings are what they are",
        },
      },
    ),
    "sidecars": tied(
      parsedText((given) => parseMembers(given, SIDECAR_PORT), {
        value: "ID=HOST[:PORT],…",
        about: `the sidecars that cut them off (beside the nodes, at port ${SIDECAR_PORT})`,
        rule: MEMBERS_RULE,
      }),
      { requires: { flag: "cluster" } },
    ),
    "secret-file": tied(secretFlag(), { requires: { flag: "cluster" } }),
    ...clientTlsFlags,
    ...tokenFlags,
  }),
};

type TestFlags = z.infer<typeof shapes.test>;

export function parseTest(args: readonly string[], env: Env): Parsed<TestConfig> {
  const read = readFlags("test", shapes.test, args, env, { takesRest: true, implied: challengeFaults });
  const { flags, mistakes, given, rest } = read;
  const plain = {
    args: rest,
    logStderr: flags["log-stderr"] ?? false,
    json: flags.json ?? false,
    wanted: wantedOf(flags),
  };
  const wanted = wantedMistakes("test", flags, given);
  if (given.has("cluster")) {
    const exams = [runningExam(flags)];
    const { secret, mistakes: ofSecret } = secretFrom("test", flags, given, env);
    const ofTls = tlsMistakes("test", flags, given);
    const ofToken = tokenMistakes("test", flags, given, env, [...flags.cluster?.values() ?? []]);
    const more = [...runningMistakes(flags, exams, given), ...wanted, ...ofSecret, ...ofTls, ...ofToken];
    const { tls } = tlsFrom(flags);
    const running = {
      ...runningClusterOf(flags),
      ...secret !== undefined && { secret },
      ...tls !== undefined && { tls },
      ...tokenFrom(flags, env),
    };
    return outcome([...mistakes, ...more], { ...plain, exams, running });
  }
  const exams = examsOf(flags);
  const more = [
    ...given.has("bin") ? [] : protocolMistakes("test", flags, given),
    ...examMistakes("test", flags, exams, given),
    ...binMistakes("test", given, env),
    ...wanted,
    ...trustWithoutCluster(given),
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

function runningMistakes(
  flags: TestFlags,
  exams: readonly Exam[],
  given: ReadonlyMap<string, Given>,
): string[] {
  const { cluster, nemesis = [] } = flags;
  // A mistake in the cluster has been reported already.
  if (cluster === undefined) return [];
  const others = nemesis.some((fault) => fault !== "partition");
  return [
    ...workloadMistakes("test", flags, given),
    ...complain("test", given, "nemesis", others ? ONLY_PARTITION : undefined),
    ...cutMistakes("test", exams.map(({ settings }) => settings), given, [...cluster.keys()]),
    ...sidecarMistakes("test", flags, given),
  ];
}

/** Variables are left alone: they are for the commands that talk to a cluster. */
function trustWithoutCluster(given: ReadonlyMap<string, Given>): string[] {
  const flags = [...tlsNames, "token-file"].filter((name) => given.get(name)?.source.startsWith("--"));
  return flags.flatMap((name) => complain("test", given, name, "given together with --cluster"));
}

/** A program that cannot be run is reported before anything starts. */
export function binMistakes(command: string, given: ReadonlyMap<string, Given>, env: Env): string[] {
  const bin = given.get("bin")?.value ?? "";
  // An empty word has been refused already.
  const wrong = bin === "" ? undefined : whyNoProgram(bin, env["PATH"] ?? "");
  return complain(command, given, "bin", wrong && `${PROGRAM_RULE} (${wrong})`);
}
