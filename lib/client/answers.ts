/** The answers of a node, checked as they come in: it may be of another version, or no node at all. */
import { z } from "zod";
import type { Digest } from "../core/log/digest.ts";
import { type Range, rangeOf, Runs } from "../core/log/runs.ts";
import type { Body } from "../core/message.ts";
import { type Item, itemsOf } from "./watching/item.ts";
import { positionFrom } from "./position.ts";

const count = z.int().nonnegative();
const counts = z.record(z.string(), count);
const name = z.string().min(1);

const linkShape = z.looseObject({
  address: z.string(),
  hears: z.boolean(),
  for_ms: z.number(),
  reason: z.string(),
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
  address: z.string().nullable(),
  epoch: count,
  incarnation: count,
  /** Ms since 1970; null where the list was given. */
  since: z.number().nullable(),
});

const statusShape = z.looseObject({
  id: name,
  cluster: name,
  version: z.string(),
  /** Whether the node is a member; early nodes of version 0.1 always are. */
  ready: z.boolean().optional(),
  uptime_ms: z.number(),
  storage: z.enum(["memory", "durable", "full", "failed"]),
  values: count,
  digest: z.string().optional(),
  entries: count,
  /** Nodes of version 0.1 keep all. */
  gone: count.optional(),
  relay: name.nullable(),
  /** Absent where members are given. */
  cluster_id: z.string().optional(),
  waits_for_a_seed: z.string().optional(),
  /** Nodes of version 0.1 do not send it. */
  members: z.array(memberShape).optional(),
  peers: z.array(peerShape),
  clients: count,
  watchers: count,
  tls: z.looseObject({ expires_at: z.number(), authorities_expire_at: z.number() }).optional(),
  messages: z.looseObject({ sent: counts, received: counts }),
  bytes: z.looseObject({ sent: count, received: count }),
  memory_bytes: count,
  cpu_ms: z.number(),
});

export type MemberStatus = z.infer<typeof memberShape>;
export type PeerStatus = z.infer<typeof peerShape>;
/** Fields that this version does not know are kept. */
export type Status = z.infer<typeof statusShape>;

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
  return found && passedOver && areCounted ? { runs, gaps: found.gaps, passedOver } : undefined;
}

/** Undefined where it is malformed. */
export function statusOf({ type: _, in_reply_to: __, ...body }: Body): Status | undefined {
  return statusShape.safeParse(body).data;
}
