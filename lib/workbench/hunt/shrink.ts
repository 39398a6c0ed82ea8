/** Delta debugging: makes a case smaller for as long as it still fails: fewer nodes, fewer actions, rounder times. */
import { nodeIds } from "../settings.ts";
import type { Script } from "../script/script.ts";
import { type Case, withoutNode } from "./case.ts";

/** Of these cases, tried in this order and several at once, those that still fail; where some did, the rest need not be tried. */
export type FailingOf = (cases: readonly Case[]) => Promise<readonly Case[]>;

/** Longer waits than this may not matter, ms; without them each run takes less time. */
const GAP_MS = 300;

export async function shrink(found: Case, failingOf: FailingOf): Promise<Case> {
  const first = async (cases: readonly Case[], otherwise: Case) => (await failingOf(cases))[0] ?? otherwise;
  let current = await first(withShortGaps(found), found);
  // Of what is lost by chance, other messages are lost as soon as anything else is different.
  current = await first(withoutChance(current), current);
  for (;;) {
    const smaller = await withFewerActions(await withFewerNodes(current, failingOf), failingOf);
    if (sizeOf(smaller) === sizeOf(current)) return await tidied(smaller, failingOf);
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

async function withFewerNodes(given: Case, failingOf: FailingOf): Promise<Case> {
  let current = given;
  while (current.nodeCount > 1) {
    const [smaller] = await failingOf(withOneNodeLess(current));
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

/** Without ever smaller parts of it. What may go each for itself may often go together. */
async function withFewerActions(given: Case, failingOf: FailingOf): Promise<Case> {
  let current = given;
  let part = Math.ceil(current.script.length / 2);
  while (part > 0) {
    const failing = await failingOf(withoutParts(current, part));
    const [first] = failing;
    if (first === undefined) part = Math.floor(part / 2);
    else {
      const together = ofAll(current, failing);
      const [smaller] = failing.length > 1 && together.script.length > 0 ? await failingOf([together]) : [];
      current = smaller ?? first;
      part = Math.min(part, Math.ceil(current.script.length / 2), current.script.length - 1);
    }
  }
  return current;
}

/** Only what is in all of these. */
function ofAll(given: Case, cases: readonly Case[]): Case {
  return {
    ...given,
    script: given.script.filter((action) => cases.every(({ script }) => script.includes(action))),
  };
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
async function tidied(given: Case, failingOf: FailingOf): Promise<Case> {
  let current = given;
  for (const tidy of [withoutLatency, withSmallValues, withRoundTimes(100), withRoundTimes(10)]) {
    const tidier = tidy(current);
    if (tidier === undefined) continue;
    [current = current] = await failingOf([tidier]);
  }
  return current;
}

function withShortGaps(given: Case): readonly Case[] {
  let saved = 0;
  const script = given.script.map((action, i) => {
    const gap = action.at - (given.script[i - 1]?.at ?? 0);
    saved += Math.max(0, gap - GAP_MS);
    return { ...action, at: action.at - saved };
  });
  return saved === 0 ? [] : [{ ...given, script }];
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
