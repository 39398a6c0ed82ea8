/** What the two commands are told on their command lines. */
import { parseArgs } from "node:util";
import { isRuntime, type Runtime } from "./runtimes.ts";

/** A turn each of so many is more than anybody waits for. */
export const TURNS_MAX = 100;

export interface Options {
  readonly words: readonly string[];
  readonly runtime: Runtime | undefined;
  readonly turns: number | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

const flags = {
  runtime: { type: "string" },
  turns: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean" },
} as const;

/** Reads the arguments; what is wrong with them is a sentence. */
export function readOptions(args: readonly string[]): Options | string {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: flags, allowPositionals: true });
    const { runtime, turns, json = false, help = false } = values;
    if (runtime !== undefined && !isRuntime(runtime)) {
      return `Cannot measure as '--runtime' must be bun or deno: current value is "${runtime}"`;
    }
    if (turns !== undefined && !isTurns(Number(turns))) {
      return `Cannot measure as '--turns' must be 1 to ${TURNS_MAX}: current value is "${turns}"`;
    }
    return {
      words: positionals,
      runtime,
      turns: turns === undefined ? undefined : Number(turns),
      json,
      help,
    };
  } catch (error) {
    return `Cannot measure: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function isTurns(turns: number): boolean {
  return Number.isInteger(turns) && turns >= 1 && turns <= TURNS_MAX;
}
