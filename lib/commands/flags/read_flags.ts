/** Reads a command's flags by its zod shape: every value checked, every mistake a sentence, all at once. */
import type { z } from "zod";
import { type FlagHelp, helpOf } from "./schemas.ts";
import { type FlagShape, type Given, mustBe, readArguments } from "./flags.ts";
import { tieMistakes } from "./ties.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** Either a configuration, or every mistake in it, one sentence each. */
export type Parsed<T> =
  | { readonly ok: true; readonly config: T }
  | { readonly ok: false; readonly mistakes: readonly string[] };

export interface FlagLine extends FlagHelp {
  readonly name: string;
}

/** The words that a command takes beside flags. */
export interface Extras<S extends z.ZodObject> {
  /** Words that are no flags, as `broadcast VALUE…` does. */
  readonly takesOperands?: boolean;
  /** `-- ARGS`. */
  readonly takesRest?: boolean;
  /** Words that the command has taken off the line itself. */
  readonly words?: readonly string[];
  /** Values that other flags add to a comma list, by the list's flag. */
  readonly implied?: (flags: z.infer<S>) => Readonly<Record<string, readonly string[]>>;
}

export interface Read<S extends z.ZodObject> {
  /** Only what is right; what is not is in the mistakes. */
  readonly flags: z.infer<S>;
  readonly given: ReadonlyMap<string, Given>;
  readonly operands: readonly string[];
  readonly rest: readonly string[];
  readonly mistakes: readonly string[];
}

export function outcome<T>(mistakes: readonly string[], config: T): Parsed<T> {
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, config };
}

/** Every flag of a shape, in the order of help. */
export function linesOf(shape: z.ZodObject): readonly FlagLine[] {
  return Object.entries(shape.shape).map(([name, schema]) => ({ name, ...helpOf(schema) }));
}

export function readFlags<S extends z.ZodObject>(
  command: string,
  shape: S,
  args: readonly string[],
  env: Env,
  { words = [], implied = () => ({}), ...extras }: Extras<S> = {},
): Read<S> {
  const lines = linesOf(shape);
  const flags = lines.map((line): FlagShape => ({ ...line, takesValue: line.value !== undefined }));
  const { given, operands, rest, mistakes } = readArguments({ command, flags, ...extras }, args, env);
  const valued = [...given.values()].filter((flag) => !flag.isValueless);
  const wrong = new Set(issuesOf(shape, valued));
  const right = valued.filter((flag) => !wrong.has(flag.name));
  const rules = new Map(lines.map((line) => [line.name, line]));
  const broken = valued.filter((flag) => wrong.has(flag.name))
    .map((flag) => mustBe(command, flag.source, ruleFor(flag, rules.get(flag.name)), flag.value));
  const values = shape.parse(record(right));
  const said = {
    ...{ command, given, wrong, values },
    ...{ words: [...words, ...operands, ...rest], implied: implied(values) },
  };
  return {
    ...{ flags: values, given, operands, rest },
    mistakes: [...mistakes, ...broken, ...tieMistakes(lines, said)],
  };
}

function ruleFor({ value }: Given, line: FlagLine | undefined): string {
  const why = line?.why?.(value);
  return `${line?.rule ?? "known"}${why === undefined ? "" : ` (${why})`}`;
}

function issuesOf(shape: z.ZodObject, given: readonly Given[]): string[] {
  const parsed = shape.safeParse(record(given));
  return parsed.success ? [] : parsed.error.issues.map((issue) => String(issue.path[0]));
}

function record(given: readonly Given[]): Record<string, string> {
  return Object.fromEntries(given.map((flag) => [flag.name, flag.value]));
}
