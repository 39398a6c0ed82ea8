/** How flags go together: which must be given, which need another flag, and what must be left out beside one. */
import { complain, type Given, mustBe, mustBeGiven } from "./flags.ts";

export interface Ties {
  /** The command cannot do without this flag. */
  readonly required?: boolean;
  /** This flag means nothing without another one, or without this value in the other's comma list. */
  readonly requires?: { readonly flag: string; readonly value?: string };
  readonly excludes?: Exclusion;
}

/** Flags and words that must be left out beside a flag. */
export interface Exclusion {
  readonly flags?: readonly string[];
  /** Words that are no flags, by the name that help gives them, as CUT; or `--` for what stands behind it. */
  readonly words?: string;
  /** A clause that follows the flag's name in a sentence: "which cuts nothing". */
  readonly why: string;
}

export interface TiedFlag extends Ties {
  readonly name: string;
  readonly rule: string;
}

/** One command line, as far as it was read. */
export interface Said {
  readonly command: string;
  readonly given: ReadonlyMap<string, Given>;
  /** Flags whose value breaks its own rule, which has been said. */
  readonly wrong: ReadonlySet<string>;
  /** Parsed values by flag. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly words: readonly string[];
  /** Values that other flags add to a comma list, by the list's flag. */
  readonly implied: Readonly<Record<string, readonly string[]>>;
}

/** A flag that must be left out is said to be so once, and nothing else is said of it. */
export function tieMistakes(flags: readonly TiedFlag[], said: Said): string[] {
  const given = flags.filter((flag) => isOn(flag.name, said));
  const leftOut = new Set(given.flatMap((flag) => flag.excludes?.flags ?? []));
  const kept = given.filter((flag) => !leftOut.has(flag.name));
  return [
    ...flags.flatMap((flag) => missing(flag, said)),
    ...kept.flatMap((flag) => excluded(flag, said)),
    ...flags.filter((flag) => !leftOut.has(flag.name)).flatMap((flag) => idle(flag, said)),
  ];
}

/** The tie in words, for help; undefined where there is none. */
export function tieText({ required, requires }: Ties): string | undefined {
  if (required) return "must be given";
  return requires && `only with ${textOf(requires)}`;
}

function missing({ name, rule, required }: TiedFlag, { command, given }: Said): string[] {
  return required && !given.has(name) ? [mustBeGiven(command, `--${name}`, rule)] : [];
}

function idle({ name, requires }: TiedFlag, said: Said): string[] {
  const { command, given, wrong } = said;
  if (requires === undefined || wrong.has(name) || wrong.has(requires.flag)) return [];
  if (given.get(requires.flag)?.isValueless) return [];
  const rule = `given together with ${textOf(requires)}`;
  return isMet(requires, said) ? [] : complain(command, given, name, rule);
}

/** A switch may be given and be off. */
function isOn(flag: string, { given, values }: Said): boolean {
  return given.has(flag) && values[flag] !== false;
}

function isMet({ flag, value }: NonNullable<Ties["requires"]>, said: Said): boolean {
  const { values, implied } = said;
  const list = values[flag];
  if (value === undefined) return isOn(flag, said);
  return (Array.isArray(list) && list.includes(value)) || (implied[flag] ?? []).includes(value);
}

function excluded({ name, excludes }: TiedFlag, { command, given, words }: Said): string[] {
  if (excludes === undefined) return [];
  const rule = `left out with --${name}, ${excludes.why}`;
  const flags = excludes.flags ?? [];
  return [
    ...flags.flatMap((flag) => complain(command, given, flag, rule)),
    ...excludes.words !== undefined && words.length > 0
      ? [mustBe(command, excludes.words, rule, words.join(" "))]
      : [],
  ];
}

function textOf({ flag, value }: NonNullable<Ties["requires"]>): string {
  return value === undefined ? `--${flag}` : `--${flag} ${value}`;
}
