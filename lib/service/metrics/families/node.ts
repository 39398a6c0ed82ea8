/** What a node is, and what it holds. */
import { counter, type Family, gauge, histogram, oneOf } from "../family.ts";

/** So many hexadecimal digits of a digest are a whole number that every program keeps exactly. */
const DIGEST_DIGITS = 12;

const STATES = ["memory", "durable", "full", "failed"];
const MEMBERS = ["joined", "left", "removed"];

export const ofTheNode: readonly Family[] = [
  gauge(
    "hearsay_build_info",
    "1, for the program that runs and what runs it",
    ({ status, runtime }) => [[1, status.version, runtime]],
    "version",
    "runtime",
  ),
  gauge(
    "hearsay_node_info",
    "1, for the node that answers; cluster_id is empty where members are given",
    ({ status: { id, cluster, cluster_id = "" } }) => [[1, id, cluster, cluster_id]],
    ...["node", "cluster", "cluster_id"],
  ),
  gauge(
    "hearsay_ready",
    "1 where the node is a member and has caught up with every peer that it reaches, as /readyz says, else 0",
    ({ isReady }) => Number(isReady),
  ),
  gauge(
    "hearsay_members",
    "Members that are known, this node among them",
    ({ status: { members } }) =>
      MEMBERS.map((status) => [members.filter((member) => member.status === status).length, status]),
    "status",
  ),
  gauge("hearsay_values", "Distinct values that are held", ({ status }) => status.values),
  gauge(
    "hearsay_values_digest",
    "48 bits of the digest of the set of values: nodes that hold the same values show the same number",
    ({ status }) => parseInt(status.digest.slice(0, DIGEST_DIGITS), 16),
  ),
  gauge(
    "hearsay_entries",
    "Entries that are held, those that retention has let go included",
    ({ status }) => status.entries,
  ),
  gauge("hearsay_entries_gone", "Entries that retention has let go", ({ status }) => status.gone),
  counter(
    "hearsay_entries_delivered_total",
    "Entries that were new to this node: entered here by a client, or brought by a peer",
    ({ counters }) => bySource(counters.delivered.counts),
    "source",
  ),
  gauge("hearsay_store_bytes", "Texts of the entries that are kept", ({ storeBytes }) => storeBytes),
  gauge(
    "hearsay_store_file_bytes",
    "What the files of the log take on the disk",
    ({ storeFileBytes }) => storeFileBytes,
  ),
  gauge(
    "hearsay_store_state",
    "1 for the state of the log; in full and in failed, broadcasts are refused",
    ({ status }) => oneOf(STATES, status.storage),
    "state",
  ),
  histogram(
    "hearsay_store_commit_duration_seconds",
    "How long it took to make entries safe in the log, for each commit",
    ({ counters, status }) => status.storage === "memory" ? [] : [[counters.commits]],
  ),
  counter(
    "hearsay_store_commit_failures_total",
    "Commits to the log that failed",
    ({ counters, status }) => status.storage === "memory" ? null : counters.commitFailures,
  ),
];

function bySource(counts: readonly (readonly [string, number])[]) {
  return counts.filter(([source]) => source !== "other")
    .map(([source, count]) => [count, source] as const);
}
