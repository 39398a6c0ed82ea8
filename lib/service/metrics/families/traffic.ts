/** What is said to the node and by it: messages of peers, requests of clients, and what HTTP is spoken. */
import { counter, type Family, gauge, type Sample } from "../family.ts";
import type { Tally } from "../../../../transports/tcp/tally.ts";

export const ofTheTraffic: readonly Family[] = [
  counter(
    "hearsay_messages_sent_total",
    "Messages to peers that their links took",
    ({ counters }) => byKind(counters.traffic.sent),
    "type",
  ),
  counter(
    "hearsay_messages_received_total",
    "Messages of peers that came in",
    ({ counters }) => byKind(counters.traffic.received),
    "type",
  ),
  counter(
    "hearsay_message_bytes_sent_total",
    "Bytes of the messages to peers that their links took",
    ({ counters }) => byKind(counters.traffic.sentBytes),
    "type",
  ),
  counter(
    "hearsay_message_bytes_received_total",
    "Bytes of the messages of peers that came in",
    ({ counters }) => byKind(counters.traffic.receivedBytes),
    "type",
  ),
  counter(
    "hearsay_messages_dropped_total",
    "Messages, in and out, that were of no use or could not leave",
    ({ counters }) => byKind(counters.traffic.dropped),
    "reason",
  ),
  counter(
    "hearsay_requests_total",
    "Requests of clients, over TCP and HTTP, counted as they are answered",
    ({ counters }) => counters.requests.counts,
    ...["type", "outcome"],
  ),
  gauge("hearsay_clients", "Connections of clients over TCP", ({ status }) => status.clients),
  counter(
    "hearsay_clients_refused_total",
    "Connections over TCP for which there was no place",
    ({ status }) => status.clients_refused,
  ),
  gauge("hearsay_watches", "Watches that are on, over TCP and HTTP", ({ status }) => status.watchers),
  counter(
    "hearsay_http_requests_total",
    "Requests over HTTP, counted as their responses end",
    ({ counters }) => [...counters.responses].map(([key, count]) => [count, ...key.split(" ")]),
    ...["method", "route", "status"],
  ),
  gauge("hearsay_http_connections", "Connections over HTTP", ({ status }) => status.http?.connections),
  counter(
    "hearsay_http_connections_refused_total",
    "Connections over HTTP for which there was no place",
    ({ status }) => status.http?.refused,
  ),
  gauge(
    "hearsay_http_held_bytes",
    "Bytes of responses that their readers have not read",
    ({ status }) => status.http?.held_bytes,
  ),
];

function byKind({ counts }: Tally): readonly Sample[] {
  return counts.map(([kind, count]) => [count, kind]);
}
