/** The command line of the benches that run for long: all their flags are whole numbers, and one table of them says all. */
import { parseArgs } from "node:util";
import { isMistakes, mustBe, parsedOr, runTool } from "../../shared/tool.ts";

type Numbers = Readonly<Record<string, number>>;

interface LongBench<Options extends Numbers> {
  /** What stands behind `npm run`. */
  readonly name: string;
  /** What each flag is when it is not given. */
  readonly standard: Options;
  /** What each flag says, for `--help`. */
  readonly about: Readonly<Record<keyof Options, string>>;
  /** May resolve to an exit status. */
  readonly run: (options: Options) => Promise<number | void>;
}

export async function runLong<Options extends Numbers>(bench: LongBench<Options>): Promise<void> {
  const { standard, run } = bench;
  await runTool({ usage: usageOf(bench), read: (args) => readWhole(standard, args), run });
}

export function usageOf({ name, standard, about }: Omit<LongBench<Numbers>, "run">): string {
  const flags = Object.keys(standard).map((flag) => `  --${flag} N`);
  const width = Math.max(...flags.map(({ length }) => length)) + 3;
  const texts = Object.entries(standard).map(([flag, number]) => `${about[flag]} (${number})`);
  return `npm run ${name} -- [flags]\n${
    flags.map((flag, i) => `${flag.padEnd(width)}${texts[i]}\n`).join("")
  }`;
}

/** The numbers that flags give, and the standard for the others; or all that is wrong with them. */
export function readWhole<Options extends Numbers>(
  standard: Options,
  args: readonly string[],
): Options | readonly string[] {
  const flags = Object.keys(standard).map((flag) => [flag, { type: "string" as const }] as const);
  const given = parsedOr(() => parseArgs({ args: [...args], options: Object.fromEntries(flags) }).values);
  if (isMistakes(given)) return given;
  const texts = Object.entries(given).map(([flag, text]) => [flag, String(text)] as const);
  const mistakes = texts.filter(([, text]) => !isWhole(Number(text)))
    .map(([flag, text]) => mustBe(flag, "a whole number above 0", text));
  if (mistakes.length > 0) return mistakes;
  return { ...standard, ...Object.fromEntries(texts.map(([flag, text]) => [flag, Number(text)])) };
}

function isWhole(n: number): boolean {
  return Number.isSafeInteger(n) && n > 0;
}
