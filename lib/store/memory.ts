/** A log that lives and dies with the process. */
import type { Entry } from "../core/log.ts";
import { originOf, type Store } from "./store.ts";

export interface MemoryStoreOptions {
  readonly id: string;
  /** Ms since 1970, a whole number: a later life has a later one. */
  readonly now: number;
}

export function memoryStore({ id, now }: MemoryStoreOptions): Store {
  return new MemoryStore(id, now);
}

class MemoryStore implements Store {
  readonly origin: string;
  readonly incarnation: number;
  readonly durable = false;
  readonly #held: Entry[] = [];
  #pending: Entry[] = [];

  constructor(id: string, now: number) {
    this.origin = originOf(id, now);
    this.incarnation = now;
  }

  *entries(): Generator<Entry> {
    // What is committed while somebody reads is not part of what they asked for.
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
