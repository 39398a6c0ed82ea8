/** Oddities: acts of a node that are unusual but that Maelstrom tolerates, so they are reported and not judged. */

/** Each oddity in words, for people. */
const words = {
  "null-id": "msg_id or in_reply_to is null between nodes, where it might be absent",
  "odd-id": "msg_id or in_reply_to is no integer between nodes",
  "no-type": "a body without a type between nodes",
  "no-body": "a message without a body, which goes for an empty one",
  "text-after": "more text after a message on its line, which nobody reads",
  "raw-controls": "control characters in a string that are not escaped",
  "other-source": "a message in the name of another node or client",
  "second-reply": "one more reply to a request that was answered",
  "null-messages": "null for the messages of a read, which goes for none",
  "odd-reply":
    "a reply to a client that its schema does not let in, so that Maelstrom leaves the operation open",
} as const;

export type Oddity = keyof typeof words;

/** One oddity, how often it occurred, and the nodes that committed it. */
export interface Unusual {
  readonly kind: Oddity;
  readonly what: string;
  readonly count: number;
  readonly nodes: readonly string[];
}

export class Oddities {
  readonly #nodes = new Map<Oddity, Set<string>>();
  readonly #counts = new Map<Oddity, number>();

  add(node: string, kind: Oddity): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    const nodes = this.#nodes.get(kind) ?? new Set();
    this.#nodes.set(kind, nodes.add(node));
  }

  /** In the order in which each came first. */
  get all(): readonly Unusual[] {
    return [...this.#counts].map(([kind, count]) => ({
      kind,
      what: words[kind],
      count,
      nodes: [...this.#nodes.get(kind) ?? []].sort(inOrder),
    }));
  }
}

/** n2 before n10. */
export function inOrder(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
