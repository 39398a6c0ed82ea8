/** The components of a cut: which nodes can be reached from which while it is on. */
import { component, type Grudge } from "./grudge.ts";

export class Components {
  readonly #nodes: readonly string[];
  /** The components of the latest cut, as far as anybody asked. */
  #components: ReadonlySet<string>[] = [];
  #grudge: Grudge | undefined;

  constructor(nodes: readonly string[]) {
    this.#nodes = nodes;
  }

  /** Undefined while no cut is on; else the same set for all nodes that can reach each other. */
  of(node: string, grudge: Grudge): ReadonlySet<string> | undefined {
    if (grudge.size === 0) return undefined;
    if (grudge !== this.#grudge) this.#components = [];
    this.#grudge = grudge;
    // A cut outlasts many values, and links that work both ways lead back, too.
    const known = this.#components.find((each) => each.has(node));
    if (known !== undefined) return known;
    const found = component(grudge, this.#nodes, node);
    this.#components.push(found);
    return found;
  }
}
