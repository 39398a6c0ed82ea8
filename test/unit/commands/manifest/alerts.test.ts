/** The alerts, as Prometheus evaluates them: each fires for its fault, clears after it, and for nothing else. */
import assert from "node:assert/strict";
import { alerts } from "../../../../lib/commands/manifest/alerts.ts";
import { testNeeding } from "../../../shared/needing.ts";
import { needsPromtool } from "../../../shared/promtool.ts";
import {
  commits,
  holds,
  hole,
  ids,
  instance,
  type Labels,
  named,
  node,
  nodes,
  of,
  stories,
  story,
  times,
  told,
  withoutTexts,
} from "./told.ts";

story("a cluster that is well raises none", { series: nodes(ids), lasts: 120 });

story("a node that is down is told after 10 s, until it answers again", {
  series: {
    ...nodes(ids.slice(1), { connected: hole(4, 10, 20, 3) }),
    ...node("n1", {
      up: hole(1, 10, 20, 0),
      answers: hole(1, 10, 20, "stale"),
      connected: hole(4, 10, 20, "stale"),
    }),
  },
  lasts: 80,
  fires: [{ alert: "NodeDown", from: 30, to: 58, labels: [instance("n1", "critical")] }],
});

story("where Prometheus knows of no node, every node is told to be down", {
  series: {},
  lasts: 20,
  fires: [{ alert: "NodeDown", from: 10, to: 20, labels: [{ job: "hearsay", severity: "critical" }] }],
});

story("a node that is restarted in a few seconds raises none, though others still miss it for a moment", {
  series: {
    ...nodes(ids.slice(1), { connected: hole(4, 10, 6, 3) }),
    ...node("n1", {
      up: hole(1, 10, 4, 0),
      answers: hole(1, 10, 4, "stale"),
      connected: `${hole(4, 10, 4, "stale")}`,
    }),
  },
  lasts: 80,
});

story("answers that fail to come once or twice raise none", {
  series: {
    ...nodes(ids.slice(2)),
    ...nodes(["n1", "n2"], {
      up: hole(1, 10, 2, 0),
      answers: hole(1, 10, 2, "stale"),
      connected: hole(4, 10, 2, "stale"),
    }),
  },
  lasts: 60,
});

story("a cut is told of every node, until it is healed", {
  series: {
    ...nodes(["n1", "n2"], { connected: hole(4, 10, 20, 1) }),
    ...nodes(["n3", "n4", "n5"], { connected: hole(4, 10, 20, 2) }),
  },
  lasts: 80,
  fires: [{ alert: "Partition", from: 26, to: 58, labels: ids.map(named) }],
});

story("a cut that leaves a way round is told of those that do not reach each other", {
  series: { ...nodes(["n3", "n4", "n5"]), ...nodes(["n1", "n2"], { connected: hole(4, 10, 20, 3) }) },
  lasts: 80,
  fires: [{ alert: "Partition", from: 26, to: 58, labels: ["n1", "n2"].map(named) }],
});

story("a node that waits to become a member is missed by nobody, and told after a minute until it is one", {
  series: {
    ...nodes(ids, { connected: `${times(4, 50)} ${times(5, 50)}` }),
    ...node("n6", {
      ready: `${times(0, 50)} ${times(1, 50)}`,
      connected: `${times(0, 50)} ${times(5, 50)}`,
    }),
  },
  lasts: 140,
  fires: [{ alert: "Behind", from: 60, to: 98, labels: [instance("n6", "warning")] }],
});

story("nodes of another cluster are missed by nobody", {
  series: { ...nodes(ids), ...nodes(["m1", "m2"], { cluster: "d", connected: times(1, 200) }) },
  lasts: 60,
});

story("what waits for its acknowledgement for long is told after a minute, until it is there", {
  series: {
    ...nodes(ids),
    [of("n1", "hearsay_peers_oldest_unacknowledged_seconds")]: `${times(2, 10)} ${times(11, 50)} ${
      times(0, 50)
    }`,
    [of("n2", "hearsay_peers_oldest_unacknowledged_seconds")]: `${times(2, 10)} ${times(11, 25)} ${
      times(0, 75)
    }`,
  },
  lasts: 160,
  fires: [{ alert: "Behind", from: 80, to: 118, labels: [instance("n1", "warning")] }],
});

