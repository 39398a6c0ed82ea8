/** What goes into a node and what comes out of it, step by step, and what it begins with. */
import type { Entry } from "./log/log.ts";
import type { Mechanism } from "./mechanisms.ts";
import type { Envelope } from "./message.ts";
import type { Random } from "./random.ts";

export type Event =
  | { readonly kind: "receive"; readonly envelope: Envelope }
  | { readonly kind: "wake" }
  /** The carrier has a new link to the peer: a hint, which spares waiting for a probe. */
  | { readonly kind: "linked"; readonly peer: string }
  /** Part of a long message has come from the peer: more of it is on its way. */
  | { readonly kind: "arriving"; readonly peer: string }
  /** Entries cannot be made safe, for this reason; undefined: they can again. */
  | { readonly kind: "storage"; readonly fault: string | undefined };

export type Effect =
  /** A hope: may be lost, late, doubled, reordered. */
  | { readonly kind: "send"; readonly envelope: Envelope }
  /**
   * To be made safe. What entered here, before any later effect: nobody else has it. What others brought is safe where it
   * entered, and so may be made safe a little later: a node that loses it says so when it comes back, and gets it again.
   */
  | { readonly kind: "persist"; readonly own: boolean; readonly entries: readonly Entry[] }
  /** New to this node, each once. */
  | { readonly kind: "deliver"; readonly entries: readonly Entry[] }
  /** A message that was of no use, and wants no answer: for people. */
  | { readonly kind: "drop"; readonly reason: string }
  /** Something that people should know of, in a sentence. */
  | { readonly kind: "notice"; readonly text: string };

export interface NodeOptions {
  readonly random: Random;
  /** Distinguishes this life of the node from earlier ones that lost their memory; a whole number that grows. */
  readonly incarnation: number;
  /** How long a value may take to reach everyone, ms; by default follows the measured round trip. */
  readonly deliveryBudgetMs?: number;
  /** What earlier lives of this node made safe. */
  readonly restored?: { readonly entries: Iterable<Entry> };
  readonly without?: readonly Mechanism[];
}
