/** What Prometheus is given: where it asks the nodes, how often, and by which rules it raises alerts. */
import { addressText } from "../../../transports/address.ts";
import type { ManifestConfig } from "../config/manifest.ts";

export function prometheus({ targets, tls }: ManifestConfig): string {
  return `# What Prometheus is given to watch nodes of hearsay, each started with --http.
#
#   hearsay manifest prometheus > prometheus.yml
#   hearsay manifest alerts > hearsay.rules.yml
#   prometheus --config.file=prometheus.yml
#
# Where a Prometheus runs already, both entries below go into its own file. Alerts reach people by an Alertmanager:
# https://prometheus.io/docs/alerting/latest/overview/
rule_files: [hearsay.rules.yml]
scrape_configs:
  - job_name: hearsay # The rules and the dashboard look for this name.
    # The rules tell of a cut within 15 s as long as this is 2 s. An answer takes a node about a millisecond.
    scrape_interval: 2s
    scrape_timeout: 2s
${tls ? tlsLines : tokenLines}    static_configs:
      - targets:
${targets.map((target) => `          - ${JSON.stringify(addressText(target))}\n`).join("")}`;
}

const tlsLines = `    scheme: https
    # As 'hearsay ca client prometheus --rights admin' makes them. With another right, the metrics of each single peer are
    # not told. The nodes' certificates must name the hosts below.
    tls_config: {ca_file: ca.pem, cert_file: prometheus.pem, key_file: prometheus-key.pem}
`;

const tokenLines =
  `    # Where nodes have --tokens, as 'hearsay token prometheus --rights admin' makes one. With no rights, the metrics of each
    # single peer are not told.
    # authorization: {credentials_file: token}
`;
