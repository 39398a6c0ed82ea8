/** What the two commands are told on their command lines. */
import { parseArgs } from "node:util";
import { isMistakes, mustBe, parsedOr } from "../../shared/tool.ts";
import { isRuntime, type Runtime, RUNTIMES } from "./runtimes.ts";

/** A turn each of so many is more than anybody waits for. */
export const TURNS_MAX = 100;

export interface Options {
  readonly words: readonly string[];
  readonly runtime: Runtime | undefined;
  readonly turns: number | undefined;
  readonly json: boolean;
}

const flags = {
  runtime: { type: "string" },
  turns: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

/** The options, or all that is wrong with the arguments. */
export function readOptions(args: readonly string[]): Options | readonly string[] {
  const read = parsedOr(() => parseArgs({ args: [...args], options: flags, allowPositionals: true }));
  if (isMistakes(read)) return read;
  const { values: { runtime, turns, json }, positionals: words } = read;
  const mistakes = [
    ...runtime === undefined || isRuntime(runtime) ? [] : [mustBe("runtime", "bun or deno", runtime)],
    ...turns === undefined || isTurns(Number(turns)) ? [] : [mustBe("turns", `1 to ${TURNS_MAX}`, turns)],
  ];
  if (mistakes.length > 0) return mistakes;
  return {
    words,
    runtime: RUNTIMES.find((each) => each === runtime),
    turns: turns === undefined ? undefined : Number(turns),
    json,
  };
}

function isTurns(turns: number): boolean {
  return Number.isInteger(turns) && turns >= 1 && turns <= TURNS_MAX;
}

export function noGroup(words: readonly string[]): string {
  return `Cannot run as WORDS must be in the title of a group: current value is "${words.join(" ")}"`;
}
