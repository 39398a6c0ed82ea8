/** The rows of the dashboard: what is drawn, in the order in which one looks when something is wrong. */
import { HTTP_HELD_BYTES_MAX } from "../../../service/http/limits.ts";
import { COLUMNS, type Panel, type Query, type Threshold } from "./panel.ts";
import { forNode, named, ofSelected, perNode, perSecond, quantiles } from "./queries.ts";

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

type More = Partial<Pick<Panel, "unit" | "width" | "stacked" | "thresholds" | "words">>;

const above = (from: number, color = "red"): readonly Threshold[] => [{ from, color }];
const yesOrNo = (no: string, yes: string, bad: 0 | 1) => ({
  0: { text: no, color: bad === 0 ? "red" : "green" },
  1: { text: yes, color: bad === 1 ? "red" : "green" },
});

const toldBySecond =
  'sum(rate(hearsay_entries_delivered_total{SELECTED, source="client"}[$__rate_interval]))';

const glance = [
  stat("Nodes up", "They answer Prometheus.", "sum(up{SELECTED})"),
  stat("Nodes down", "They do not answer Prometheus.", "count(up{SELECTED} == 0) or vector(0)", {
    thresholds: above(1),
  }),
  stat(
    "Alerts",
    "They fire now; OPERATIONS.md tells what to do upon each.",
    'count(ALERTS{alertname=~"Hearsay.+", alertstate="firing"}) or vector(0)',
    { thresholds: above(1) },
  ),
  stat(
    "Different sets of values",
    "1 where all nodes of a cluster hold the same values; more while values are on their way, or a cut lasts.",
    `max(count by (cluster, cluster_id) (
  count_values by (cluster, cluster_id) ("digest", ${
      named("hearsay_values_digest", "cluster, cluster_id")
    })))`,
    { thresholds: above(2, "orange") },
  ),
  stat("Values", "Distinct values, at the node that has most.", "max(hearsay_values{SELECTED})"),
  stat("Told in a second", "Entries that clients brought, at all nodes together.", toldBySecond, {
    unit: "cps",
  }),
  timeline("Who answers", "Red while Prometheus gets no answer from a node.", [perNode("up")], {
    width: COLUMNS / 2,
    words: yesOrNo("down", "up", 0),
  }),
  table("Nodes", "Ready: a member that has caught up. Peers: the others that it is connected with.", [
    { expr: "max by (instance, node, cluster) (hearsay_node_info{SELECTED})", legend: "" },
    { expr: "max by (instance, version, runtime) (hearsay_build_info{SELECTED})", legend: "" },
    { expr: "max by (instance) (hearsay_ready{SELECTED})", legend: "ready", unit: "bool_yes_no" },
    { expr: "max by (instance) (hearsay_values{SELECTED})", legend: "values" },
    { expr: "max by (instance) (hearsay_peers_connected{SELECTED})", legend: "peers" },
    {
      expr: "time() - max by (instance) (process_start_time_seconds{SELECTED})",
      legend: "up for",
      unit: "s",
    },
  ], { width: COLUMNS / 2 }),
];

const peers = [
  graph("Connected peers", "A node that falls behind the others here is cut off from them.", [
    perNode("hearsay_peers_connected"),
  ]),
  graph(
    "Suspected peers",
    "Peers that have not been heard for a while, for which a way round is looked for.",
    [perNode("hearsay_peers_suspected")],
  ),
  table(
    "Links that are down",
    "Which node is not connected with which peer. Empty above 50 peers, and without the right admin.",
    [{ expr: `max by (node, peer) (${named("hearsay_peer_connected", "node")}) == 0`, legend: "" }],
  ),
  graph(
    "Oldest entry on its way",
    "For how long the oldest entry has waited for a neighbour that is connected to acknowledge it.",
    [perNode("hearsay_peers_oldest_unacknowledged_seconds")],
    { unit: "s" },
  ),
  graph("Entries on their way", "What the neighbour that lacks most lacks, as far as it has said.", [
    perNode('hearsay_peers_lag_entries{stat="max"}'),
  ]),
  graph("Round trip", "The median over the peers of each node.", [
    perNode('hearsay_peers_round_trip_seconds{stat="median"}'),
  ], { unit: "s" }),
];

