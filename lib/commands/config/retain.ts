/** Words for what is kept: "7d", "sensor*=1h", "log=7d,1GB,1000000 *=forever". */
import {
  type Limits,
  RETAIN_MS_MAX,
  RETAIN_MS_MIN,
  RETAIN_RULES_MAX,
  type Rule,
} from "../../core/retention/rules.ts";
import { repeated } from "../flags/schemas.ts";

const RETAIN_RULE =
  "limits, each after the topics that it is for, as in 'sensor*=1h log=7d,1GB,1000000 *=forever'";

const MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const BYTES = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
} as const;
const LIMITS =
  "an age (90s, 30m, 1h, 7d, 4w), bytes (500MB, 2GiB), a number of entries (1000000) or 'forever'";

/** The pattern that every topic matches. */
const EVERY = "*";
/** What no topic holds, and a star only at the end. */
const PATTERN = /^(?!-)[^\s/*,=\p{Cc}]*\*?$/u;
const PATTERN_BYTES_MAX = 128;

export const retainFlag = (about: string) =>
  repeated(parseRetain, {
    ...{ value: "[TOPICS=]LIMITS", about, rule: RETAIN_RULE },
    ...{ why: whyNoRetain, repeats: " " },
  });

/** The rules as they can be given again. */
export function retainText(rules: readonly Rule[]): string {
  const words = rules.map(({ pattern, ageMs, bytes, count }) => {
    const limits = [
      ...ageMs === undefined ? [] : [`${ageMs / MS.s}s`],
      ...bytes === undefined ? [] : [`${bytes}B`],
      ...count === undefined ? [] : [String(count)],
    ];
    return `${pattern}=${limits.length === 0 ? "forever" : limits.join(",")}`;
  });
  return words.join(" ");
}

/** Undefined where a rule is wrong. */
export function parseRetain(text: string): readonly Rule[] | undefined {
  const read = readRules(text);
  return typeof read === "string" ? undefined : read;
}

/** What is wrong with it, and what would be right; undefined where nothing is. */
function whyNoRetain(text: string): string | undefined {
  const read = readRules(text);
  return typeof read === "string" ? read : undefined;
}

/** The rules, or what is wrong with the first one that is. */
function readRules(text: string): Rule[] | string {
  const words = text.replaceAll(/\s*,\s*/g, ",").trim().split(/\s+/);
  if (words.length > RETAIN_RULES_MAX) return `at most ${RETAIN_RULES_MAX} of them`;
  const rules: Rule[] = [];
  for (const word of words) {
    const rule = readRule(word);
    if (typeof rule === "string") return rule;
    if (rules.some(({ pattern }) => pattern === rule.pattern)) {
      return `'${rule.pattern}' has limits twice: several for the same topics stand behind one '=', as in 'log=7d,1GB'`;
    }
    rules.push(rule);
  }
  return rules;
}

function readRule(word: string): Rule | string {
  const at = word.indexOf("=");
  const pattern = at < 0 ? EVERY : word.slice(0, at);
  if (pattern.includes(",")) return noComma(word.slice(word.lastIndexOf(",", at) + 1));
  if (!PATTERN.test(pattern) || new TextEncoder().encode(pattern).length > PATTERN_BYTES_MAX) {
    return `'${pattern}' names no topics: a topic, or how topics begin and then '*'`;
  }
  const limits = readLimits(word.slice(at + 1));
  return typeof limits === "string" ? limits : { pattern, ...limits };
}

function noComma(rule: string): string {
  return `a space, and no comma, stands before '${rule}'`;
}

function readLimits(text: string): Limits | string {
  if (text === "forever") return {};
  let limits: Limits = {};
  for (const word of text.split(",")) {
    if (word.includes("=")) return noComma(word);
    const limit = readLimit(word);
    if (typeof limit === "string") return limit;
    const [kind = ""] = Object.keys(limit);
    if (kind in limits) return `'${text}' has two limits of one kind`;
    limits = { ...limits, ...limit };
  }
  return limits;
}

function readLimit(word: string): Limits | string {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(word) ?? [];
  const amount = Number(digits);
  if (word === "forever") return "'forever' stands alone behind its '='";
  if (unit === "" && Number.isSafeInteger(amount)) {
    return amount > 0 ? { count: amount } : "0 entries would be none";
  }
  if (isUnit(MS, unit)) {
    const ageMs = Math.round(amount * MS[unit]);
    if (ageMs >= RETAIN_MS_MIN && ageMs <= RETAIN_MS_MAX) return { ageMs };
    return `an age is from ${RETAIN_MS_MIN / MS.s}s to ${RETAIN_MS_MAX / MS.d}d`;
  }
  if (isUnit(BYTES, unit)) {
    const bytes = Math.round(amount * BYTES[unit]);
    if (bytes >= 1 && Number.isSafeInteger(bytes)) return { bytes };
  }
  return `'${word}' is none of ${LIMITS}`;
}

function isUnit<T extends object>(units: T, unit: string): unit is keyof T & string {
  return Object.hasOwn(units, unit);
}
