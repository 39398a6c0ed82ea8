/** One thing that a hunt tries: so many nodes, what happens to them, and how long their messages take. */
import { parseScript } from "../script/parse_script.ts";
import { type Action, endOf, printAction, printScript, type Script } from "../script/script.ts";
import { defaults, nodeIds, type Settings } from "../settings.ts";
import type { Results } from "../verdict/results.ts";

export interface Case {
  readonly nodeCount: number;
  readonly script: Script;
  readonly latencyMs: number;
}

/** The examination of a case: the script, and nothing else. */
export function settingsOf(
  { nodeCount, script, latencyMs }: Case,
  recoveryS: number,
  seed: number,
): Settings {
  const text = printScript(script);
  return {
    ...{ ...defaults, nodeCount, latencyMs, recoveryS, seed },
    ...{ rate: 0, timeLimitS: endOf(script) / 1000, script: text },
  };
}

export function operationsIn({ script }: Case): number {
  return script.filter(isOperation).length;
}

export function faultsIn({ script }: Case): number {
  return script.filter((action) => !isOperation(action) && !isEnd(action)).length;
}

/** Why the nodes are to blame, one sentence each. A case in which nothing happens blames nobody. */
export function faultsFound({ failures, ...results }: Results): readonly string[] {
  if (results["examiner-late-ms"] > LATE_MS_MAX) return [];
  return failures.filter((failure) => !failure.startsWith("Nothing proven"));
}

/** On a machine that is so busy a run says nothing about the nodes, ms. A guess. */
const LATE_MS_MAX = 1_000;

/**
 * The same case without one node, the others renamed so that they are n0, n1, … again. What concerned it goes, or falls to
 * `heir` where there is one.
 */
export function withoutNode(given: Case, node: string, heir?: string): Case {
  const kept = nodeIds(given.nodeCount).filter((id) => id !== node);
  const names = new Map(kept.map((id, i) => [id, `n${i}`]));
  const nameOf = (id: string) => names.get(id === node ? heir ?? "" : id);
  const script = given.script.flatMap((action) => renamed(action, names, nameOf) ?? []);
  return { ...given, nodeCount: kept.length, script };
}

function isOperation({ kind }: Action): boolean {
  return kind === "broadcast" || kind === "read";
}

function isEnd(action: Action): boolean {
  if (action.kind === "slow") return action.ms === 0;
  if (action.kind === "loss" || action.kind === "duplicate") return action.share === 0;
  return action.kind === "heal" || action.kind === "resume" || action.kind === "start";
}

function renamed(
  action: Action,
  names: ReadonlyMap<string, string>,
  nameOf: (id: string) => string | undefined,
): Action | undefined {
  if ("node" in action) {
    const node = nameOf(action.node);
    return node === undefined ? undefined : { ...action, node };
  }
  if (action.kind === "slow") {
    const link = action.link.split("-").map((id) => names.get(id));
    return link.includes(undefined) ? undefined : { ...action, link: link.join("-") };
  }
  if (action.kind !== "cut") return action;
  const grudge = renamedGrudge(action.grudge, names);
  const parsed = parseScript(printAction({ ...action, grudge }), [...names.values()]);
  return parsed.ok ? parsed.script[0] : undefined;
}

/** Sides or links, without the nodes that are gone; a side without nodes makes it no grudge any more. */
function renamedGrudge(grudge: string, names: ReadonlyMap<string, string>): string {
  const name = (id: string) => id === "rest" ? id : names.get(id);
  if (!/[|>]/.test(grudge)) {
    const links = grudge.split(",").map((link) => link.split("-").map(name));
    return links.filter((ends) => !ends.includes(undefined)).map((ends) => ends.join("-")).join(",");
  }
  return grudge.replaceAll(/[^|>]+/g, (side) => side.split(",").flatMap((id) => name(id) ?? []).join(","));
}
