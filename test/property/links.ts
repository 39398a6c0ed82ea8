/** Arbitrary tables of who sees whom and who has lost whom, and what may be concluded from them by hand. */
import fc from "fast-check";
import { Sights } from "../../lib/core/sights.ts";

/** What the two ends of one link say of it: each has seen the other, or lost it, or says nothing. */
type Word = "seen" | "lost" | "nothing";
type Link = readonly [Word, Word];

/** A number of nodes and what each says of every other. */
export interface Links {
  readonly nodes: readonly string[];
  /** [a][b]: what a says of b. */
  readonly words: ReadonlyMap<string, ReadonlyMap<string, Word>>;
}

const word: fc.Arbitrary<Word> = fc.constantFrom("seen", "lost", "nothing");
const link: fc.Arbitrary<Link> = fc.oneof(
  fc.constantFrom<Link>(["seen", "seen"], ["lost", "lost"], ["nothing", "nothing"]),
  fc.tuple(word, word),
);

export const links: fc.Arbitrary<Links> = fc.integer({ min: 1, max: 8 }).chain((count) => {
  const pairs = count * (count - 1) / 2;
  return fc.array(link, { minLength: pairs, maxLength: pairs }).map((list) => tableOf(count, list));
});

function tableOf(count: number, list: readonly Link[]): Links {
  const nodes = Array.from({ length: count }, (_, i) => `n${i}`);
  const words = new Map(nodes.map((node) => [node, new Map<string, Word>()]));
  let next = 0;
  for (const [i, a] of nodes.entries()) {
    for (const b of nodes.slice(i + 1)) {
      const [ofB, ofA] = list[next++] ?? ["nothing", "nothing"];
      words.get(a)?.set(b, ofB);
      words.get(b)?.set(a, ofA);
    }
  }
  return { nodes, words };
}

/** The table that a node has once it has heard everyone's word. */
export function sightsOf({ nodes, words }: Links): Sights {
  const sights = new Sights("examiner", 0);
  const said = (node: string, what: Word) =>
    new Set(nodes.filter((other) => words.get(node)?.get(other) === what));
  for (const node of nodes) {
    sights.merge(node, { life: 1, version: 1, seen: said(node, "seen"), lost: said(node, "lost") });
  }
  return sights;
}

export function nobodyLost({ nodes, words }: Links): boolean {
  return nodes.every((a) => nodes.every((b) => words.get(a)?.get(b) !== "lost"));
}

/** Up: somebody sees it, and nobody has lost it. */
export function isUp({ words }: Links, a: string, b: string): boolean {
  const both = [words.get(a)?.get(b), words.get(b)?.get(a)];
  return both.includes("seen") && !both.includes("lost");
}

/** Everyone who can be reached over links that are up, in order of rank. */
export function reachable(table: Links, from: string): string[] {
  const reached = new Set([from]);
  for (const here of reached) {
    for (const there of table.nodes) if (isUp(table, here, there)) reached.add(there);
  }
  return table.nodes.filter((node) => reached.has(node));
}
