/** A log that lives and dies with the process. */
import type { Entry } from "../core/log/log.ts";
import type { Store } from "./store.ts";

export interface MemoryStoreOptions {
  /** Ms since 1970, a whole number: a later life has a later one. */
  readonly now: number;
}

export function memoryStore({ now }: MemoryStoreOptions): Store {
  return new MemoryStore(now);
}

class MemoryStore implements Store {
  readonly incarnation: number;
  readonly durable = false;
  readonly #held: Entry[] = [];
  #pending: Entry[] = [];

  constructor(now: number) {
    this.incarnation = now;
  }

  *entries(): Generator<Entry> {
    // Entries that are committed while somebody reads are not part of that reading.
    yield* this.#held.slice();
  }

  append(entries: readonly Entry[]): void {
    for (const entry of entries) this.#pending.push(entry);
  }

  commit(): void {
    for (const entry of this.#pending) this.#held.push(entry);
    this.#pending = [];
  }

  check(): void {}

  close(): void {
    this.#pending = [];
  }
}
