/** The parts of the process that a command may touch: its two outputs, its input, its environment, and whether people are looking. */
import { StoreFault } from "../../store/store.ts";
import { messageOf } from "../../../transports/errno.ts";
import { wrapped } from "./wrap.ts";
import type { Readable } from "node:stream";

export interface Io {
  readonly out: (text: string) => void;
  /** Resolves once all that `out` was given has left; to false where it cannot, or nobody reads it any more. */
  readonly outDrained: () => Promise<boolean>;
  /** Gives up whatever has not left by now: the end does not wait for it, and is no success. */
  readonly outGivenUp: () => void;
  /** Text that nobody reads is held up to a limit, and then dropped and counted. */
  readonly err: (text: string) => void;
  /** Resolves once all that `err` was given has left, or has had its time. */
  readonly errDrained: () => Promise<void>;
  /** How it is said that so many texts were dropped, once there is somebody to read it. */
  readonly onErrDropped: (say: (texts: number) => void) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard input; it is only opened when asked for. */
  readonly input: () => Readable;
  readonly inputIsTerminal: boolean;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** How many characters fit a line of the terminal that standard output is, at this moment. */
  readonly outColumns?: number | undefined;
  readonly errColumns?: number | undefined;
}

/** Exit statuses, the only four. */
export const OK = 0;
export const FAILED = 1;
export const BAD_USAGE = 2;
/** A node that is no member any longer: to start it again as it is would be of no use. */
export const GONE = 3;

/** How a text is shown, if at all otherwise than plain. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  /** What the eye is to find. */
  readonly strong: (text: string) => string;
  /** A tick or a cross before a verdict. */
  readonly sign: (isGood: boolean) => string;
}

/** Colours and signs for a terminal that can show them and whose user does not want none, or where they are forced. */
export function paintFor({ outIsTerminal, env }: Pick<Io, "outIsTerminal" | "env">): Paint {
  const isSet = (name: string) => (env[name] ?? "") !== "";
  // https://no-color.org and https://bixense.com/clicolors, and what programs for Node.js heed.
  const isForced = ["CLICOLOR_FORCE", "FORCE_COLOR"].some((name) => isSet(name) && env[name] !== "0");
  const isRich = !isSet("NO_COLOR") && (isForced || (outIsTerminal && env["TERM"] !== "dumb"));
  const locale = ["LC_ALL", "LC_CTYPE", "LANG"].find(isSet) ?? "";
  const isUnicode = /utf-?8/i.test(env[locale] ?? "");
  const paint = (code: number) => (text: string) => isRich ? `\x1b[${code}m${text}\x1b[0m` : text;
  return {
    ...{ good: paint(32), bad: paint(31), strong: paint(1) },
    sign: (isGood) => isRich && isUnicode ? isGood ? "✓ " : "✗ " : "",
  };
}

/** How wide lines may be. A program, or a file, is given each whole, unless COLUMNS says otherwise. */
export function columnsOf({ outIsTerminal, outColumns, env }: Io, otherwise = Infinity): number {
  const [, said] = /^([1-9]\d{0,5})$/.exec(env["COLUMNS"] ?? "") ?? [];
  return Number((outIsTerminal && outColumns) || said || otherwise);
}

/** Writes lines to standard output, broken between words where they do not fit the terminal. */
export function printLines(io: Io, lines: readonly string[], columns = columnsOf(io)): void {
  if (lines.length > 0) io.out(`${lines.flatMap((line) => wrapped(line, columns)).join("\n")}\n`);
}

/** JSON that people may be shown: it lets control characters of eight bits stand, and a terminal obeys them. */
export function shownJson({ outIsTerminal }: Pick<Io, "outIsTerminal">, json: string): string {
  return outIsTerminal ? json.replace(/[\x7f-\x9f]/g, escaped) : json;
}

function escaped(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Says every mistake on standard error, and gives the exit status of bad usage. */
export function refuse(io: Io, mistakes: readonly string[]): number {
  io.err(mistakes.join("\n") + "\n");
  return BAD_USAGE;
}

/** Says on standard error what went wrong, and gives the exit status of a failure. */
export function fail(io: Io, error: unknown): number {
  io.err(`${messageOf(error)}\n`);
  return FAILED;
}

/** What to say of an error that nothing was ready for: a fault that an operator can mend in a sentence, and a bug as one. */
export function textOfCrash(error: unknown): string {
  if (error instanceof StoreFault) return `${error.message}\n`;
  return `hearsay: a bug: ${error instanceof Error ? error.stack ?? error.message : String(error)}\n`;
}

/** Lets what was printed leave, and a signal come in, between two long computations. */
export function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
