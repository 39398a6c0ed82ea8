/** A cache in each process: whoever writes tells all others what they have to read anew. */
import type { Client } from "../../lib/client/mod.ts";

export class Cache<T> {
  readonly #held = new Map<string, Promise<T>>();

  /** Reads what is not held. */
  get(key: string, read: (key: string) => Promise<T>): Promise<T> {
    const held = this.#held.get(key) ?? read(key);
    this.#held.set(key, held);
    return held;
  }

  async follow(client: Client): Promise<void> {
    for await (const { value, gap } of client.watch({ topics: ["_changed"], from: "now" })) {
      if (gap !== undefined) this.#held.clear();
      else this.#held.delete(String(value));
    }
  }
}

export function changed(client: Client, key: string): Promise<void> {
  return client.broadcast(key, { topic: "_changed" });
}
