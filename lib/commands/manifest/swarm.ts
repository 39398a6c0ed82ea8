/** What Docker Swarm is given: a stack of one service, of which each task is a node. */
import type { ManifestConfig } from "../config/manifest.ts";

export function swarm(config: ManifestConfig): string {
  const { nodes, image, tls } = config;
  return `${head(config)}
services:
  node:
    image: ${image}
    hostname: "n{{.Task.Slot}}"
    entrypoint: [sh, -c]
    # The first node founds the cluster, where nobody answers it. Once it runs, take out that line and deploy again:
    # should n1 lose its volume one day, it must not found another one.
    command:
      - |
        [ "$$HEARSAY_ID" = n1 ] && export HEARSAY_BOOTSTRAP=true
        exec hearsay serve --listen 0.0.0.0:7000 --http 0.0.0.0:8000 --data /data --join dns+tasks.node:7000
    environment:
      HEARSAY_ID: "n{{.Task.Slot}}"
      # Whom the commands ask that are run in here, as that of the health check.
      HEARSAY_AT: "127.0.0.1:7000"
${tls ? tlsVariables : insecure}
    # Names are given to tasks that are healthy alone, so this asks whether the node answers, not whether it is a member.
    healthcheck:
      test: [CMD, hearsay, status]
      interval: 10s
      timeout: 10s
      retries: 6
      start_period: 15m
    read_only: true
    cap_drop: [ALL]
    stop_grace_period: 30s
    networks: [cluster]
    volumes:
      - {type: volume, source: data, target: /data}
${tls ? `    secrets:\n${secretNames(nodes).map(mounted).join("\n")}\n` : ""}    deploy:
      replicas: ${nodes}
      endpoint_mode: dnsrr
      placement: {max_replicas_per_node: 1}
      restart_policy: {condition: any, delay: 5s}
      update_config: {parallelism: 1, order: stop-first, delay: 10s, failure_action: pause}
      resources:
        limits: {memory: 1G}

networks:
  # Services of other stacks join it to be clients.
  cluster:
    driver: overlay
    attachable: true

volumes:
  # One for each task, on the machine where it runs.
  data:
    name: "hearsay-n{{.Task.Slot}}"
${
    tls
      ? `\nsecrets:\n${secretNames(nodes).map((name) => `  ${name}: {file: ./ca/${name}}`).join("\n")}\n`
      : ""
  }`;
}

function head({ nodes, image, tls }: ManifestConfig): string {
  return `# ${nodes} nodes of hearsay as a stack of Docker Swarm, one on each of ${nodes} machines.
#
${tls ? certificates(nodes) : ""}#   docker stack deploy -c THIS-FILE hearsay
#   docker service ps hearsay_node
#
# The image ${image} must be where every machine has it or can pull it. Clients are services and containers in the network
# hearsay_cluster, and ask tasks.node:7000, or ${tls ? "https" : "http"}://tasks.node:8000.
# A task that moves to another machine starts there with an empty volume, and gets back what the others hold.
`;
}

function certificates(nodes: number): string {
  return `#   hearsay ca init ca
#   for i in $(seq ${nodes}); do hearsay ca issue n$i --dir ca; done
#
# Every task can read the keys of all of them. A secret of Swarm does not change: a new certificate is a new secret under
# a new name.
#
`;
}

function secretNames(nodes: number): string[] {
  const ids = Array.from({ length: nodes }, (_, i) => `n${i + 1}`);
  return ["ca.pem", ...ids.flatMap((id) => [`${id}.pem`, `${id}-key.pem`])];
}

function mounted(name: string): string {
  return `      - {source: ${name}, target: ${name}, uid: "10001", mode: 256} # 0400`;
}

const insecure =
  `      # Whoever is in the network below may do everything. 'hearsay manifest swarm --tls' is the other way.
      HEARSAY_INSECURE: "true"`;

/** The same for the node and for the health check, which shows the node's own certificate. */
const tlsVariables = `      HEARSAY_TLS_CERT: "/run/secrets/n{{.Task.Slot}}.pem"
      HEARSAY_TLS_KEY: "/run/secrets/n{{.Task.Slot}}-key.pem"
      HEARSAY_TLS_CA: /run/secrets/ca.pem`;
