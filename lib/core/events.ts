/** What goes into a node and what comes out of it, what it begins with, and what it says of itself. */
import type { EntryStore } from "./log/entry_store.ts";
import type { Range, Run } from "./log/runs.ts";
import type { MemberRecord, WireMember } from "./membership/record.ts";
import type { Mechanism } from "./mechanisms.ts";
import type { Acknowledgements, Envelope } from "./message.ts";
import type { Random } from "./random.ts";
import type { Rule } from "./retention/rules.ts";
import type { TraceEvent } from "./trace.ts";

export type Event =
  | { readonly kind: "receive"; readonly envelope: Envelope }
  /** Broadcasts that came together, TOGETHER_MAX at most: as if each had come by itself, but for the entries, which are one run. */
  | { readonly kind: "broadcasts"; readonly envelopes: readonly Envelope[] }
  | { readonly kind: "wake" }
  /** The carrier has a new link to the peer: a hint, which spares waiting for a probe. */
  | { readonly kind: "linked"; readonly peer: string }
  /** Part of a long message has come from the peer: more of it is on its way. */
  | { readonly kind: "arriving"; readonly peer: string }
  /** Others say so of members, outside of messages between nodes: the answer to a join [M3]. */
  | { readonly kind: "members"; readonly members: readonly WireMember[] }
  /** Entries cannot be made safe, for this reason; undefined: they can again [N10]. */
  | { readonly kind: "storage"; readonly fault: string | undefined };

export type Effect =
  /** A hope: may be lost, late, doubled, reordered. */
  | { readonly kind: "send"; readonly envelope: Envelope }
  /** The same, of many answers at once to broadcasts that came together. */
  | { readonly kind: "acknowledge"; readonly acknowledgements: Acknowledgements }
  /**
   * To be made safe [N2] [I3]. What entered here, before any later effect: nobody else has it. What others brought is safe where it
   * entered, and so may be made safe a little later: a node that loses it says so when it comes back, and gets it again [S2] [B7].
   * So is it with what is gone: a node that loses that lets it go again [G3].
   */
  | {
    readonly kind: "persist";
    readonly own: boolean;
    readonly runs: readonly Run[];
    readonly gaps?: readonly Range[];
  }
  /** New to this node, each once. */
  | { readonly kind: "deliver"; readonly runs: readonly Run[] }
  /** The list of members changed: all of it, and what is new in it. To be made safe before any later effect [M4]. */
  | {
    readonly kind: "members";
    readonly members: readonly MemberRecord[];
    readonly news: readonly MemberRecord[];
  }
  /** This node is no member any longer, for this reason, and does nothing more [M2] [M5]. */
  | { readonly kind: "gone"; readonly reason: string }
  /** A message that was of no use, and wants no answer: for people. */
  | { readonly kind: "drop"; readonly reason: string }
  /** Something that people should know of, in a sentence. */
  | { readonly kind: "notice"; readonly text: string }
  /** What the node decided, and why; only where it was asked to say so [N13]. */
  | { readonly kind: "trace"; readonly event: TraceEvent };

export interface NodeOptions {
  readonly random: Random;
  /** Distinguishes this incarnation of the node from earlier ones; a whole number that grows [B3]. */
  readonly incarnation: number;
  /** How long a value may take to reach everyone, ms; by default follows the measured round trip. */
  readonly deliveryBudgetMs?: number;
  /** Where entries are kept; what is in it at the start is held [N9]. By default in memory, and nothing is. */
  readonly entries?: EntryStore;
  /** Whether `entries` outlive the process: then this node has what it was told in earlier incarnations [B7]. */
  readonly durable?: boolean;
  /** How long an answer to `read` may be, characters; by default READ_CHARS_MAX. */
  readonly readCharsMax?: number;
  /** How much is kept of which topics, and for how long; by default all of it, but for what is built in [G1]. */
  readonly retain?: readonly Rule[];
  readonly without?: readonly Mechanism[];
  /** Whether it says what it decides, and why, by effects of their own [N13]. */
  readonly trace?: boolean;
}

/** What is believed of one peer, for people [N12]. */
export interface PeerStatus {
  readonly id: string;
  /** Whether it is next to this node in the tree: only then does it say all that it holds. */
  readonly neighbour: boolean;
  /** Entries that this node holds and the peer has not said it holds, and the other way round. */
  readonly lag: number;
  readonly ahead: number;
  /** Undefined before the first sample. */
  readonly rttMs: number | undefined;
  /** Since when it is suspected, on the clock of `now`. */
  readonly suspectedAt: number | undefined;
  /** Whether it has said that it holds the entry. */
  holds(origin: string, seq: number): boolean;
}

/** What is believed of those next to a node in the tree. */
export type Neighbours = readonly Pick<PeerStatus, "id" | "rttMs" | "holds">[];

export interface NodeStatus {
  readonly values: number;
  /** Of the set of values: two nodes with the same values have the same, 16 hexadecimal digits. */
  readonly digest: string;
  readonly entries: number;
  /** How many of these are gone [G3]. */
  readonly gone: number;
  /** Undefined where this node is the relay itself, or knows no one. */
  readonly relay: string | undefined;
  readonly peers: readonly PeerStatus[];
  /** Of the cluster that was founded; empty where the members are given. */
  readonly clusterId: string;
  /** All that are known when this is gone through, those that left among them, in order of ids. */
  readonly members: Iterable<MemberRecord>;
  /** Whether this node was asked to leave. */
  readonly leaving: boolean;
}
