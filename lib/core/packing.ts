/** What goes into a message to one peer: the part of the digest, the entries and the sights that it lacks. */
import type { IntervalSet } from "./interval_set.ts";
import type { Log, Run } from "./log.ts";
import type { GossipBody, GossipType, Json } from "./message.ts";
import { holdings, type Peer } from "./peer.ts";
import type { Sights } from "./sights.ts";

/** One message carries at most so many entries, and values until they take so many bytes. */
export const BATCH_ENTRIES_MAX = 2_048;
export const BATCH_BYTES_MAX = 256 * 1024;
/** One message names at most so many intervals of one origin; naming fewer than are held is harmless. */
export const SPANS_MAX = 64;
/** One message names at most so many origins. */
export const ORIGINS_MAX = 1_024;
/** Room for any JSON number. */
const NUMBER_BYTES = 24;

export interface Batch {
  readonly runs: readonly Run[];
  /** Whether the peer lacks more than these. */
  readonly more: boolean;
}

/** What is held of each origin that grew since what the peer has confirmed, and the log's revision that this tells of. */
export function packHolds(log: Log, peer: Peer): { holds: GossipBody["holds"]; revision: number } {
  const grown = [...log.holdingsSince(peer.confirmedLog)];
  let { revision } = log;
  if (grown.length > ORIGINS_MAX) {
    // Those that grew first come first, so that the rest can be told of later.
    grown.sort((a, b) => a[2] - b[2]).splice(ORIGINS_MAX);
    revision = grown.at(-1)?.[2] ?? revision;
  }
  return { holds: grown.map(([origin, held]) => [origin, spansOf(held)]), revision };
}

function spansOf(held: IntervalSet): number[] {
  const spans: number[] = [];
  for (const [from, to] of held.spans()) {
    if (spans.length === 2 * SPANS_MAX) break;
    spans.push(from, to);
  }
  return spans;
}

/** The rows that changed since what the peer has confirmed. */
export function packSights(sights: Sights, peer: Peer): NonNullable<GossipBody["sights"]> {
  return [...sights.since(peer.confirmedSights)].map(([node, { life, version, lost, seen }]) => {
    return [node, life, version, [...lost], [...seen]];
  });
}

/** Takes what the peer lacks, up to a batch, and counts it as on its way. */
export function takeBatch(log: Log, peer: Peer): Batch {
  const runs: Run[] = [];
  let entries = 0;
  let bytes = 0;
  for (const [origin, held] of log.holdings()) {
    const sent = holdings(peer.sent, origin);
    for (const [from, to] of [...sent.lacks(held)]) {
      const values: Json[] = [];
      for (let seq = from; seq <= to && entries < BATCH_ENTRIES_MAX && bytes < BATCH_BYTES_MAX; seq++) {
        const value = log.value(origin, seq) ?? null;
        values.push(value);
        entries++;
        bytes += byteLength(value) + 1;
      }
      if (values.length === 0) return { runs, more: true };
      runs.push({ origin, seq: from, values });
      sent.addSpan(from, from + values.length - 1);
    }
  }
  return { runs, more: peer.isBehind(log) };
}

/** What a message is mostly for. */
export function typeOf(body: GossipBody): GossipType {
  if (body.runs !== undefined) return "delta";
  return body.want === true ? "probe" : "ack";
}

/** How many bytes a value takes on the wire, at most: as UTF-8 JSON. */
export function byteLength(value: Json): number {
  if (typeof value === "number") return NUMBER_BYTES;
  const text = JSON.stringify(value);
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Each half of a surrogate pair counts two of the pair's four.
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  return bytes;
}
