/** The settings of the page in which the simulator runs, from flags and environment variables. */
import { z } from "zod";
import { text, tied } from "../flags/schemas.ts";
import { type Env, outcome, type Parsed, readFlags } from "../flags/read_flags.ts";

/** In place of a file's name: standard output. */
export const STANDARD_OUTPUT = "-";

export interface PlayConfig {
  /** A file's name, or STANDARD_OUTPUT. */
  readonly out: string;
}

export const shapes = {
  play: z.object({
    "out": tied(text("FILE", "a file's name, or - for standard output", "where the page is written"), {
      required: true,
    }),
  }),
};

export function parsePlay(args: readonly string[], env: Env): Parsed<PlayConfig> {
  const { flags: { out = "" }, mistakes } = readFlags("play", shapes.play, args, env);
  return outcome(mistakes, { out });
}
