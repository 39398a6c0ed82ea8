/** Delta debugging: makes a case smaller for as long as it still fails: fewer nodes, fewer actions, rounder times. */
import { nodeIds } from "../settings.ts";
import type { Script } from "../script/script.ts";
import { type Case, withoutNode } from "./case.ts";

/** Of these cases, the first that still fails; undefined if none does, or there is no more time. */
export type FirstToFail = (cases: readonly Case[]) => Promise<Case | undefined>;

export async function shrink(found: Case, firstToFail: FirstToFail): Promise<Case> {
  // Of what is lost by chance, other messages are lost as soon as anything else is different.
  let current = await firstToFail(withoutChance(found)) ?? found;
  for (;;) {
    const smaller = await withFewerActions(await withFewerNodes(current, firstToFail), firstToFail);
    if (sizeOf(smaller) === sizeOf(current)) return await tidied(smaller, firstToFail);
    current = smaller;
  }
}

function withoutChance(given: Case): readonly Case[] {
  const certain = changed(
    given,
    given.script.map((action) => "share" in action && action.share > 0 ? { ...action, share: 1 } : action),
  );
  return certain === undefined ? [] : [certain];
}

function sizeOf({ nodeCount, script }: Case): number {
  return nodeCount + script.length;
}

async function withFewerNodes(given: Case, firstToFail: FirstToFail): Promise<Case> {
  let current = given;
  while (current.nodeCount > 1) {
    const smaller = await firstToFail(withOneNodeLess(current));
    if (smaller === undefined) return current;
    current = smaller;
  }
  return current;
}

/** Each node may go, with what concerned it, or so that its neighbour in number does that, too. */
function withOneNodeLess(given: Case): readonly Case[] {
  const ids = nodeIds(given.nodeCount);
  const alone = ids.toReversed().map((node) => withoutNode(given, node));
  const inherited = ids.toReversed().map((node, i) => withoutNode(given, node, ids.at(-2 - i) ?? ids.at(-1)));
  return [...alone, ...inherited].filter(({ script }) => script.length > 0);
}

/** Without ever smaller parts of it. */
async function withFewerActions(given: Case, firstToFail: FirstToFail): Promise<Case> {
  let current = given;
  let part = Math.ceil(current.script.length / 2);
  while (part > 0) {
    const smaller = await firstToFail(withoutParts(current, part));
    if (smaller !== undefined) current = smaller;
    else if (part === 1) return current;
    if (smaller === undefined || part >= current.script.length) part = Math.floor(part / 2);
  }
  return current;
}

/** The last part goes first: what came after the damage was done. */
function withoutParts(given: Case, part: number): Case[] {
  const cases: Case[] = [];
  for (let end = given.script.length; end > 0; end -= part) {
    const script = given.script.toSpliced(Math.max(0, end - part), Math.min(part, end));
    if (script.length > 0) cases.push({ ...given, script });
  }
  return cases;
}

/** Each of these makes it easier to read, if it still fails. */
async function tidied(given: Case, firstToFail: FirstToFail): Promise<Case> {
  let current = given;
  for (const tidy of [withoutLatency, withSmallValues, withRoundTimes(100), withRoundTimes(10)]) {
    const tidier = tidy(current);
    if (tidier === undefined) continue;
    current = await firstToFail([tidier]) ?? current;
  }
  return current;
}

function withoutLatency(given: Case): Case | undefined {
  return given.latencyMs === 0 ? undefined : { ...given, latencyMs: 0 };
}

function withSmallValues(given: Case): Case | undefined {
  let next = 1;
  return changed(
    given,
    given.script.map((action) => action.kind === "broadcast" ? { ...action, value: next++ } : action),
  );
}

function withRoundTimes(toMs: number): (given: Case) => Case | undefined {
  return (given) =>
    changed(given, given.script.map((action) => ({ ...action, at: Math.ceil(action.at / toMs) * toMs })));
}

function changed(given: Case, script: Script): Case | undefined {
  return JSON.stringify(script) === JSON.stringify(given.script) ? undefined : { ...given, script };
}
