/** The settings of `hearsay compare`: one examination, the protocols that take it, and for how many seeds. */
import { faultsOfGiven, type ProtocolName, protocolNames } from "../../../workbench/settings.ts";
import { challengeNames, challenges } from "../../exam/targets.ts";
import { type Env, outcome, type Parsed, readFlags } from "../../flags/read_flags.ts";
import { choice, list, text } from "../../flags/schemas.ts";
import { challengeFaults, type Exam, exam, examMistakes, examOf, nemesisAbout, startUpFlag } from "./exam.ts";
import { needsLog } from "./protocol.ts";
import { seedsFlag, seedsMistakes } from "./seeds.ts";
import { FILE_RULE, wantedMistakes } from "./wanted.ts";

export interface CompareConfig {
  /** As hearsay takes it. */
  readonly exam: Exam;
  /** Hearsay is the last one. */
  readonly protocols: readonly ProtocolName[];
  readonly seeds: number;
  readonly json: boolean;
  /** A file to write the comparison to, as a page. */
  readonly report?: string;
  readonly junit?: string;
}

const DEFAULT_CHALLENGE = "3c";
const DEFAULT_SEEDS = 20;

const others = protocolNames.filter((name) => name !== "hearsay");

/** Flags of an examination that mean nothing where many are compared. */
const ofOneRun = {
  "protocol": true,
  "workload": true,
  "retain": true,
  "events": true,
  "log-net-send": true,
  "log-net-recv": true,
} as const;

export const shapes = {
  compare: exam.omit(ofOneRun).extend({
    "challenge": choice(
      challengeNames,
      "NAME",
      `the challenge whose flags are set, and by whose rules hearsay is judged (${DEFAULT_CHALLENGE})`,
    ),
    "protocols": list(protocolNames, "NAMES", "the protocols beside hearsay (all)"),
    "nemesis": list(faultsOfGiven.filter((fault) => !needsLog(fault)), "FAULTS", nemesisAbout),
    "seeds": seedsFlag(DEFAULT_SEEDS),
    "start-up": startUpFlag(),
    "report": text("FILE", FILE_RULE, "write a page that shows the comparison"),
  }),
};

export function parseCompare(args: readonly string[], env: Env): Parsed<CompareConfig> {
  const { flags, mistakes, given } = readFlags("compare", shapes.compare, args, env, {
    implied: (flags) => challengeFaults({ challenge: DEFAULT_CHALLENGE, ...flags }),
  });
  const { challenge = DEFAULT_CHALLENGE, protocols = others, seeds = DEFAULT_SEEDS, json = false, junit } =
    flags;
  const { settings, ...exam } = examOf(flags, challenges[challenge]);
  const startUpMs = flags["start-up"];
  const whole: Exam = { ...exam, settings: { ...settings, ...startUpMs !== undefined && { startUpMs } } };
  const more = [
    ...examMistakes("compare", flags, [whole], given),
    ...seedsMistakes("compare", flags, given),
    ...wantedMistakes("compare", flags, given),
  ];
  return outcome([...mistakes, ...more], {
    exam: whole,
    protocols: [...protocols.filter((name) => name !== "hearsay"), "hearsay"],
    seeds,
    json,
    ...flags.report !== undefined && { report: flags.report },
    ...junit !== undefined && { junit },
  });
}
