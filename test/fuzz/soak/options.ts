/** The flags of the soak, read all at once. */
import { parseArgs } from "node:util";
import { isMistakes, mustBe, parsedOr } from "../../shared/tool.ts";
import { SEED_MAX } from "../../../lib/commands/config/exam/seeds.ts";
import { CORES } from "../../bench/crew.ts";

export const USAGE = `npm run soak -- [flags]
  --runs N     random runs of the simulator, each drawn from a seed (10000)
  --from SEED  the first seed; each run takes the next one (1)
  --workers N  processes that run them (${CORES}, one a core)
`;

export interface Options {
  readonly runs: number;
  readonly from: number;
  readonly workers: number;
}

const flags = {
  runs: { type: "string", default: "10000" },
  from: { type: "string", default: "1" },
  workers: { type: "string", default: `${CORES}` },
} as const;

/** The options, or all that is wrong with the flags. */
export function readOptions(args: readonly string[]): Options | readonly string[] {
  const values = parsedOr(() => parseArgs({ args: [...args], options: flags }).values);
  if (isMistakes(values)) return values;
  const [runs, from, workers] = [Number(values.runs), Number(values.from), Number(values.workers)] as const;
  const mistakes = [
    ...isWhole(from, 0, SEED_MAX)
      ? []
      : [mustBe("from", `a whole number from 0 to ${SEED_MAX}`, values.from)],
    ...isWhole(runs, 1, SEED_MAX - from + 1) || !isWhole(from, 0, SEED_MAX)
      ? []
      : [mustBe("runs", `a whole number from 1 to ${SEED_MAX - from + 1}`, values.runs)],
    ...isWhole(workers, 1, 1_000) ? [] : [mustBe("workers", "a whole number from 1 to 1000", values.workers)],
  ];
  return mistakes.length > 0 ? mistakes : { runs, from, workers };
}

function isWhole(n: number, least: number, most: number): boolean {
  return Number.isInteger(n) && n >= least && n <= most;
}
