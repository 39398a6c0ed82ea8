/** The settings of the lab, from flags and environment variables: its own flags, then the command to run inside. */
import { z } from "zod";
import { text, tied, toggle, whole } from "../flags/schemas.ts";
import { type Env, outcome, type Parsed, readFlags } from "../flags/read_flags.ts";

/** Where clients look for nodes unless they are told. */
export const FIRST_PORT = 7001;
/** Sidecars are a hundred ports further, and pages a thousand. */
export const FIRST_PORT_MAX = 64_000;

export interface LabConfig {
  /** Absent: a temporary directory, which is deleted at the end. */
  readonly data?: string;
  /** With `keep` clients reach n1 at `firstPort` of 127.0.0.1, n2 at the next, and so on. */
  readonly keep: boolean;
  readonly firstPort: number;
  /** Empty: the examination. */
  readonly command: readonly string[];
}

export const shapes = {
  lab: z.object({
    "data": text("DIR", "a directory", "where the nodes keep their data (a temporary directory)"),
    "keep": tied(toggle("stay open, and read from standard input whom to kill, start and cut off"), {
      excludes: { words: "COMMAND", why: "which runs nothing" },
    }),
    "port": tied(
      whole(1, FIRST_PORT_MAX, "PORT", `the port of n1 at 127.0.0.1; the others follow (${FIRST_PORT})`),
      {
        requires: { flag: "keep" },
      },
    ),
  }),
};

/** From the first word on that is not one of the lab's own flags, the rest is the command's. */
export function parseLab(args: readonly string[], env: Env): Parsed<LabConfig> {
  const own = countOwn(args);
  const command = args.slice(args[own] === "--" ? own + 1 : own);
  const { flags, mistakes } = readFlags("lab", shapes.lab, args.slice(0, own), env, { words: command });
  const { data, keep = false, port: firstPort = FIRST_PORT } = flags;
  return outcome(mistakes, {
    ...data !== undefined && { data },
    keep,
    firstPort,
    command,
  });
}

function countOwn(args: readonly string[]): number {
  const end = args.findIndex((arg, i) =>
    !/^--(data|keep|port)(=|$)/.test(arg) && !/^--(data|port)$/.test(args[i - 1] ?? "")
  );
  return end < 0 ? args.length : end;
}
