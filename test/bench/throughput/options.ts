/** The flags of the throughput bench, read all at once. */
import { existsSync } from "node:fs";
import process from "node:process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { Program } from "../../../lib/workbench/world/process.ts";
import { built } from "../../e2e/fixtures/hearsay.ts";
import type { Plan } from "./measure.ts";
import { NODES } from "./systems/system.ts";
import { script } from "../../shared/script.ts";
import { isMistakes, mustBe, parsedOr } from "../../shared/tool.ts";

export const USAGE = `npm run throughput -- [flags]
  --in-flight N    requests under way at once, over all nodes (512)
  --values N       values of a phase at most
  --seconds S      how long a phase is (4)
  --warm-up S      how long each load comes before it counts (60): until then a runtime still compiles what it runs
  --rounds N       how often each system is measured, every second time in reverse order (1): the table has medians
  --only NAMES     systems by key, with commas between; "standing" is the check with a watcher that stands still
  --watchers N     processes that share the watching of the five nodes (5)
  --hearsay PATHS  executables or a main.ts, with commas between, to be compared (dist/hearsay, or HEARSAY_BIN)
  --json           prints JSON in place of the table
`;

const RATE = 1_000;

export interface Options extends Plan {
  /** Undefined for all. */
  readonly only: readonly string[] | undefined;
  readonly programs: readonly Program[];
  /** How often each system is measured. */
  readonly rounds: number;
  readonly json: boolean;
}

const flags = {
  "in-flight": { type: "string", default: "512" },
  values: { type: "string", default: "20000000" },
  seconds: { type: "string", default: "4" },
  "warm-up": { type: "string", default: "60" },
  rounds: { type: "string", default: "1" },
  only: { type: "string" },
  watchers: { type: "string", default: "5" },
  hearsay: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

/** The options, or all that is wrong with the flags. */
export function readOptions(args: readonly string[]): Options | readonly string[] {
  const read = parsedOr(() => parseArgs({ args: [...args], options: flags }).values);
  if (isMistakes(read)) return read;
  const paths = (read.hearsay ?? process.env["HEARSAY_BIN"] ?? built.bin).split(",").map((path) =>
    resolve(path)
  );
  const { values, seconds, watchers, rounds, only, json, "in-flight": inFlight, "warm-up": warmUp } = read;
  const numbers = { "in-flight": inFlight, values, seconds, watchers, rounds, "warm-up": warmUp };
  const mistakes = [
    ...Object.entries(numbers).flatMap(numberMistake),
    ...paths.filter((path) => !existsSync(path)).map(fileMistake),
  ];
  if (mistakes.length > 0) return mistakes;
  return {
    inFlight: Number(inFlight),
    valuesMax: Number(values),
    forMs: 1_000 * Number(seconds),
    warmUpMs: 1_000 * Number(warmUp),
    perSecond: RATE,
    watchers: Math.min(NODES, Number(watchers)),
    rounds: Number(rounds),
    only: only?.split(","),
    programs: paths.map(programAt),
    json,
  };
}

function numberMistake([flag, text]: readonly [string, string]): string[] {
  const isWhole = flag !== "seconds" && flag !== "warm-up";
  const isGood = Number(text) > 0 && (!isWhole || Number.isSafeInteger(Number(text)));
  const wanted = isWhole ? "a whole number above 0" : "a number above 0";
  return isGood ? [] : [mustBe(flag, wanted, text)];
}

function fileMistake(path: string): string {
  return `Cannot run as '--hearsay' must name files: there is no ${path}; npm run build makes dist/hearsay`;
}

/** Source is run by the runtime that runs the bench. */
function programAt(path: string): Program {
  if (!path.endsWith(".ts")) return { bin: path, args: [] };
  return script(pathToFileURL(path));
}
