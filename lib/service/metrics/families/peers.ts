/** What is believed of the peers: of each while they are few, and of all together. */
import { type Family, gauge, histogram, type Moment, type Sample } from "../family.ts";

/** Of more peers than this only what they are together is told [U8]. */
export const METRICS_PEERS_MAX = 50;

type Peer = Moment["status"]["peers"][number];

export const ofThePeers: readonly Family[] = [
  gauge(
    "hearsay_tree_neighbours",
    "Peers that are next to this node in the tree",
    ({ status: { peers } }) => peers.filter(({ lag }) => lag !== null).length,
  ),
  gauge("hearsay_peers", "Members that are known, but this node", ({ status }) => status.peers.length),
  gauge(
    "hearsay_peers_connected",
    "Peers to which the link is up",
    ({ status: { peers } }) => peers.filter(({ connected }) => connected).length,
  ),
  gauge(
    "hearsay_peers_suspected",
    "Peers that did not answer in time",
    ({ status: { peers } }) => peers.filter(isSuspected).length,
  ),
  gauge(
    "hearsay_peers_lag_entries",
    "Entries that neighbours lack, as far as they have said; 0 where there is no neighbour",
    ({ status }) => spread(status.peers.map(({ lag }) => lag), [0]),
    "stat",
  ),
  gauge(
    "hearsay_peers_round_trip_seconds",
    "Measured round trips to peers",
    ({ status }) => spread(status.peers.map(({ rtt_ms: ms }) => seconds(ms)), []),
    "stat",
  ),
  gauge(
    "hearsay_peers_oldest_unacknowledged_seconds",
    "For how long the oldest entry has waited that some neighbour has not acknowledged; 0 where there is none",
    ({ status: { peers } }) => Math.max(0, ...peers.map(({ oldest_unacked_ms: ms }) => seconds(ms) ?? 0)),
  ),
  histogram(
    "hearsay_delivery_duration_seconds",
    "From the arrival of an entry at this node until all its neighbours in the tree had it, which is half a round trip " +
      "after it was last sent and before it was acknowledged; of a sample of the entries",
    ({ counters: { deliveries } }) => [[deliveries.client, "client"], [deliveries.peer, "peer"]],
    "source",
  ),
  ofEach("connected", "1 where the link to the peer is up, else 0", ({ connected }) => Number(connected)),
  ofEach("suspected", "1 where the peer did not answer in time, else 0", (peer) => Number(isSuspected(peer))),
  ofEach("lag_entries", "Entries that a neighbour lacks, as far as it has said", ({ lag }) => lag),
  ofEach("ahead_entries", "Entries that a neighbour holds and this node lacks", ({ ahead }) => ahead),
  ofEach("round_trip_seconds", "The measured round trip to the peer", ({ rtt_ms: ms }) => seconds(ms)),
  ofEach(
    "oldest_unacknowledged_seconds",
    "For how long the oldest entry has waited that a neighbour has not acknowledged; 0 where there is none",
    ({ lag, oldest_unacked_ms: ms }) => lag === null ? null : seconds(ms ?? 0),
  ),
  ofEach("queue_bytes", "Bytes that wait to be sent to the peer", ({ link }) => link?.bytes_queued),
];

function ofEach(name: string, help: string, read: (peer: Peer) => number | null | undefined): Family {
  return gauge(`hearsay_peer_${name}`, help, ({ namesPeers, status: { peers } }) => {
    if (!namesPeers || peers.length > METRICS_PEERS_MAX) return [];
    return peers.flatMap((peer): readonly Sample[] => {
      const value = read(peer);
      return value === null || value === undefined ? [] : [[value, peer.id]];
    });
  }, "peer");
}

/** `none`: where there are no values. */
function spread(given: readonly (number | null)[], none: readonly number[]): readonly Sample[] {
  const some = given.filter((value) => value !== null);
  const values = (some.length > 0 ? some : none).toSorted((a, b) => a - b);
  const at = (part: number) => values[Math.floor(part * (values.length - 1))] ?? NaN;
  return values.length === 0 ? [] : [[at(0), "min"], [at(0.5), "median"], [at(1), "max"]];
}

function isSuspected({ suspected_for_ms: ms }: Peer): boolean {
  return ms !== null;
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
