/** What help says of manifests. */

export const examples = {
  manifest: [
    "hearsay manifest kubernetes --nodes 5 --tls --image registry.example.org/hearsay:0.1.0 > hearsay.yaml",
    "hearsay manifest swarm --nodes 3 > stack.yaml",
    "hearsay manifest systemd --tls > /etc/systemd/system/hearsay@.service",
  ],
};

export const notes = {
  manifest: [
    "kubernetes: a StatefulSet with its services, a PodDisruptionBudget and a NetworkPolicy. swarm: a stack for Docker",
    "Swarm. systemd: one unit for any number of nodes. Each begins with the commands by which it is applied, and is",
    "meant to be read and changed. For Docker Compose, there is docker-compose.yml beside the sources.",
  ],
};

export const operands = { manifest: " kubernetes | swarm | systemd" };
