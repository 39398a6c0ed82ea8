/** Which nodes a partition cuts off, and how long the cuts and outages of an examination last. */
import { grudgeNames, parseGrudge } from "../../../workbench/faults/grudge.ts";
import { type Fault, nodeIds, type Settings } from "../../../workbench/settings.ts";
import { complain, type Given } from "../../flags/flags.ts";
import { parsedText } from "../../flags/schemas.ts";
import { TIME_LIMIT_S_MAX } from "./limits.ts";

const GRUDGE_RULE = `one of ${
  grudgeNames.join(", ")
}, or the sides by name, as n0|rest or one way n0>rest, or links, as n0-n1`;

const LENGTHS_RULE = `a comma list of seconds from 0.1 to ${TIME_LIMIT_S_MAX}`;

export const grudgeFlag = () =>
  parsedText((given) => given === "" ? undefined : given, {
    value: "CUT",
    about: "which nodes a partition cuts off from which (chance decides)",
    rule: GRUDGE_RULE,
    names: grudgeNames,
  });

export const lengthsFlag = (about: string) =>
  parsedText(parseLengths, { value: "S,…", about, rule: LENGTHS_RULE });

/** Mistakes in the cuts and outages of the examinations, of each kind the first one; `nodes` are n0, n1, … by default. */
export function cutMistakes(
  command: string,
  settings: readonly Settings[],
  given: ReadonlyMap<string, Given>,
  nodes?: readonly string[],
): string[] {
  const broken = (fault: Fault, ruleOf: (settings: Settings) => string | undefined) =>
    settings.filter(({ nemesis }) => nemesis.includes(fault)).map(ruleOf).find((rule) => rule !== undefined);
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
  return parsed.ok ? undefined : `${GRUDGE_RULE} (${parsed.reason})`;
}

function parseLengths(given: string): readonly number[] | undefined {
  const words = given.split(",").map((word) => word.trim());
  const lengthsS = words.map(Number);
  const isRight = words.every((word) => /^\d+(\.\d+)?$/.test(word)) &&
    lengthsS.every((lengthS) => lengthS >= 0.1 && lengthS <= TIME_LIMIT_S_MAX);
  return isRight ? lengthsS : undefined;
}
