/** For how long, and how much of, the entries of which topics are kept [G1]. */

/** An age is from one of these to the other, ms: a second, and a hundred years. */
export const RETAIN_MS_MIN = 1_000;
export const RETAIN_MS_MAX = 36_500 * 86_400_000;
/** At most so many rules: each new topic is held against all of them. */
export const RETAIN_RULES_MAX = 64;

/** What is kept of each topic that the pattern matches; without any limit, all of it is. */
export interface Rule extends Limits {
  /** The name of a topic, or its beginning and `*`. */
  readonly pattern: string;
}

/** A block goes once any one of these no longer asks for it. */
export interface Limits {
  /** From a block's last entry on, ms. */
  readonly ageMs?: number;
  /** At least so many bytes of texts are kept of a topic, as far as it had so many. */
  readonly bytes?: number;
  /** At least so many entries, likewise. */
  readonly count?: number;
}

/** What holds where no rule was given that says more: topics that programs make for themselves are kept for an hour. */
const BUILT_IN: readonly Rule[] = [{ pattern: "_*", ageMs: 3_600_000 }];

/**
 * The limits of a topic: those of the rule that is just for it, or else of the rule that names most of how it begins.
 * Undefined where it is kept forever.
 */
export function limitsOf(rules: readonly Rule[], topic: string): Limits | undefined {
  let found: Rule | undefined;
  for (const rule of [...rules, ...BUILT_IN]) {
    if (isMatch(rule, topic) && precision(rule) > precision(found)) found = rule;
  }
  return isLimit(found) ? found : undefined;
}

/** Whether some topic that the pattern matches may not be kept forever. */
export function mayLimit(rules: readonly Rule[], pattern: string): boolean {
  if (!pattern.endsWith("*")) return limitsOf(rules, pattern) !== undefined;
  const start = pattern.slice(0, -1);
  // No topic has such a name: the rule that holds for it is for all that begin so, but for those that have others.
  const others = [...rules, ...BUILT_IN].filter((rule) => rule.pattern.startsWith(start));
  return isLimit(limitsOf(rules, `${start}\0`)) || others.some(isLimit);
}

function isLimit({ ageMs, bytes, count }: Limits = {}): boolean {
  return ageMs !== undefined || bytes !== undefined || count !== undefined;
}

function isMatch({ pattern }: Rule, topic: string): boolean {
  return pattern.endsWith("*") ? topic.startsWith(pattern.slice(0, -1)) : topic === pattern;
}

function precision(rule: Rule | undefined): number {
  if (rule === undefined) return 0;
  return rule.pattern.endsWith("*") ? rule.pattern.length : Infinity;
}
