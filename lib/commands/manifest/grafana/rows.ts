/** The rows of the dashboard: what is drawn, in the order in which one looks when something is wrong. */
import { COLUMNS, type Panel, type Query, type Threshold } from "./panel.ts";

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

type Given = Omit<Panel, "type" | "width" | "height" | "queries">;

const above = (from: number, color = "red"): readonly Threshold[] => [{ from, color }];
const yesOrNo = (no: string, yes: string, bad: 0 | 1) => ({
  0: { text: no, color: bad === 0 ? "red" : "green" },
  1: { text: yes, color: bad === 1 ? "red" : "green" },
});

const glance: Row = {
  title: "At a glance",
  panels: [
    stat("sum(up{SELECTED})", {
      title: "Nodes up",
      about: "They answer Prometheus.",
    }),
    stat("count(up{SELECTED} == 0) or vector(0)", {
      title: "Nodes down",
      about: "They do not answer Prometheus.",
      thresholds: above(1),
    }),
    stat('count(ALERTS{alertname=~"Hearsay.+", alertstate="firing"}) or vector(0)', {
      title: "Alerts",
      about: "They fire now; OPERATIONS.md tells what to do upon each.",
      thresholds: above(1),
    }),
    stat(
      `max(count by (cluster, cluster_id) (
  count_values by (cluster, cluster_id) ("digest", ${
        named("hearsay_values_digest", "cluster, cluster_id")
      })))`,
      {
        title: "Different sets of values",
        about:
          "1 where all nodes of a cluster hold the same values; more while values are on their way, or a cut lasts.",
        thresholds: above(2, "orange"),
      },
    ),
    stat("max(hearsay_values{SELECTED})", {
      title: "Values",
      about: "Distinct values, at the node that has most.",
    }),
    stat('sum(rate(hearsay_entries_delivered_total{SELECTED, source="client"}[$__rate_interval]))', {
      title: "Told in a second",
      about: "Entries that clients brought, at all nodes together.",
      unit: "cps",
    }),
    timeline({ expr: "up{SELECTED}", legend: "{{instance}}" }, {
      title: "Who answers",
      about: "Red while Prometheus gets no answer from a node.",
      words: yesOrNo("down", "up", 0),
    }),
    {
      ...{ type: "table", width: COLUMNS / 2, height: 8, title: "Nodes" },
      about: "Ready: a member that has caught up. Peers: the others that it is connected with.",
      queries: [
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
      ],
    },
  ],
};

const peers: Row = {
  title: "Peers",
  panels: [
    graph([perNode("hearsay_peers_connected")], {
      title: "Connected peers",
      about: "A node that falls behind the others here is cut off from them.",
    }),
    graph([perNode("hearsay_peers_suspected")], {
      title: "Suspected peers",
      about: "Peers that have not been heard for a while, for which a way round is looked for.",
    }),
    {
      ...{ type: "table", width: COLUMNS / 3, height: 8, title: "Links that are down" },
      about:
        "Which node is not connected with which peer. Empty above 50 peers, and without the right admin.",
      queries: [{
        expr: `max by (node, peer) (${named("hearsay_peer_connected", "node")}) == 0`,
        legend: "",
      }],
    },
    graph([perNode("hearsay_peers_oldest_unacknowledged_seconds")], {
      title: "Oldest entry on its way",
      about: "For how long the oldest entry has waited for a neighbour that is connected to acknowledge it.",
      unit: "s",
    }),
    graph([perNode('hearsay_peers_lag_entries{stat="max"}')], {
      title: "Entries on their way",
      about: "What the neighbour that lacks most lacks, as far as it has said.",
    }),
    graph([perNode('hearsay_peers_round_trip_seconds{stat="median"}')], {
      title: "Round trip",
      about: "The median over the peers of each node.",
      unit: "s",
    }),
  ],
};

const traffic: Row = {
  title: "Traffic",
  panels: [
    graph([{
      expr: perSecond("hearsay_entries_delivered_total", "instance, source"),
      legend: "{{instance}} {{source}}",
    }], {
      title: "Entries that are new to a node",
      about: "By where they came from: a client, or a peer.",
      unit: "cps",
    }),
    graph([{ expr: perSecond("hearsay_messages_sent_total", "type"), legend: "{{type}}" }], {
      title: "Messages between nodes",
      about: "Sent by all nodes together, by type.",
      unit: "cps",
      stacked: true,
    }),
    graph([{
      expr: `sum(rate(hearsay_messages_sent_total{SELECTED}[$__rate_interval]))
  / (sum(rate(hearsay_entries_delivered_total{SELECTED, source="client"}[$__rate_interval])) > 0)`,
      legend: "messages for each entry",
    }], {
      title: "Messages for each entry",
      about: "Messages between nodes for each entry that clients told. Under load many entries share one.",
    }),
    graph([
      { expr: perSecond("hearsay_message_bytes_sent_total", "instance"), legend: "{{instance}} sent" },
      {
        expr: perSecond("hearsay_message_bytes_received_total", "instance"),
        legend: "{{instance}} received",
      },
    ], {
      title: "Bytes between nodes",
      about: "Messages to and from all peers of a node, without heartbeats and TLS.",
      unit: "Bps",
    }),
    graph([{ expr: perSecond("hearsay_requests_total", "type"), legend: "{{type}}" }], {
      title: "Requests of clients",
      about: "Over TCP and HTTP, at all nodes together.",
      unit: "reqps",
      stacked: true,
    }),
    graph([
      {
        expr:
          `sum by (type, outcome) (rate(hearsay_requests_total{SELECTED, outcome!~"ok|unanswered"}[$__rate_interval]))`,
        legend: "{{type}} {{outcome}}",
      },
      { expr: perSecond("hearsay_messages_dropped_total", "reason"), legend: "messages {{reason}}" },
    ], {
      title: "Refused and dropped",
      about: "Requests that did not end well, and messages that were of no use or could not leave.",
      unit: "cps",
    }),
    graph([
      { expr: "hearsay_clients{SELECTED}", legend: "{{instance}} TCP" },
      { expr: "hearsay_http_connections{SELECTED}", legend: "{{instance}} HTTP" },
      { expr: "hearsay_watches{SELECTED}", legend: "{{instance}} watches" },
    ], { title: "Clients", about: "Connections, and watches that are on." }),
    graph([{ expr: "sum by (instance) (hearsay_peer_queue_bytes{SELECTED})", legend: "{{instance}}" }], {
      title: "Bytes that wait for peers",
      about: "They pile up where a peer does not take them.",
      unit: "bytes",
    }),
    graph([perNode("hearsay_http_held_bytes")], {
      title: "Bytes that wait for readers over HTTP",
      about: "All readers wait at 32 MiB, and those that read nothing are closed.",
      unit: "bytes",
    }),
  ],
};

