/** Feature flags: every process has the latest of each in memory, also while no node can be reached. */
import type { Client, Json } from "../../lib/client/mod.ts";

export class Flags {
  readonly #flags = new Map<string, Json>();

  /** Follows the flags until the client is closed. */
  async follow(client: Client): Promise<void> {
    for await (const { key, value } of client.watch({ topics: ["flags"], latest: true })) {
      if (key === undefined) continue;
      if (value === undefined) this.#flags.delete(key);
      else this.#flags.set(key, value);
    }
  }

  isOn(flag: string): boolean {
    return this.#flags.get(flag) === true;
  }
}
