/** The flags of the ablation, read all at once. */
import { parseArgs } from "node:util";
import { isMistakes, mustBe, parsedOr } from "../../shared/tool.ts";
import { type Mechanism, mechanisms } from "../../../lib/core/mechanisms.ts";

const SEEDS_MAX = 1_000;

export const USAGE = `npm run ablate -- [flags]
  --only NAMES    of the mechanisms, with commas between; all by default
                  (${mechanisms.join(", ")})
  --seeds N       runs of each scene, of which the mean counts (2)
  --least SHARE   a figure that changes by less is not told (0.1)
`;

export interface Options {
  readonly only: readonly Mechanism[];
  readonly seeds: number;
  readonly least: number;
}

const flags = {
  only: { type: "string", default: mechanisms.join(",") },
  seeds: { type: "string", default: "2" },
  least: { type: "string", default: "0.1" },
} as const;

/** The options, or all that is wrong with the flags. */
export function readOptions(args: readonly string[]): Options | readonly string[] {
  const values = parsedOr(() => parseArgs({ args: [...args], options: flags }).values);
  if (isMistakes(values)) return values;
  const names = values.only.split(",");
  const only = mechanisms.filter((name) => names.includes(name));
  const [seeds, least] = [Number(values.seeds), Number(values.least)];
  const mistakes = [
    ...only.length === names.length
      ? []
      : [mustBe("only", `different ones of ${mechanisms.join(", ")}`, values.only)],
    ...Number.isInteger(seeds) && seeds >= 1 && seeds <= SEEDS_MAX
      ? []
      : [mustBe("seeds", `a whole number from 1 to ${SEEDS_MAX}`, values.seeds)],
    ...least > 0 && least < 1 ? [] : [mustBe("least", "a number between 0 and 1", values.least)],
  ];
  return mistakes.length > 0 ? mistakes : { only, seeds, least };
}