const traffic = [
  graph("Entries that are new to a node", "By where they came from: a client, or a peer.", [
    perSecond("hearsay_entries_delivered_total", "instance, source"),
  ], { unit: "cps" }),
  graph("Messages between nodes", "Sent by all nodes together, by type.", [
    perSecond("hearsay_messages_sent_total", "type"),
  ], { unit: "cps", stacked: true }),
  graph(
    "Messages for each entry",
    "Messages between nodes for each entry that clients told. Under load many entries share one.",
    [{
      expr: `sum(rate(hearsay_messages_sent_total{SELECTED}[$__rate_interval]))\n  / (${toldBySecond} > 0)`,
      legend: "messages for each entry",
    }],
  ),
  graph("Bytes between nodes", "Messages to and from all peers of a node, without heartbeats and TLS.", [
    perSecond("hearsay_message_bytes_sent_total", "instance", "{{instance}} sent"),
    perSecond("hearsay_message_bytes_received_total", "instance", "{{instance}} received"),
  ], { unit: "Bps" }),
  graph("Requests of clients", "Over TCP and HTTP, at all nodes together.", [
    perSecond("hearsay_requests_total", "type"),
  ], { unit: "reqps", stacked: true }),
  graph(
    "Refused and dropped",
    "Requests that did not end well, and messages that were of no use or could not leave.",
    [
      {
        expr:
          `sum by (type, outcome) (rate(hearsay_requests_total{SELECTED, outcome!~"ok|unanswered"}[$__rate_interval]))`,
        legend: "{{type}} {{outcome}}",
      },
      perSecond("hearsay_messages_dropped_total", "reason", "messages {{reason}}"),
    ],
    { unit: "cps" },
  ),
  graph("Clients", "Connections, and watches that are on.", [
    perNode("hearsay_clients", "TCP"),
    perNode("hearsay_http_connections", "HTTP"),
    perNode("hearsay_watches", "watches"),
  ]),
  graph("Bytes that wait for peers", "They pile up where a peer does not take them.", [
    forNode("sum by (instance) (hearsay_peer_queue_bytes{SELECTED})"),
  ], { unit: "bytes" }),
  graph(
    "Bytes that wait for readers over HTTP",
    `All readers wait at ${HTTP_HELD_BYTES_MAX / 2 ** 20} MiB, and those that read nothing are closed.`,
    [perNode("hearsay_http_held_bytes")],
    { unit: "bytes" },
  ),
];

const latency = [
  graph(
    "Delivery",
    "From an entry's arrival at a node until the neighbours that it goes to have it, by where it came from.",
    quantiles("hearsay_delivery_duration_seconds", "source"),
    { unit: "s" },
  ),
  graph(
    "Commits",
    "How long the disk takes, which is what a client waits for at least.",
    quantiles("hearsay_store_commit_duration_seconds", "instance"),
    { unit: "s" },
  ),
  graph(
    "Event loop",
    "By how much timers are late: a node with more than 0.1 s has too much to do.",
    quantiles("hearsay_event_loop_delay_seconds", "instance"),
    { unit: "s" },
  ),
];

const store = [
  graph("Values and entries", "Distinct values, and the entries that are kept.", [
    perNode("hearsay_values"),
    forNode("hearsay_entries{SELECTED} - hearsay_entries_gone{SELECTED}", "entries"),
  ]),
  graph("Bytes held", "The texts of the entries, and the files of the log.", [
    perNode("hearsay_store_bytes", "texts"),
    perNode("hearsay_store_file_bytes", "files"),
  ], { unit: "bytes" }),
  timeline("Disk", "Red while the disk is full or fails, when broadcasts are refused.", [
    forNode('max by (instance) (hearsay_store_state{SELECTED, state=~"full|failed"})'),
  ], { words: yesOrNo("takes values", "full or failed", 1) }),
];

const processes = [
  graph("Processor", "Share of one core.", [perSecond("process_cpu_seconds_total", "instance")], {
    unit: "percentunit",
  }),
  graph("Memory", "Resident, as the system counts it.", [perNode("process_resident_memory_bytes")], {
    unit: "bytes",
  }),
  graph("Open files", "Share of those that the process may open.", [
    forNode("process_open_fds{SELECTED} / process_max_fds{SELECTED}"),
  ], { unit: "percentunit" }),
  graph("Certificates last for", "Nothing is drawn without TLS.", [
    forNode("hearsay_certificate_expiry_timestamp_seconds{SELECTED} - time()", "{{certificate}}"),
  ], { unit: "s" }),
].map((panel) => ({ ...panel, width: COLUMNS / 4 }));

export const rows: readonly Row[] = Object.entries({
  "At a glance": glance,
  "Peers": peers,
  "Traffic": traffic,
  "Latency": latency,
  "Store": store,
  "Processes": processes,
}).map(([title, panels]) => ({
  title,
  panels: panels.map((panel) => ({ ...panel, queries: panel.queries.map(ofSelected) })),
}));

function stat(title: string, about: string, expr: string, more: More = {}): Panel {
  return {
    ...{ type: "stat", title, about, queries: [{ expr, legend: "" }], width: COLUMNS / 6, height: 4 },
    ...more,
  };
}

function graph(title: string, about: string, queries: readonly Query[], more: More = {}): Panel {
  return { type: "timeseries", title, about, queries, width: COLUMNS / 3, height: 8, ...more };
}

function timeline(title: string, about: string, queries: readonly Query[], more: More = {}): Panel {
  return { type: "state-timeline", title, about, queries, width: COLUMNS / 3, height: 8, ...more };
}

function table(title: string, about: string, queries: readonly Query[], more: More = {}): Panel {
  return { type: "table", title, about, queries, width: COLUMNS / 3, height: 8, ...more };
}
