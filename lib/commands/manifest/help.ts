/** What help says of manifests. */

export const examples = {
  manifest: [
    "hearsay manifest kubernetes --nodes 5 --tls --image registry.example.org/hearsay:0.1.0 > hearsay.yaml",
    "hearsay manifest swarm --nodes 3 > stack.yaml",
    "hearsay manifest systemd --tls > /etc/systemd/system/hearsay@.service",
    "hearsay manifest prometheus --targets 127.0.0.1:8001,127.0.0.1:8002 > prometheus.yml",
    "hearsay manifest alerts > hearsay.rules.yml",
    "hearsay manifest grafana > hearsay.json",
  ],
};

export const notes = {
  manifest: [
    "kubernetes: a StatefulSet with its services, a PodDisruptionBudget and a NetworkPolicy. swarm: a stack for Docker",
    "Swarm. systemd: one unit for any number of nodes. Each begins with the commands by which it is applied, and is",
    "meant to be read and changed. For Docker Compose, there is docker-compose.yml beside the sources.",
    "prometheus: where Prometheus finds the nodes, which are started with --http. alerts: its five rules. grafana: a",
    "dashboard, which Grafana takes under Dashboards, New, Import.",
  ],
};

export const operands = { manifest: " kubernetes | swarm | systemd | prometheus | alerts | grafana" };
