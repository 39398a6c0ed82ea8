/** Arbitrary tables of who sees whom and who has lost whom, and what may be concluded from them by hand. */
import fc from "fast-check";
import { Layout } from "../../lib/core/topology/layout.ts";
import { LinkState } from "../../lib/core/topology/link_state.ts";

/** What the two ends of one link say of it: each has seen the other, or lost it, or says nothing. */
type Word = "seen" | "lost" | "nothing";
type Link = readonly [Word, Word];

/** A number of nodes and what each says of every other. */
export interface Links {
  readonly nodes: readonly number[];
  /** Of these no word has come so far. */
  readonly silent: readonly number[];
  /** [a][b]: what a says of b. */
  readonly words: ReadonlyMap<number, ReadonlyMap<number, Word>>;
}

const word: fc.Arbitrary<Word> = fc.constantFrom("seen", "lost", "nothing");
const link: fc.Arbitrary<Link> = fc.oneof(
  fc.constantFrom<Link>(["seen", "seen"], ["lost", "lost"], ["nothing", "nothing"]),
  fc.tuple(word, word),
);

export const links: fc.Arbitrary<Links> = fc.integer({ min: 1, max: 8 }).chain((count) => {
  const pairs = count * (count - 1) / 2;
  return fc.tuple(
    fc.array(link, { minLength: pairs, maxLength: pairs }),
    fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.subarray(nodesOf(count))),
  ).map(([list, silent]) => tableOf(nodesOf(count), list, silent));
});

function nodesOf(count: number): number[] {
  return Array.from({ length: count }, (_, rank) => rank);
}

function tableOf(nodes: readonly number[], list: readonly Link[], silent: readonly number[]): Links {
  const words = new Map(nodes.map((node) => [node, new Map<number, Word>()]));
  let next = 0;
  for (const [i, a] of nodes.entries()) {
    for (const b of nodes.slice(i + 1)) {
      const [ofB, ofA] = list[next++] ?? ["nothing", "nothing"];
      words.get(a)?.set(b, ofB);
      words.get(b)?.set(a, ofA);
    }
  }
  return { nodes, silent, words };
}

/** The table that a node has once it has heard everyone's word. */
export function linkStateOf({ nodes, silent, words }: Links): LinkState {
  const linkState = new LinkState(nodes.length, 0, new Layout(nodes.length, 0));
  const said = (node: number, what: Word) =>
    new Set(nodes.filter((other) => words.get(node)?.get(other) === what));
  for (const node of nodes.filter((each) => !silent.includes(each))) {
    linkState.merge(node, {
      incarnation: 1,
      version: 1,
      heard: said(node, "seen"),
      suspected: said(node, "lost"),
    });
  }
  return linkState;
}

/** What a says of b, as far as its word has come. */
export function saidOf({ silent, words }: Links, a: number, b: number): Word {
  return silent.includes(a) ? "nothing" : words.get(a)?.get(b) ?? "nothing";
}

export function nobodyLost(table: Links): boolean {
  return table.nodes.every((a) => table.nodes.every((b) => saidOf(table, a, b) !== "lost"));
}

/** Everyone who can be reached over links that are up, in order of rank. */
export function reachable(table: Links, from: number): number[] {
  const linkState = linkStateOf(table);
  const reached = new Set([from]);
  for (const here of reached) {
    for (const there of table.nodes) if (linkState.linkUp(here, there)) reached.add(there);
  }
  return table.nodes.filter((node) => reached.has(node));
}
