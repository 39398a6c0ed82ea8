/** Every group of cases there is, and those that somebody asks for. */
import { around } from "./paths/around.bench.ts";
import type { Group, Sizes } from "./cases.ts";
import { dedup } from "./paths/dedup.bench.ts";
import { kept } from "./paths/kept.bench.ts";
import { reports } from "./paths/report.bench.ts";
import { retry } from "./paths/retry.bench.ts";
import { texts } from "./paths/texts.bench.ts";

/** The paths that are measured, each with groups of its own. */
const paths = new Map<string, (sizes: Sizes) => Group[]>([
  ["dedup", dedup],
  ["kept", kept],
  ["retry", retry],
  ["texts", texts],
  ["around", around],
  ["reports", reports],
]);

export const PATHS: readonly string[] = [...paths.keys()];

export function allGroups(sizes: Sizes): Group[] {
  return [...paths.values()].flatMap((groupsOf) => groupsOf(sizes));
}

/** Those of the paths named, or those with the words in their title; a group runs whole, as its cases stand beside each other. */
export function chosen(sizes: Sizes, words: readonly string[]): Group[] {
  const named = words.flatMap((word) => paths.get(word) ?? []);
  if (words.length > 0 && named.length === words.length) return named.flatMap((groupsOf) => groupsOf(sizes));
  const filter = words.join(" ").toLowerCase();
  return allGroups(sizes).filter(({ title }) => title.toLowerCase().includes(filter));
}
