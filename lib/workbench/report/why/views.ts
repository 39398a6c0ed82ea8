/** How the nodes saw the cluster at each moment, by their own word: their trees, and whom they heard or took for lost. */
import type { TraceEvent } from "../../../core/trace.ts";
import type { Traced } from "../recording.ts";
import { grouped, type Moment, Timeline } from "./timeline.ts";

/** What a node said, with its time. */
export interface Word<K extends TraceEvent["kind"]> extends Moment {
  readonly node: string;
  readonly event: Extract<TraceEvent, { readonly kind: K }>;
}

export type Words<K extends TraceEvent["kind"]> = ReadonlyMap<string, Timeline<Word<K>>>;

export class Views {
  /** When any of that changed. */
  readonly moments: Timeline<Moment>;
  readonly #nodes: readonly string[];
  /** By node. */
  readonly #trees: Words<"tree">;
  /** By node and peer. */
  readonly #standings: Words<"hear" | "suspect">;
  /** The trees as the nodes together had them, by moment and node, as far as anybody asked. */
  readonly #joined = new Map<Moment | undefined, Map<string, ReadonlySet<string>>>();

  constructor(nodes: readonly string[], traces: readonly Traced[]) {
    this.#nodes = nodes;
    const trees = traces.flatMap(ofKind("tree"));
    const standings = traces.flatMap(ofKind("hear", "suspect"));
    this.moments = new Timeline([...trees, ...standings]);
    this.#trees = wordsBy(trees, ({ node }) => node);
    this.#standings = wordsBy(standings, pairOf);
  }

  /** To whom the node passed on what was new. */
  neighbours(node: string, at: number): readonly string[] {
    return this.#trees.get(node)?.latest(at)?.event.neighbours ?? [];
  }

  /** All that were in one tree with it, by the word of either end of each link. */
  treeOf(node: string, at: number): ReadonlySet<string> {
    const moment = this.moments.latest(at);
    const trees = this.#joined.get(moment) ?? new Map<string, ReadonlySet<string>>();
    this.#joined.set(moment, trees);
    const known = trees.get(node);
    if (known !== undefined) return known;
    const links = this.#links(at);
    const tree = new Set([node]);
    for (const each of tree) for (const other of links.get(each) ?? []) tree.add(other);
    for (const each of tree) trees.set(each, tree);
    return tree;
  }

  /** Whether the two hear each other, and one of them said so since then. */
  hasFound(a: string, b: string, at: number, since: number): boolean {
    const words = [this.#standing(a, b, at), this.#standing(b, a, at)];
    return words.every((word) => word?.event.kind === "hear") &&
      words.some((word) => (word?.at ?? 0) >= since);
  }

  /** Whether the node took the peer for lost. */
  suspects(node: string, peer: string, at: number): boolean {
    return this.#standing(node, peer, at)?.event.kind === "suspect";
  }

  #standing(node: string, peer: string, at: number): Word<"hear" | "suspect"> | undefined {
    return this.#standings.get(`${node} ${peer}`)?.latest(at);
  }

  /** Both ways. */
  #links(at: number): Map<string, string[]> {
    const pairs = this.#nodes.flatMap((node) =>
      this.neighbours(node, at).flatMap((peer) => [[node, peer], [peer, node]] as const)
    );
    return new Map(
      [...grouped(pairs, ([node]) => node)].map(([node, found]) => [node, found.map(([, peer]) => peer)]),
    );
  }
}

export function ofKind<K extends TraceEvent["kind"]>(...kinds: readonly K[]) {
  const is = (event: TraceEvent): event is Extract<TraceEvent, { kind: K }> =>
    kinds.some((kind) => kind === event.kind);
  return ({ node, at, event }: Traced): Word<K>[] => is(event) ? [{ node, at, event }] : [];
}

export function pairOf(
  { node, event }: { readonly node: string; readonly event: { readonly peer?: string } },
) {
  return event.peer === undefined ? undefined : `${node} ${event.peer}`;
}

export function wordsBy<K extends TraceEvent["kind"]>(
  words: readonly Word<K>[],
  keyOf: (word: Word<K>) => string | undefined,
): Words<K> {
  return new Map([...grouped(words, keyOf)].map(([key, found]) => [key, new Timeline(found)]));
}
