/** The rules by which Prometheus raises alerts: five, each with a section in the page of operations. */

/** Certificates are renewed before they last no longer than this. */
const EXPIRES_SOON_DAYS = 7;

export function alerts(): string {
  return `# By these rules Prometheus raises alerts on nodes of hearsay, which the job "hearsay" asks for their metrics.
#
#   hearsay manifest alerts > hearsay.rules.yml     beside the prometheus.yml that names it
#   promtool check rules hearsay.rules.yml
#
# What to look at and to do upon each of them is told in OPERATIONS.md, under the name of the alert.
groups:
  - name: hearsay
    # As often as the nodes are asked.
    interval: 2s
    rules:
      # A node may be away for a few seconds, as it is when it is restarted.
      - alert: HearsayNodeDown
        expr: up{job="hearsay"} == 0 or absent(up{job="hearsay"})
        for: 10s
        labels: {severity: critical}
        annotations:
          summary: "{{ or $labels.instance \\"Every node\\" }} does not answer."
          description: "It has ended, hangs, or cannot be reached from Prometheus. The others go on without it."
          runbook: OPERATIONS.md#hearsaynodedown

      # Of the nodes that are up and ready, some do not reach each other. A node that is away counts on neither side.
      - alert: HearsayPartition
        expr: |
          (hearsay_peers_connected + 1)
              * on (job, instance) group_left (node, cluster, cluster_id)
              (hearsay_node_info and on (job, instance) hearsay_ready == 1)
            < on (job, cluster, cluster_id) group_left ()
              count by (job, cluster, cluster_id) (hearsay_node_info and on (job, instance) hearsay_ready == 1)
        for: 5s
        labels: {severity: critical}
        annotations:
          summary: "{{ $labels.node }} of cluster {{ $labels.cluster }} is cut off from nodes that are up."
          description: "It reaches {{ $value }} nodes, itself among them, and more are up. Each side goes on by itself."
          runbook: OPERATIONS.md#hearsaypartition

      # What waits for a node that is cut off or down is told by the rules above.
      - alert: HearsayBehind
        expr: hearsay_peers_oldest_unacknowledged_seconds > 10 or hearsay_ready == 0
        for: 1m
        labels: {severity: warning}
        annotations:
          summary: "Values come late at {{ $labels.instance }}, or from it."
          description: >-
            It has not become a member, lacks what others hold, or what it holds has not reached another node that it
            is connected with for more than 10 s.
          runbook: OPERATIONS.md#hearsaybehind

      - alert: HearsayDiskFailing
        expr: |
          max by (job, instance) (hearsay_store_state{state=~"full|failed"}) == 1
            or increase(hearsay_store_commit_failures_total[1m]) > 0
            or histogram_quantile(0.99,
                 sum by (job, instance, le) (rate(hearsay_store_commit_duration_seconds_bucket[1m]))) > 1
        for: 10s
        labels: {severity: critical}
        annotations:
          summary: "The disk of {{ $labels.instance }} is full, fails or is slow."
          description: "Commits of its log fail, or one in a hundred takes more than 1 s. Clients are refused or wait."
          runbook: OPERATIONS.md#hearsaydiskfailing

      - alert: HearsayCertificateExpires
        expr: hearsay_certificate_expiry_timestamp_seconds - time() < ${EXPIRES_SOON_DAYS} * 86400
        for: 1m
        labels: {severity: warning}
        annotations:
          summary: "The certificate of the {{ $labels.certificate }} at {{ $labels.instance }} expires soon."
          description: "It lasts for {{ $value | humanizeDuration }}. Then nobody connects with this node any more."
          runbook: OPERATIONS.md#hearsaycertificateexpires
`;
}
