/** The answers of a node, checked as they come in: it may be of another version, or no node at all. */
import { z } from "zod";
import type { Digest } from "../core/log/digest.ts";
import { ORIGIN_CHARS_MAX, type Range, rangeOf, Runs } from "../core/log/runs.ts";
import type { Body } from "../core/message.ts";
import { isTooDeep } from "../core/log/canonical.ts";
import { printable } from "../../transports/shortened.ts";
import { type Item, itemsOf } from "./watching/item.ts";
import { positionFrom } from "./position.ts";

const count = z.int().nonnegative();
const counts = z.record(z.string(), count);
/** People are shown it. */
const text = z.string().transform(printable);
const name = text.pipe(z.string().min(1));
/** Ms since 1970, as far as a Date goes. */
const time = z.number().min(0).max(8.64e15);

const linkShape = z.looseObject({
  address: text,
  hears: z.boolean(),
  for_ms: z.number(),
  reason: text,
  bytes_queued: count,
  messages_dropped: count,
});

const peerShape = z.looseObject({
  id: name,
  connected: z.boolean(),
  /** Early nodes of version 0.1 do not send it. */
  link: linkShape.optional(),
  lag: count.nullable(),
  ahead: count.nullable(),
  rtt_ms: z.number().nullable(),
  oldest_unacked_ms: z.number().nullable(),
  suspected_for_ms: z.number().nullable(),
});

const memberShape = z.looseObject({
  id: name,
  status: z.enum(["joined", "left", "removed"]),
  address: text.nullable(),
  epoch: count,
  incarnation: count,
  /** Ms since 1970; null where the list was given. */
  since: time.nullable(),
});

const statusShape = z.looseObject({
  id: name,
  cluster: name,
  version: text,
  /** Whether the node is a member; early nodes of version 0.1 always are. */
  ready: z.boolean().optional(),
  uptime_ms: z.number(),
  storage: z.enum(["memory", "durable", "full", "failed"]),
  values: count,
  digest: text.optional(),
  entries: count,
  /** Nodes of version 0.1 keep all. */
  gone: count.optional(),
  relay: name.nullable(),
  /** Absent where members are given. */
  cluster_id: text.optional(),
  waits_for_a_seed: text.optional(),
  /** Nodes of version 0.1 do not send it. */
  members: z.array(memberShape).optional(),
  peers: z.array(peerShape),
  clients: count,
  watchers: count,
  tls: z.looseObject({ expires_at: time, authorities_expire_at: time }).optional(),
  messages: z.looseObject({ sent: counts, received: counts }),
  bytes: z.looseObject({ sent: count, received: count }),
  memory_bytes: count,
  cpu_ms: z.number(),
});

const reachShape = z.looseObject({ reached: count, members: count });

/** A member, or one that was. */
export interface MemberStatus {
  readonly id: string;
  readonly status: "joined" | "left" | "removed";
  /** host:port where others reach it; null where nobody has said. */
  readonly address: string | null;
  /** It grows with every change of the member, by which the later news is told. */
  readonly epoch: number;
  /** Which life of the node is meant; 0 where that is not known. */
  readonly incarnation: number;
  /** Ms since 1970; null where the list was given. */
  readonly since: number | null;
}

/** The link to a peer. */
export interface LinkStatus {
  /** host:port; "" where it is not known. */
  readonly address: string;
  /** Something was heard of the peer of late. */
  readonly hears: boolean;
  /** For how long it has been as it is, ms. */
  readonly for_ms: number;
  /** Why it is not up. */
  readonly reason: string;
  /** What waits to be sent. */
  readonly bytes_queued: number;
  /** What was not sent. */
  readonly messages_dropped: number;
}

/** Another member, as the node that was asked sees it. */
export interface PeerStatus {
  readonly id: string;
  /** The node can send to it. */
  readonly connected: boolean;
  /** Early nodes of version 0.1 do not send it. */
  readonly link?: LinkStatus | undefined;
  /** Entries that the peer has not said it holds; null unless the two are neighbours. */
  readonly lag: number | null;
  /** Entries that the peer holds and the node lacks; null unless the two are neighbours. */
  readonly ahead: number | null;
  /** The measured round trip, ms. */
  readonly rtt_ms: number | null;
  /** For how long the oldest entry has waited for an acknowledgement, ms. */
  readonly oldest_unacked_ms: number | null;
  /** For how long the peer has been taken for lost, ms; null where it is not. */
  readonly suspected_for_ms: number | null;
}

