/** The answers of a node, checked as they come in: it may be of another version, or no node at all. */
import { z } from "zod";
import type { Body, Json } from "../core/message.ts";

const count = z.int().nonnegative();
const counts = z.record(z.string(), count);
const name = z.string().min(1);
/** The result of JSON.parse is JSON. */
const json = z.custom<Json>(() => true);

const valuesShape = z.object({ runs: z.array(z.tuple([name, z.int().positive(), z.array(json)])) });

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

const statusShape = z.looseObject({
  id: name,
  cluster: name,
  version: z.string(),
  uptime_ms: z.number(),
  storage: z.enum(["memory", "durable", "full", "failed"]),
  values: count,
  digest: z.string().optional(),
  entries: count,
  relay: name.nullable(),
  peers: z.array(peerShape),
  clients: count,
  watchers: count,
  messages: z.looseObject({ sent: counts, received: counts }),
  bytes: z.looseObject({ sent: count, received: count }),
  memory_bytes: count,
  cpu_ms: z.number(),
});

/** Consecutive values of one origin, as they come. */
export type ValueRun = readonly [origin: string, seq: number, values: readonly Json[]];
export type PeerStatus = z.infer<typeof peerShape>;
/** Fields that this version does not know are kept. */
export type Status = z.infer<typeof statusShape>;

/** The runs of a `values`; undefined where it is malformed. */
export function runsOf(body: Body): readonly ValueRun[] | undefined {
  const runs = valuesShape.safeParse(body).data?.runs;
  return runs?.every(([, seq, values]) => Number.isSafeInteger(seq + values.length)) ? runs : undefined;
}

/** Undefined where it is malformed. */
export function statusOf({ type: _, in_reply_to: __, ...body }: Body): Status | undefined {
  return statusShape.safeParse(body).data;
}