for (const state of ["full", "failed"]) {
  story(`a disk that is ${state} is told, until it takes values again`, {
    series: { ...nodes(ids), [of("n1", "hearsay_store_state", `state="${state}"`)]: hole(0, 10, 20, 1) },
    lasts: 80,
    fires: [{ alert: "DiskFailing", from: 30, to: 58, labels: [instance("n1", "critical")] }],
  });
}

story("commits that fail are told until none has failed for a minute", {
  series: {
    ...nodes(ids),
    [of("n1", "hearsay_store_commit_failures_total")]: `${times(0, 10)} 0+1x9 ${times(9, 100)}`,
  },
  lasts: 140,
  fires: [{ alert: "DiskFailing", from: 32, to: 96, labels: [instance("n1", "critical")] }],
});

story("commits that take more than a second are told, and quick ones are not", {
  series: {
    ...nodes(ids),
    ...commits("n1", "0+10x49 500x50", "0+10x99"),
    ...commits("n2", "0+10x99", "0+10x99"),
  },
  lasts: 198,
  fires: [{ alert: "DiskFailing", from: 112, to: 198, labels: [instance("n1", "critical")] }],
});

story("a certificate is told when it has less than a week, until it is renewed", {
  series: {
    ...nodes(ids),
    [of("n1", "hearsay_certificate_expiry_timestamp_seconds", 'certificate="node"')]: `${
      times(7 * 86400 + 20, 50)
    } ${times(365 * 86400, 50)}`,
    [of("n1", "hearsay_certificate_expiry_timestamp_seconds", 'certificate="authority"')]: times(
      365 * 86400,
      100,
    ),
  },
  lasts: 140,
  fires: [{
    ...{ alert: "CertificateExpires", from: 82, to: 98 },
    labels: [instance("n1", "warning", { certificate: "node" })],
  }],
});

testNeeding(
  "alerts: each fires for its fault, clears after it, and is silent otherwise",
  needsPromtool,
  () => {
    return holds(withoutTexts(), stories);
  },
);

testNeeding("alerts: the texts say which node it is, and how bad", needsPromtool, () => {
  const series = {
    ...nodes(ids, { connected: times(2, 100) }),
    [of("n6", "up")]: times(0, 100),
    [of("n1", "hearsay_certificate_expiry_timestamp_seconds", 'certificate="node"')]: times(7_200, 100),
  };
  const texts = (alert: string, exp_labels: Labels, summary: string, description: string) => ({
    eval_time: "60s",
    alertname: `Hearsay${alert}`,
    exp_alerts: [{
      exp_labels,
      exp_annotations: { summary, description, runbook: `OPERATIONS.md#hearsay${alert.toLowerCase()}` },
    }],
  });
  const cut = texts(
    "Partition",
    named("n1"),
    "n1 of cluster c is cut off from nodes that are up.",
    "It reaches 3 nodes, itself among them, and more are up. Each side goes on by itself.",
  );
  const { exp_alerts: [of1] } = cut;
  assert.ok(of1);
  return holds(alerts(), [{
    ...told(series),
    alert_rule_test: [
      texts(
        "NodeDown",
        instance("n6", "critical"),
        "n6:8000 does not answer.",
        "It has ended, hangs, or cannot be reached from Prometheus. The others go on without it.",
      ),
      {
        ...cut,
        exp_alerts: ids.map((id) => ({
          exp_labels: named(id),
          exp_annotations: { ...of1.exp_annotations, summary: of1.exp_annotations.summary.replace("n1", id) },
        })),
      },
      texts(
        "CertificateExpires",
        instance("n1", "warning", { certificate: "node" }),
        "The certificate of the node at n1:8000 expires soon.",
        "It lasts for 1h 59m 0s. Then nobody connects with this node any more.",
      ),
    ],
  }]);
});