/** What a node says of itself. Fields that this version does not know are there, too. */
export interface Status {
  readonly id: string;
  readonly cluster: string;
  readonly version: string;
  /** Whether the node is a member; early nodes of version 0.1 always are, and do not say it. */
  readonly ready?: boolean | undefined;
  readonly uptime_ms: number;
  /** Whether it keeps its log on a disk, and whether that is full, or fails. */
  readonly storage: "memory" | "durable" | "full" | "failed";
  /** Values that a read shows. */
  readonly values: number;
  /** Equal where two nodes hold the same values. */
  readonly digest?: string | undefined;
  /** Entries, of which several may be of one value. */
  readonly entries: number;
  /** Entries that its rules of retention have let go. */
  readonly gone?: number | undefined;
  /** Through which it passes on what it is told; null where it is itself. */
  readonly relay: string | null;
  /** Absent where members are given. */
  readonly cluster_id?: string | undefined;
  /** It is no member yet, for this reason. */
  readonly waits_for_a_seed?: string | undefined;
  /** Nodes of version 0.1 do not send it. */
  readonly members?: readonly MemberStatus[] | undefined;
  readonly peers: readonly PeerStatus[];
  /** Connections of clients. */
  readonly clients: number;
  /** Watches that are open. */
  readonly watchers: number;
  /** Until when its certificate and its authorities last, ms since 1970. */
  readonly tls?: { readonly expires_at: number; readonly authorities_expire_at: number } | undefined;
  /** Between members, by type, since the node started. */
  readonly messages: {
    readonly sent: Readonly<Record<string, number>>;
    readonly received: Readonly<Record<string, number>>;
  };
  /** Between members, since the node started. */
  readonly bytes: { readonly sent: number; readonly received: number };
  /** Resident. */
  readonly memory_bytes: number;
  /** Processor time since the node started. */
  readonly cpu_ms: number;
  readonly [field: string]: unknown;
}

/** How many members a node reaches, itself included, of how many. */
export interface Reach {
  readonly reached: number;
  readonly members: number;
}

/** Undefined where it is no such answer: nodes of version 0.1 know no such question. */
export function reachOf(body: Body): Reach | undefined {
  return body.type === "reach_ok" ? reachShape.safeParse(body).data : undefined;
}

/** Consecutive entries of one origin. */
export interface ItemRun {
  readonly origin: string;
  readonly seq: number;
  readonly items: readonly Item[];
}

/** What a `values` brings. */
export interface Brought {
  readonly runs: readonly ItemRun[];
  /** What is gone where it comes from. */
  readonly gaps: readonly Range[];
  /** Entries that nobody is sent who asks for this, as those of other topics: they count as had. */
  readonly passedOver: Digest;
}

/** Undefined where it is malformed. */
export function broughtBy(body: Body): Brought | undefined {
  const found = Runs.fromJson(body["runs"]);
  const runs: ItemRun[] = [];
  for (const run of found?.runs ?? []) {
    const items = itemsOf(run);
    if (items === undefined) return undefined;
    runs.push({ origin: run.origin, seq: run.seq, items });
  }
  const ranges = [...found?.runs.map(rangeOf) ?? [], ...found?.gaps ?? []];
  const areCounted = ranges.every(({ seq, count }) => Number.isSafeInteger(seq + count));
  const passedOver = positionFrom(body["had"] ?? []);
  const areOrigins = [...passedOver ?? []].every(([origin]) => origin.length <= ORIGIN_CHARS_MAX);
  return found && passedOver && areCounted && areOrigins ? { runs, gaps: found.gaps, passedOver } : undefined;
}

/** Undefined where it is malformed. */
export function statusOf({ type: _, in_reply_to: __, ...body }: Body): Status | undefined {
  return isTooDeep(body) ? undefined : statusShape.safeParse(body).data;
}
