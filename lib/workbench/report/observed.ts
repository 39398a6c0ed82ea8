/** What nodes hold as their reads show it, where nobody sees inside them: what is new since the read before, and what is gone. */
import type { Json } from "../../core/message.ts";
import { type Key, keyOf } from "../verdict/values.ts";

export interface Difference {
  readonly gained: readonly Json[];
  readonly lost: readonly Json[];
}

interface Held {
  readonly value: Json;
  /** The number of the last read that had it. */
  read: number;
}

export class Observed {
  /** By node. */
  readonly #held = new Map<string, Map<Key, Held>>();
  #reads = 0;

  /** A node shows these values, and no others. */
  read(node: string, values: readonly Json[]): Difference {
    const read = ++this.#reads;
    const held = this.#held.get(node) ?? new Map<Key, Held>();
    this.#held.set(node, held);
    const gained: Json[] = [];
    let kept = 0;
    const before = held.size;
    for (const value of values) {
      const known = held.get(keyOf(value));
      if (known === undefined) {
        held.set(keyOf(value), { value, read });
        gained.push(value);
      } else if (known.read !== read) {
        known.read = read;
        kept++;
      }
    }
    return { gained, lost: kept === before ? [] : withoutOlder(held, read) };
  }

  /** Whatever it held is gone. */
  forget(node: string): void {
    this.#held.delete(node);
  }
}

/** Takes out what this read had not. */
function withoutOlder(held: Map<Key, Held>, read: number): Json[] {
  const lost = [...held].filter(([, known]) => known.read !== read);
  for (const [key] of lost) held.delete(key);
  return lost.map(([, { value }]) => value);
}
