/** The command line of a tool that measures: flags are read all at once, and every mistake is a sentence. */
import process from "node:process";
import { messageOf } from "../../transports/errno.ts";

export interface Tool<Options> {
  readonly usage: string;
  /** Returns the options, or all that is wrong with the flags. */
  readonly read: (args: readonly string[]) => Options | readonly string[];
  /** May resolve to an exit status. */
  readonly run: (options: Options) => Promise<number | void>;
}

/** Runs the tool with the arguments of this process; bad usage is status 2. */
export async function runTool<Options>({ usage, read, run }: Tool<Options>): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help")) return void process.stdout.write(usage);
  const options = read(args);
  if (!isMistakes(options)) process.exitCode = await run(options) ?? process.exitCode;
  else refuse(options);
}

export function refuse(mistakes: readonly string[]): void {
  process.stderr.write(`${mistakes.join("\n")}\n`);
  process.exitCode = 2;
}

/** What `parse` returns, or its error as a mistake. */
export function parsedOr<T>(parse: () => T): T | readonly string[] {
  try {
    return parse();
  } catch (error) {
    return [`Cannot run as ${messageOf(error)}`];
  }
}

export function isMistakes(read: unknown): read is readonly string[] {
  return Array.isArray(read);
}

/** The formula for a value that breaks its rule. */
export function mustBe(flag: string, rule: string, value: string): string {
  return `Cannot run as '--${flag}' must be ${rule}: current value is "${value}"`;
}
