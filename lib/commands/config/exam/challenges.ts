/** The settings of `hearsay challenges`, from flags and environment variables. */
import { z } from "zod";
import { type Env, outcome, type Parsed, readFlags } from "../../flags/read_flags.ts";
import { toggle, whole } from "../../flags/schemas.ts";
import { junitFlag } from "./wanted.ts";
import { SEEDS_MAX } from "./seeds.ts";

export interface ChallengesConfig {
  readonly seeds: number;
  readonly real: boolean;
  readonly junit?: string;
}

const DEFAULT_SEEDS = 20;

export const shapes = {
  challenges: z.object({
    "seeds": whole(1, SEEDS_MAX, "N", `how many seeds to run for each row (${DEFAULT_SEEDS})`),
    "real": toggle("run real processes too, half a minute for each row and each first solution"),
    "junit": junitFlag(),
  }),
};

export function parseChallenges(args: readonly string[], env: Env): Parsed<ChallengesConfig> {
  const { flags, mistakes } = readFlags("challenges", shapes.challenges, args, env);
  const { seeds = DEFAULT_SEEDS, real = false, junit } = flags;
  return outcome(mistakes, { seeds, real, ...junit !== undefined && { junit } });
}
