/** Warns of environment variables that look like settings and are none: a misspelt one would have no effect. */
import { FORWARDER_VARIABLE } from "../../workbench/lab/lab.ts";
import { commands } from "../flags/command_names.ts";
import { flagsOf } from "../flags/every_flag.ts";
import { environmentName } from "../flags/flags.ts";
import { TOKEN_VARIABLE } from "./trust/client_token.ts";
import { SECRET_VARIABLE } from "./trust/secret.ts";
import type { Io } from "../terminal/io.ts";
import { nearest } from "../flags/suggest.ts";

const PREFIX = environmentName("");

/** Says which ones no command knows, and what may have been meant. */
export function warnOfUnknown(io: Io): void {
  const known = [
    FORWARDER_VARIABLE,
    TOKEN_VARIABLE,
    SECRET_VARIABLE,
    ...commands.flatMap(({ name }) => flagsOf(name)).map(({ name }) => environmentName(name)),
  ];
  const unknown = Object.keys(io.env).filter((name) => name.startsWith(PREFIX) && !known.includes(name));
  if (unknown.length === 0) return;
  io.err(`Passed over, as no command knows it: ${unknown.map((name) => guessed(name, known)).join(", ")}\n`);
}

function guessed(name: string, known: readonly string[]): string {
  // The prefix that all have in common would make everything near.
  const bare = (variable: string) => variable.slice(PREFIX.length);
  const guess = nearest(bare(name), known.map(bare));
  return guess === undefined ? name : `${name} (did you mean ${PREFIX}${guess}?)`;
}
