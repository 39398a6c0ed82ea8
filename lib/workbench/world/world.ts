/** A world, as the examiner needs it: a clock with timers, and hosts that run one node each. */
import type { Envelope, Json } from "../../core/message.ts";
import type { WireMember } from "../../core/membership/record.ts";
import type { Random } from "../../core/random.ts";
import type { Grudge } from "../faults/grudge.ts";
import type { DiskFault } from "./sim_store.ts";
import type { Oddity } from "../verdict/oddities.ts";

/** A clock and its timers, virtual or real. */
export interface Scheduler {
  /** Milliseconds, never decreasing; fractions allowed. */
  now(): number;
  /** Calls `run` once at `when` or as soon after as possible, equal moments in the order of these calls. Returns a cancel. */
  at(when: number, run: () => void): () => void;
  /** By how much the latest timer since the last call ran too late, ms: above some tens, the machine is too busy to measure. */
  takeLateMs(): number;
}

/** A host tells the examiner of these events. */
export interface HostEvents {
  /** The node put a well-formed envelope on the wire, which is unusual in these ways. */
  sent(envelope: Envelope, oddities?: readonly Oddity[]): void;
  /** The node did what no node may: a stray line, a crash. `reason` is for people. */
  misbehaved(kind: "stray-line" | "malformed-message" | "crashed", reason: string): void;
  /** Values new to this node, where the host sees them as they come; other hosts never call it. */
  delivered(values: readonly Json[]): void;
  /** The node, which lives, holds these values no more: it has started over from what is safe. */
  lost(values: readonly Json[]): void;
  /** The node is no member any longer, for this reason, and ends; only of nodes that can be. */
  ended?(reason: string): void;
  /** A node that runs elsewhere is out of reach, for this reason; requests that are open may go unanswered. */
  gone(reason: string): void;
  /** It is in reach again, or for the first time. `forgot`: it has lost what it held. */
  back(forgot: boolean): void;
}

/** A node among members that come and go. */
export interface Identity {
  /** Of its process. */
  readonly incarnation: number;
  readonly address: string;
  /** What it knows, or its disk, of the cluster that it is in; undefined where it is in none. */
  readonly known: { readonly clusterId: string; readonly epoch: number } | undefined;
  /** The other members that it knows of. */
  readonly peers: readonly string[];
  /** Some of them is out of its reach, by its own word. */
  readonly isLonely: boolean;
}

/** One place where one node runs. */
export interface Host {
  /** Brings up a fresh node under a new incarnation; the examiner then sends it `init`. */
  start(): void;
  /**
   * Hands the node one message. A host that is down drops it; a paused one keeps it until resumed. False: it was
   * dropped, as the node does not read and no more is held for it.
   */
  receive(envelope: Envelope): boolean | void;
  /** Part of a long message has come in from there, where nodes can see that. */
  arriving?(src: string): void;
  /** Ends the node at once; what it did not persist is gone. Returns the values of that, where it keeps any and can tell. */
  kill(): readonly Json[] | void;
  pause(): void;
  resume(): void;
  /**
   * Puts an earlier state in the place of what the node, which is down, made safe, and perhaps sets its clock back. Returns
   * what it did, for people, and the values that are lost with it. Only hosts of durable nodes that see inside have it.
   */
  rollBack?(random: Random): { readonly detail: string; readonly lost: readonly Json[] };
  /** Its disk fails in this way from now on; undefined: it works again. Only hosts of durable nodes that see inside have it. */
  failDisk?(fault: DiskFault | undefined): void;
  /** The process gets no processor for so long, ms: what comes meanwhile waits, and timers are late. Only of simulated nodes. */
  stall?(ms: number): void;
  /** Where others reach it now, among members that come and go; this and the five that follow are only of simulated nodes. */
  readonly address?: string;
  /** Which of its lives it is, at which address, and of which cluster. */
  identity?(): Identity;
  /** Whether it counts this node among the members: carriers link no other. */
  counts?(id: string): boolean;
  /** It hears of these members, records as on the wire, from a seed. */
  learn?(members: readonly WireMember[]): void;
  /** Empties the disk of a node that is down. Returns the values that are lost with it. */
  erase?(): readonly Json[];
  /** A node that is down will have another address. */
  move?(): void;
  /** The values that the node holds, or would come back with; only of hosts that can see inside. */
  holds?(): readonly Json[];
  /** The digest of its values by its own word; undefined while it is down or where it says none. */
  digest?(): string | undefined;
  /** The node that it passes on to first, by its own word; undefined where it has none, or does not say. */
  relay?(): string | undefined;
  /** The examination is over. */
  stop(): void;
  /** The beginning of a line that it has begun and not ended; undefined where there is none. */
  halfLine?(): string | undefined;
}

export type HostFactory = (id: string, events: HostEvents) => Host;

/** Told once something is done, with what went wrong if something did. */
export type Done = (failure?: string) => void;

/** Keeps nodes from hearing each other. A new partition takes the place of an old one. */
export interface Partitioner {
  partition(grudge: Grudge, done: Done): void;
  heal(done: Done): void;
}
