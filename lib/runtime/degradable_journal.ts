/** The journal of a durable node: its store, which may fail. */
import type { Journal } from "./journal.ts";
import { type Store, StoreFault } from "../store/store.ts";

/** What a journal needs of a store. */
export type Committing = Pick<Store, "commit" | "check">;

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

  commit(): void {
    if (!this.#suspended) this.#store.commit();
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

  /** The fault of a store whose files are gone; undefined where they are there, or the store is suspended. */
  faultOfPlace(): unknown {
    return this.#suspended ? undefined : faultOf(() => this.#store.check());
  }

  /** Tries to commit what waits; returns the fault, undefined where it worked. */
  resume(): unknown {
    this.#fault = faultOf(() => this.#store.commit());
    this.#suspended = this.#fault !== undefined;
    return this.#fault;
  }
}

function faultOf(run: () => void): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}
