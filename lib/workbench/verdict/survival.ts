/** Values that no node holds any more because nodes were rolled back to before they had them: no protocol could keep those. */
import type { Json } from "../../core/message.ts";
import { type Key, keyOf } from "./values.ts";

/** Why a node lost values: it was killed, went back to what was safe as its disk failed, or was rolled back. */
export type LossCause = "kill" | "start-over" | "rollback";

export class Survival {
  readonly #rolledBack = new Set<Key>();
  readonly #gone = new Set<Key>();

  /** A node has lost these; `held` are the values that some node holds still, or would come back with. */
  lost(values: readonly Json[], cause: LossCause, held: Iterable<Json>): void {
    const lost = new Set(values.map(keyOf));
    if (cause === "rollback") { for (const key of lost) this.#rolledBack.add(key); }
    for (const value of held) lost.delete(keyOf(value));
    // A value that any other node has lost was safe elsewhere, unless that node was rolled back.
    for (const key of lost) if (this.#rolledBack.has(key)) this.#gone.add(key);
  }

  /** Whether it has been lost everywhere, at least for a while. */
  isGone(value: Json): boolean {
    return this.#gone.has(keyOf(value));
  }
}
