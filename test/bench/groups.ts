/** Every group of cases there is, and those that a filter leaves. */
import { around } from "./around.bench.ts";
import type { Group, Sizes } from "./cases.ts";
import { dedup } from "./dedup.bench.ts";
import { retry } from "./retry.bench.ts";

export function allGroups(sizes: Sizes): Group[] {
  return [...dedup(sizes), ...retry(sizes), ...around()];
}

/** Those whose title has the words of the filter in it; a group runs whole, as its cases stand beside each other. */
export function filtered(groups: readonly Group[], filter: string): Group[] {
  return groups.filter(({ title }) => title.toLowerCase().includes(filter.toLowerCase()));
}