const latency: Row = {
  title: "Latency",
  panels: [
    graph(quantiles("hearsay_delivery_duration_seconds", "source"), {
      title: "Delivery",
      about:
        "From an entry's arrival at a node until the neighbours that it goes to have it, by where it came from.",
      unit: "s",
    }),
    graph(quantiles("hearsay_store_commit_duration_seconds", "instance"), {
      title: "Commits",
      about: "How long the disk takes, which is what a client waits for at least.",
      unit: "s",
    }),
    graph(quantiles("hearsay_event_loop_delay_seconds", "instance"), {
      title: "Event loop",
      about: "By how much timers are late: a node with more than 0.1 s has too much to do.",
      unit: "s",
    }),
  ],
};

const store: Row = {
  title: "Store",
  panels: [
    graph([
      perNode("hearsay_values"),
      { expr: "hearsay_entries{SELECTED} - hearsay_entries_gone{SELECTED}", legend: "{{instance}} entries" },
    ], { title: "Values and entries", about: "Distinct values, and the entries that are kept." }),
    graph([
      { expr: "hearsay_store_bytes{SELECTED}", legend: "{{instance}} texts" },
      { expr: "hearsay_store_file_bytes{SELECTED}", legend: "{{instance}} files" },
    ], { title: "Bytes held", about: "The texts of the entries, and the files of the log.", unit: "bytes" }),
    timeline(
      {
        expr: 'max by (instance) (hearsay_store_state{SELECTED, state=~"full|failed"})',
        legend: "{{instance}}",
      },
      {
        title: "Disk",
        about: "Red while the disk is full or fails, when broadcasts are refused.",
        words: yesOrNo("takes values", "full or failed", 1),
      },
      COLUMNS / 3,
    ),
  ],
};

const processes: Row = {
  title: "Processes",
  panels: [
    graph([{ expr: perSecond("process_cpu_seconds_total", "instance"), legend: "{{instance}}" }], {
      title: "Processor",
      about: "Share of one core.",
      unit: "percentunit",
    }),
    graph([perNode("process_resident_memory_bytes")], {
      title: "Memory",
      about: "Resident, as the system counts it.",
      unit: "bytes",
    }),
    graph([{ expr: "process_open_fds{SELECTED} / process_max_fds{SELECTED}", legend: "{{instance}}" }], {
      title: "Open files",
      about: "Share of those that the process may open.",
      unit: "percentunit",
    }),
    graph([{
      expr: "hearsay_certificate_expiry_timestamp_seconds{SELECTED} - time()",
      legend: "{{instance}} {{certificate}}",
    }], {
      title: "Certificates last for",
      about: "Nothing is drawn without TLS.",
      unit: "s",
    }),
  ].map((panel) => ({ ...panel, width: COLUMNS / 4 })),
};

export const rows: readonly Row[] = [glance, peers, traffic, latency, store, processes].map((row) => ({
  ...row,
  panels: row.panels.map((panel) => ({ ...panel, queries: panel.queries.map(ofSelected) })),
}));

/** Every query is about the nodes that are selected on the page; rows above say SELECTED for that. */
function ofSelected(query: Query): Query {
  return { ...query, expr: query.expr.replaceAll("SELECTED", 'job="hearsay", instance=~"$instance"') };
}

function stat(expr: string, given: Given): Panel {
  return { ...given, type: "stat", width: COLUMNS / 6, height: 4, queries: [{ expr, legend: "" }] };
}

function graph(queries: readonly Query[], given: Given): Panel {
  return { ...given, type: "timeseries", width: COLUMNS / 3, height: 8, queries };
}

function timeline(query: Query, given: Given, width = COLUMNS / 2): Panel {
  return { ...given, type: "state-timeline", width, height: 8, queries: [query] };
}

/** A line for each node, of a gauge with or without further labels. */
function perNode(gauge: string): Query {
  const expr = gauge.includes("{") ? gauge.replace("{", "{SELECTED, ") : `${gauge}{SELECTED}`;
  return { expr, legend: "{{instance}}" };
}

/** A gauge, with labels of its node beside its own. */
function named(gauge: string, labels: string): string {
  return `${gauge}{SELECTED} * on (job, instance) group_left (${labels}) hearsay_node_info`;
}

function perSecond(counter: string, by: string): string {
  return `sum by (${by}) (rate(${counter}{SELECTED}[$__rate_interval]))`;
}

function quantiles(histogram: string, by: string): Query[] {
  return [0.5, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, ${perSecond(`${histogram}_bucket`, `${by}, le`)})`,
    legend: `{{${by}}} p${quantile * 100}`,
  }));
}
