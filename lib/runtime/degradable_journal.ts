/** The journal of a durable node: its store, which may fail. */
import type { Journal } from "./journal.ts";
import { type Store, StoreFault } from "../store/store.ts";

/** What a journal needs of a store. */
export type Committing = Pick<Store, "commit" | "check" | "maintain">;

/**
 * A store that fails is suspended: the node refuses broadcasts then, so that only entries come that other nodes have made
 * safe. They wait in the store, and are committed once that is possible [S5].
 */
export class DegradableJournal implements Journal {
  readonly #store: Committing;
  #fault: unknown;
  #suspended = false;

  constructor(store: Committing) {
    this.#store = store;
  }

  commit(origins?: ReadonlySet<string>): void {
    if (!this.#suspended) this.#store.commit(origins);
  }

  /** `fault`: what went wrong with the store. */
  suspend(fault: unknown): void {
    this.#suspended = true;
    this.#fault = fault;
  }

  /** "durable" while every entry is made safe, "full" while the disk is full, "failed" while anything else is wrong. */
  get state(): "durable" | "full" | "failed" {
    if (!this.#suspended) return "durable";
    return this.#fault instanceof StoreFault && this.#fault.kind === "full" ? "full" : "failed";
  }

  /** Does a piece of the store's housekeeping; returns whether there is more. Throws where the store is gone, or fails. */
  maintain(): boolean {
    if (this.#suspended) return false;
    this.#store.check();
    return this.#store.maintain();
  }

  /** Tries to commit what waits; returns the fault, undefined where it worked. */
  resume(): unknown {
    try {
      this.#store.commit();
    } catch (error) {
      this.#fault = error;
      return error;
    }
    this.#suspended = false;
    return undefined;
  }
}
