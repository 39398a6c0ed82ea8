/** Takes an argument list apart into flags, strays and the rest; every mistake is a sentence, all at once. */
import { nearest } from "./suggest.ts";

/** A flag as the reader must know it; `takesValue` is false for a switch. */
export interface FlagShape {
  readonly name: string;
  readonly takesValue: boolean;
  readonly short?: string;
  readonly rule: string;
  /** It may be given more than once, which adds up to a list with this mark in between. */
  readonly repeats?: string;
  /** No environment variable stands in for it. */
  readonly variable?: false;
}

/** A value and where it came from, as an operator would name it: '--rate' or 'HEARSAY_RATE'. */
export interface Given {
  readonly name: string;
  readonly source: string;
  readonly value: string;
  /** It takes a value and was given none, which has been said: nothing else is said of it. */
  readonly isValueless?: boolean;
}

export interface Arguments {
  readonly given: ReadonlyMap<string, Given>;
  /** Words that are no flags. */
  readonly operands: readonly string[];
  /** The words after `--`. */
  readonly rest: readonly string[];
  readonly mistakes: readonly string[];
}

export interface FlagRules {
  readonly command: string;
  readonly flags: readonly FlagShape[];
  /** Whether words that are no flags mean something to this command. */
  readonly takesOperands?: boolean;
  /** Whether `-- ARGS` does; where operands are taken, what follows `--` is operands, whatever it looks like. */
  readonly takesRest?: boolean;
}

/** Flags from the arguments, and for those not given there, from the environment. */
export function readArguments(
  rules: FlagRules,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Arguments {
  const reader = new Reader(rules);
  const end = args.indexOf("--");
  reader.readAll(end < 0 ? args : args.slice(0, end));
  const after = end < 0 ? [] : args.slice(end + 1);
  if (rules.takesOperands) reader.operands.push(...after);
  else if (end >= 0 && !rules.takesRest) {
    reader.refuse(`'--' must not be used: current value is ${quote(after.join(" "))}`);
  }
  reader.readEnvironment(env);
  const { given, operands, mistakes } = reader;
  return { given, operands, rest: rules.takesRest ? after : [], mistakes };
}

/** The one formula for a value that breaks its rule. */
export function mustBe(command: string, source: string, rule: string, value: string): string {
  const guess = guessOf(rule, value);
  const hint = guess === undefined ? `current value is ${quote(value)}` : `did you mean '${guess}'?`;
  return `Cannot run '${command}' as '${source}' must be ${rule}: ${hint}`;
}

/** Of the words that a rule lists, as 'one of text, json', the one that is meant; of some that are in a comma list, the first. */
function guessOf(rule: string, value: string): string | undefined {
  const words = /^(?:one|a comma list) of ([a-z][\w-]*(?:, [a-z][\w-]*)*)$/.exec(rule)?.[1]?.split(", ") ??
    [];
  const wrong = (rule.startsWith("one") ? [value] : value.split(",")).find((word) => !words.includes(word));
  return wrong === undefined ? undefined : nearest(wrong, words);
}

/** The same of a flag, if it was given and there is a rule that it breaks. */
export function complain(
  command: string,
  given: ReadonlyMap<string, Given>,
  flag: string,
  rule: string | undefined,
): string[] {
  const found = given.get(flag);
  return found === undefined || found.isValueless || rule === undefined
    ? []
    : [mustBe(command, found.source, rule, found.value)];
}

/** The one formula for a flag that is not given and must be. */
export function mustBeGiven(command: string, source: string, rule: string): string {
  return `Cannot run '${command}' as '${source}' must be given, as ${rule}: it is missing`;
}

export function environmentName(flag: string): string {
  return `HEARSAY_${flag.toUpperCase().replaceAll("-", "_")}`;
}

function quote(value: string): string {
  return JSON.stringify(value);
}

class Reader {
  readonly given = new Map<string, Given>();
  readonly operands: string[] = [];
  readonly mistakes: string[] = [];
  readonly #rules: FlagRules;
  /** What each flag was given, time by time; undefined where that is no value. */
  readonly #values = new Map<
    FlagShape,
    { readonly source: string; readonly values: (string | undefined)[] }
  >();

  constructor(rules: FlagRules) {
    this.#rules = rules;
  }

  refuse(why: string): void {
    this.mistakes.push(`Cannot run '${this.#rules.command}' as ${why}`);
  }

  readAll(args: readonly string[]): void {
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] ?? "";
      if (isFlag(arg)) i += this.#readFlag(arg, args[i + 1]);
      else if (this.#rules.takesOperands) this.operands.push(arg);
      else this.refuse(`its arguments must all be flags: current value is ${quote(arg)}`);
    }
    for (const [flag, { source, values }] of this.#values) this.#give(flag, source, values);
  }

  /** A variable stands in for a flag that is not on the command line. An empty one counts as absent. */
  readEnvironment(env: Readonly<Record<string, string | undefined>>): void {
    for (const flag of this.#rules.flags) {
      if (flag.variable === false) continue;
      const source = environmentName(flag.name);
      const value = env[source] ?? "";
      if (value !== "" && !this.given.has(flag.name)) {
        this.given.set(flag.name, { name: flag.name, source, value });
      }
    }
  }

  /** Returns how many further arguments it used up. */
  #readFlag(arg: string, next: string | undefined): number {
    const equals = arg.indexOf("=");
    const source = equals < 0 ? arg : arg.slice(0, equals);
    const inline = equals < 0 ? undefined : arg.slice(equals + 1);
    const follows = next !== undefined && !isFlag(next) ? next : undefined;
    const flag = this.#rules.flags.find((flag) => source === `--${flag.name}` || source === `-${flag.short}`);
    if (flag === undefined) {
      this.#refuseUnknown(source);
      // The value of a misspelt flag is no second mistake.
      return inline === undefined && follows !== undefined ? 1 : 0;
    }
    const value = inline ?? (flag.takesValue ? follows : "true");
    const values = this.#values.get(flag)?.values ?? [];
    values.push(value);
    this.#values.set(flag, { source, values });
    return inline === undefined && flag.takesValue && value !== undefined ? 1 : 0;
  }

  #give({ name, rule, repeats }: FlagShape, source: string, all: readonly (string | undefined)[]): void {
    const values = all.filter((value) => value !== undefined);
    const [first = ""] = values;
    const value = repeats === undefined ? first : values.join(repeats);
    const isValueless = values.length < all.length;
    this.given.set(name, { name, source, value, isValueless });
    if (isValueless) this.refuse(`'${source}' must be ${rule}: no value is given`);
    else if (repeats === undefined && values.length > 1) {
      this.refuse(`'${source}' must be given once: current values are ${values.map(quote).join(" and ")}`);
    }
  }

  #refuseUnknown(source: string): void {
    const guess = nearest(source, [...this.#rules.flags.map((flag) => `--${flag.name}`), "--help"]);
    const hint = guess === undefined
      ? `see 'hearsay help ${this.#rules.command}'`
      : `did you mean '${guess}'?`;
    this.refuse(`'${source}' must be one of its flags: ${hint}`);
  }
}

/** A dash and a letter: a negative number is a value. */
function isFlag(arg: string): boolean {
  return /^--?[a-z]/i.test(arg);
}
