/** A log that lives and dies with the process. */
import { MemoryEntries } from "../core/log/memory_entries.ts";
import type { Store } from "./store.ts";

export interface MemoryStoreOptions {
  /** Ms since 1970, a whole number: a later life has a later one. */
  readonly now: number;
}

export function memoryStore({ now }: MemoryStoreOptions): Store {
  return new MemoryStore(now);
}

class MemoryStore extends MemoryEntries implements Store {
  readonly incarnation: number;
  readonly durable = false;

  constructor(now: number) {
    super();
    this.incarnation = now;
  }

  commit(): void {}

  revert(): void {}

  check(): void {}

  maintain(): boolean {
    return false;
  }

  close(): void {}
}
