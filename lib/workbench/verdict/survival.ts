/** Values that no member holds any more because nodes were rolled back, removed, or lost their memory: no protocol could keep those. */
import type { Json } from "../../core/message.ts";
import { type Key, keyOf } from "./values.ts";

/**
 * Why a node lost values: it was killed, with what it had in memory alone or ("kill") with what it had not made safe yet, went back
 * to what was safe as its disk failed, was rolled back, was removed, or left.
 */
export type LossCause = "kill" | "memory" | "start-over" | "rollback" | "removal" | "departure";

/** Losses that nobody can make good. */
const forGood: readonly LossCause[] = ["memory", "rollback", "removal"];

export class Survival {
  readonly #lostForGood = new Map<Key, LossCause>();
  readonly #gone = new Map<Key, LossCause>();
  /** Lost for good where none but leaving members held them: these may have handed over to the node that lost them. */
  readonly #handedOver = new Map<Key, LossCause>();

  /** A node has lost these; members that stay hold `held` still, or would come back with them, and those that leave `leaving`. */
  lost(values: readonly Json[], cause: LossCause, held: Iterable<Json>, leaving: Iterable<Json> = []): void {
    const lost = new Set(values.map(keyOf));
    if (forGood.includes(cause)) { for (const key of lost) this.#lostForGood.set(key, cause); }
    for (const value of held) lost.delete(keyOf(value));
    const atLeavers = new Set(Array.from(leaving, keyOf));
    // A value that any other node has lost was safe elsewhere, unless that node lost it for good.
    const lostBefore = cause === "departure" ? this.#handedOver : this.#lostForGood;
    for (const key of lost) {
      const first = lostBefore.get(key);
      if (first !== undefined) (atLeavers.has(key) ? this.#handedOver : this.#gone).set(key, first);
    }
  }

  /** With what it was lost everywhere, at least for a while; undefined for a value that was not. */
  goneWith(value: Json): LossCause | undefined {
    return this.#gone.get(keyOf(value));
  }
}
