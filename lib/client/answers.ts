/** The answers of a node, checked as they come in: it may be of another version, or no node at all. */
import { z } from "zod";
import { Runs } from "../core/log/runs.ts";
import type { Body } from "../core/message.ts";

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

export type PeerStatus = z.infer<typeof peerShape>;
/** Fields that this version does not know are kept. */
export type Status = z.infer<typeof statusShape>;

/** The runs of a `values`; undefined where they are malformed. */
export function runsOf(body: Body): Runs | undefined {
  const found = Runs.fromJson(body["runs"]);
  const ends = [
    ...found?.runs.map(({ seq, texts }) => seq + texts.length) ?? [],
    ...found?.gaps.map(({ seq, count }) => seq + count) ?? [],
  ];
  const isPlain = found?.runs.every(({ topic }) => topic === undefined);
  return isPlain && ends.every(Number.isSafeInteger) ? found : undefined;
}

/** Undefined where it is malformed. */
export function statusOf({ type: _, in_reply_to: __, ...body }: Body): Status | undefined {
  return statusShape.safeParse(body).data;
}
