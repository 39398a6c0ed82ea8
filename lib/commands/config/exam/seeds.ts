/** How many seeds to run, and from which one on. */
import { defaults } from "../../../workbench/settings.ts";
import { complain, type Given } from "../../flags/flags.ts";
import { whole } from "../../flags/schemas.ts";

export const SEED_MAX = 4_294_967_295;
export const SEEDS_MAX = 10_000;

export const seedsFlag = (count: number) =>
  whole(1, SEEDS_MAX, "N", `how many seeds to run, from --seed on (${count})`);

/** The last seed must be one that can be given again. */
export function seedsMistakes(
  command: string,
  { seed = defaults.seed }: { readonly seed?: number | undefined },
  given: ReadonlyMap<string, Given>,
): string[] {
  const seeds = given.get("seeds");
  const most = SEED_MAX - seed + 1;
  // More than SEEDS_MAX, or no number, has been refused already.
  if (seeds === undefined || !(Number(seeds.value) > most) || Number(seeds.value) > SEEDS_MAX) return [];
  const rule = `at most ${most} from --seed ${seed} on, as the last seed is ${SEED_MAX}`;
  return complain(command, given, "seeds", rule);
}
