/** Ended lives of which nothing is left, and of which all has been forgotten, but for one number for each node [G7]. */
import { lifeOf } from "../incarnation.ts";

/** A node, and the last of its lives that is retired; all before it are, too. */
export type Retired = readonly [node: string, incarnation: number];

interface Life {
  readonly incarnation: number;
  /** The revision at which it was retired. */
  readonly changedAt: number;
}

export class RetiredLives implements Iterable<Retired> {
  readonly #lives = new Map<string, Life>();
  #revision = 0;

  /** Counts changes. */
  get revision(): number {
    return this.#revision;
  }

  /** Whether this origin is of a life that is retired. */
  covers(origin: string): boolean {
    if (this.#lives.size === 0) return false;
    const { node, incarnation } = lifeOf(origin);
    return incarnation <= (this.#lives.get(node)?.incarnation ?? -1);
  }

  /** Returns whether any life is retired that was not. */
  add([node, incarnation]: Retired): boolean {
    if (incarnation <= (this.#lives.get(node)?.incarnation ?? -1)) return false;
    this.#lives.set(node, { incarnation, changedAt: ++this.#revision });
    return true;
  }

  /** What changed after a revision, in the order in which it did. */
  since(revision: number): (readonly [retired: Retired, changedAt: number])[] {
    return [...this.#lives].filter(([, { changedAt }]) => changedAt > revision)
      .sort(([, a], [, b]) => a.changedAt - b.changedAt)
      .map(([node, { incarnation, changedAt }]) => [[node, incarnation], changedAt]);
  }

  *[Symbol.iterator](): Iterator<Retired> {
    for (const [node, { incarnation }] of this.#lives) yield [node, incarnation];
  }
}
