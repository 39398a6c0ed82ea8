/** Entries that watchers had elsewhere and that are awaited here, and those that were awaited in vain [S11]. */
import { ORIGINS_MAX } from "../../core/message.ts";
import { Digest } from "../../core/node.ts";

interface Vain {
  readonly first: number;
  readonly last: number;
}

export class InVain {
  /** What a position names and this node lacks. */
  readonly #ahead: (position: Digest) => Digest;
  /** By origin, the numbers of entries that were awaited in vain, and are not any more unless the first of them comes. */
  readonly #vain = new Map<string, Vain>();

  constructor(ahead: (position: Digest) => Digest) {
    this.#ahead = ahead;
  }

  /** How many of these entries may still come to this node, and some of them. */
  lacking(all: Digest): { readonly count: number; readonly some: Digest | undefined } {
    let count = 0;
    let some: Digest | undefined;
    for (const [origin, lacking] of this.#ahead(all)) {
      const vain = this.#vainOf(origin)?.last ?? 0;
      for (const [start, to] of lacking.spans()) {
        const from = Math.max(start, vain + 1);
        if (from > to) continue;
        count += to + 1 - from;
        some ??= Digest.fromWire([[origin, [from, to]]]);
      }
    }
    return { count, some };
  }

  /** An origin whose entries come is not gone, whatever numbers a watcher has named. */
  #vainOf(origin: string): Vain | undefined {
    const vain = this.#vain.get(origin);
    if (vain === undefined) return undefined;
    const isStillLacking = [...this.#ahead(Digest.fromWire([[origin, [vain.first, vain.first]]]))].length > 0;
    if (!isStillLacking) this.#vain.delete(origin);
    return isStillLacking ? vain : undefined;
  }

  /** It may be gone for good, and then no other watcher is to wait for it either. */
  giveUp(all: Digest): void {
    for (const [origin, lacking] of this.#ahead(all)) {
      const [[first] = [lacking.last]] = lacking.spans();
      const known = this.#vainOf(origin) ?? { first, last: 0 };
      this.#vain.set(origin, { first: known.first, last: Math.max(lacking.last, known.last) });
    }
    for (const origin of this.#vain.keys()) {
      if (this.#vain.size <= ORIGINS_MAX) return;
      this.#vain.delete(origin);
    }
  }
}
