/** The kinds of value that a flag may take, each a zod schema of text that knows its own rule in words. */
import { z } from "zod";
import type { Ties } from "./ties.ts";

/** The words for a flag in help and mistakes; `value` is absent for a switch. */
export interface FlagHelp extends Ties {
  readonly rule: string;
  readonly about: string;
  /** More about why this very text breaks the rule, where there is more to say. */
  readonly why?: (given: string) => string | undefined;
  readonly value?: string;
  /** The values that are known, or of which a comma list is made. */
  readonly names?: readonly string[];
  readonly isList?: boolean;
  readonly short?: string;
  /** It may be given more than once, which adds up to a list with this mark in between. */
  readonly repeats?: string;
  /** The environment variable of this name belongs to a flag of other commands. */
  readonly variable?: false;
}

const help = z.registry<FlagHelp>();

export function helpOf(schema: z.core.$ZodType): FlagHelp {
  return help.get(schema) ?? { rule: "given", about: "" };
}

export function whole(least: number, most: number, value: string, about: string) {
  const schema = z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(least).max(most));
  return flag(schema, { value, about, rule: `a whole number from ${least} to ${most}` });
}

export function decimal(least: number, most: number, value: string, about: string) {
  const schema = z.string().regex(/^\d+(\.\d+)?$/).transform(Number).pipe(z.number().min(least).max(most));
  return flag(schema, { value, about, rule: `a number from ${least} to ${most}` });
}

export function choice<const T extends readonly string[]>(
  names: T,
  value: string,
  about: string,
  short?: string,
) {
  const rule = names.length === 1 ? `${names[0]}` : `one of ${names.join(", ")}`;
  return flag(z.enum(names), { value, about, rule, names, ...short !== undefined && { short } });
}

/** A comma list, each name at most once; repeats are dropped. */
export function list<const T extends readonly string[]>(names: T, value: string, about: string) {
  const schema = z.string()
    .transform((text) => [...new Set(text.split(",").map((name) => name.trim()))])
    .pipe(z.array(z.enum(names)));
  return flag(schema, { value, about, rule: `a comma list of ${names.join(", ")}`, names, isList: true });
}

export function text(value: string, rule: string, about: string) {
  return flag(z.string().min(1), { value, rule, about });
}

/** Text of which `parse` makes something, or nothing where it breaks the rule. */
export function parsedText<T>(parse: (text: string) => T | undefined, said: FlagHelp) {
  const schema = z.string().transform((given, context) => {
    const parsed = parse(given);
    if (parsed !== undefined) return parsed;
    context.addIssue(said.rule);
    return z.NEVER;
  });
  return flag(schema, said);
}

/** The same, of a flag that may be given more than once, which adds up to a list, by default one with commas. */
export function repeated<T>(parse: (text: string) => T | undefined, said: FlagHelp) {
  return parsedText(parse, { repeats: ",", ...said });
}

/** The same flag, tied to others of its command. */
export function tied<S extends z.ZodType>(schema: S, ties: Ties): S {
  help.add(schema, { ...helpOf(schema), ...ties });
  return schema;
}

export function toggle(about: string, more: Pick<FlagHelp, "variable"> = {}) {
  return flag(z.stringbool(), { rule: "true or false", about, ...more });
}

function flag<S extends z.ZodType>(schema: S, said: FlagHelp) {
  const optional = schema.optional();
  help.add(optional, said);
  return optional;
}
