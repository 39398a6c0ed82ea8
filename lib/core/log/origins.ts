/** The origins of a log, in the order in which they grew [L5]. */
import { IntervalSet } from "./interval_set.ts";
import type { Ringed } from "./kept/twins.ts";

/** An origin of which something is held, among those that grew before and after it. */
export interface Grown {
  readonly name: string;
  readonly held: IntervalSet;
  /** The log's revision when it last grew. */
  readonly changedAt: number;
  /** The one that grew next before it. */
  readonly older: Grown | undefined;
}

export interface Origin extends Grown, Ringed {
  /** Entries whose values were held under other names when they came, and such as cannot be read [H6]; undefined while there are none. */
  repeats: IntervalSet | undefined;
}

interface Linked extends Origin {
  changedAt: number;
  older: Linked | undefined;
  newer: Linked | undefined;
}

export class Origins {
  readonly #origins = new Map<string, Linked>();
  #newest: Linked | undefined;

  /** The one that grew last; through `older` all others. */
  get newest(): Grown | undefined {
    return this.#newest;
  }

  get(name: string): Origin | undefined {
    return this.#origins.get(name);
  }

  /** The one of this name, which begins now where there was none. */
  of(name: string): Origin {
    return this.#of(name);
  }

  /** Those that grew after a revision, in the order in which they did. */
  grownSince(revision: number): Grown[] {
    const grown: Grown[] = [];
    for (let each = this.newest; each !== undefined && each.changedAt > revision; each = each.older) {
      grown.push(each);
    }
    return grown.reverse();
  }

  /** It has grown, at this revision. */
  grew({ name }: Origin, revision: number): void {
    const origin = this.#of(name);
    origin.changedAt = revision;
    if (origin === this.#newest) return;
    this.#unlink(origin);
    origin.older = this.#newest;
    if (this.#newest !== undefined) this.#newest.newer = origin;
    this.#newest = origin;
  }

  /** Forgets those of these names. Returns their names. */
  forget(isForgotten: (name: string) => boolean): string[] {
    const names = [...this.#origins.keys()].filter(isForgotten);
    for (const name of names) {
      const origin = this.#of(name);
      if (this.#newest === origin) this.#newest = origin.older;
      this.#unlink(origin);
      this.#origins.delete(name);
    }
    return names;
  }

  #unlink(origin: Linked): void {
    if (origin.newer !== undefined) origin.newer.older = origin.older;
    if (origin.older !== undefined) origin.older.newer = origin.newer;
    origin.newer = origin.older = undefined;
  }

  #of(name: string): Linked {
    // Entries come in runs: mostly it is the one that grew last.
    if (this.#newest?.name === name) return this.#newest;
    let origin = this.#origins.get(name);
    if (origin === undefined) {
      const links = { changedAt: 0, older: undefined, newer: undefined };
      origin = { name, held: new IntervalSet(), repeats: undefined, twins: undefined, ...links };
      this.#origins.set(name, origin);
    }
    return origin;
  }
}
