/** The answer of a serving node to `status`: one JSON object. */
import type { MemberRecord } from "../core/membership/record.ts";
import type { NodeStatus, PeerStatus } from "../core/node.ts";
import { addressText } from "../../transports/address.ts";
import type { LinkStatus } from "../../transports/tcp/tcp.ts";
import type { UnackedAge } from "./node/unacked_age.ts";
import type { Expiry } from "./expiry.ts";
import type { HttpPort } from "./http/http_port.ts";
import type { Usage } from "./usage.ts";

type Counts = Readonly<Record<string, number>>;

/** How a status begins. */
interface Head {
  readonly id: string;
  readonly cluster: string;
  readonly version: string;
  readonly incarnation: number;
  readonly ready: boolean;
  readonly waits_for_a_seed?: string;
  readonly uptime_ms: number;
}

export interface StatusFacts {
  readonly head: Head;
  readonly storage: "memory" | "durable" | "full" | "failed";
  readonly node: NodeStatus;
  readonly links: readonly LinkStatus[];
  readonly unackedAge: UnackedAge;
  readonly clients: number;
  readonly clientsRefused: number;
  /** Until when certificates last; undefined without TLS. */
  readonly tls: Expiry["status"] | undefined;
  readonly watchers: number;
  /** Undefined where HTTP is spoken nowhere. */
  readonly http: HttpPort["usage"] | undefined;
  /** How many messages were dropped, in and out. */
  readonly dropped: number;
  /** The number of messages between nodes, by type. */
  readonly messages: { readonly sent: Counts; readonly received: Counts };
  readonly usage: Usage;
  /** Ms, on the clock of the node. */
  readonly now: number;
}

export type Status = ReturnType<typeof statusOf>;

export function statusOf(facts: StatusFacts) {
  const {
    head,
    storage,
    node,
    links,
    unackedAge,
    clients,
    clientsRefused,
    tls,
    watchers,
    http,
    dropped,
    messages,
    usage,
  } = facts;
  const { values, digest, entries, gone, relay, peers, clusterId, members, leaving } = node;
  const near = peers.filter(({ neighbour }) => neighbour);
  unackedAge.forget((origin, seq) => near.every((peer) => peer.holds(origin, seq)));
  return {
    type: "status_ok",
    ...head,
    storage,
    values,
    digest,
    entries,
    gone,
    relay: relay ?? null,
    ...clusterId !== "" && { cluster_id: clusterId },
    ...leaving && { leaving },
    members: [...members].map(memberOf),
    peers: peers.map((peer) => peerOf(peer, facts)),
    clients,
    clients_refused: clientsRefused,
    watchers,
    ...http !== undefined && { http },
    ...tls !== undefined && { tls },
    dropped,
    messages,
    bytes: { sent: sum(links, "bytesSent"), received: sum(links, "bytesReceived") },
    ...usage,
  };
}

/** How many members a node reaches, itself included, of how many; of none while it is no member itself [S13]. */
export function reachOf(links: readonly LinkStatus[], waits: string | undefined) {
  if (waits !== undefined) return { type: "reach_ok", reached: 0, members: 0 };
  const reached = links.filter(({ connected, hears }) => connected && hears).length;
  return { type: "reach_ok", reached: reached + 1, members: links.length + 1 };
}

/** Whether the node is a member, and why not. */
export function readiness(why: string | undefined) {
  return { ready: why === undefined, ...why !== undefined && { waits_for_a_seed: why } };
}

function memberOf({ id, status, address, epoch, incarnation, at }: MemberRecord) {
  return {
    id,
    status,
    address: address === "" ? null : address,
    epoch,
    incarnation,
    since: at === 0 ? null : Math.round(at),
  };
}

function peerOf(peer: PeerStatus, { links, unackedAge, now }: StatusFacts) {
  const { id, neighbour, lag, ahead, rttMs, suspectedAt } = peer;
  const oldestAt = lag === 0 || !neighbour
    ? undefined
    : unackedAge.oldest((origin, seq) => peer.holds(origin, seq));
  const link = links.find((link) => link.peer === id);
  return {
    id,
    connected: link?.connected ?? false,
    ...link !== undefined && { link: linkOf(link) },
    // Nodes that are no neighbours do not tell each other what they hold.
    lag: neighbour ? lag : null,
    ahead: neighbour ? ahead : null,
    rtt_ms: rttMs === undefined ? null : Math.round(rttMs * 1000) / 1000,
    oldest_unacked_ms: since(oldestAt, now),
    suspected_for_ms: since(suspectedAt, now),
  };
}

function linkOf({ address, hears, forMs, reason, bytesQueued, messagesDropped }: LinkStatus) {
  return {
    address: address === undefined ? "" : addressText(address),
    hears,
    for_ms: Math.round(forMs),
    reason,
    bytes_queued: bytesQueued,
    messages_dropped: messagesDropped,
  };
}

function since(at: number | undefined, now: number): number | null {
  return at === undefined ? null : Math.max(0, Math.round(now - at));
}

function sum(links: readonly LinkStatus[], field: "bytesSent" | "bytesReceived"): number {
  return links.reduce((total, link) => total + link[field], 0);
}
