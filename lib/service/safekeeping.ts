/** The journal of a serving node: a store, and what is kept in memory while the store has no room. */
import type { Entry } from "../core/log.ts";
import type { Journal } from "../../transports/drive.ts";
import type { Store } from "../store/store.ts";

/** While there is no room, it is tried again this often, ms. */
export const RESUME_MS = 1_000;

/**
 * A store that fails is suspended: the node refuses broadcasts then, so all that still comes are entries that other
 * nodes have made safe. They are kept in memory, and stored first once that is possible.
 */
export class Safekeeping implements Journal {
  readonly #store: Store;
  #suspended = false;
  #backlog: Entry[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  get suspended(): boolean {
    return this.#suspended;
  }

  append(entries: readonly Entry[]): void {
    if (!this.#suspended) this.#store.append(entries);
    else for (const entry of entries) this.#backlog.push(entry);
  }

  commit(): void {
    if (!this.#suspended) this.#store.commit();
  }

  suspend(): void {
    this.#suspended = true;
  }

  /** Tries to store what was kept; returns what went wrong, if anything did. */
  resume(): unknown {
    try {
      this.#store.append(this.#backlog);
      this.#store.commit();
    } catch (error) {
      return error;
    }
    this.#backlog = [];
    this.#suspended = false;
    return undefined;
  }
}
