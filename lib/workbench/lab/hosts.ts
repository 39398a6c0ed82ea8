/** The layout of the lab: five hosts on a bridge, the `ip` commands that make them, and the programs that run on each. */
import { join } from "node:path";

/** Set aside for tests between hosts (RFC 2544): no real network has these addresses. */
const PREFIX = "198.18.1";
const BRIDGE = `${PREFIX}.254/24`;
export const NODE_PORT = 7000;
export const SIDECAR_PORT = 7100;
/** Where a node speaks HTTP and has its page. */
export const HTTP_PORT = 8000;

export interface LabHost {
  readonly id: string;
  readonly address: string;
}

export const labHosts: readonly LabHost[] = [1, 2, 3, 4, 5].map((n) => ({
  id: `n${n}`,
  address: `${PREFIX}.${n}`,
}));

/** Programs that the lab cannot do without, and Debian's packages that have them. */
export const labTools: Readonly<Record<string, string>> = {
  unshare: "util-linux",
  nsenter: "util-linux",
  mount: "mount",
  ip: "iproute2",
  iptables: "iptables",
};

/**
 * The first process of the lab's namespaces. It ends with its input, that is, with the process that opened the lab,
 * however that ended; the kernel then ends whatever else is in the namespaces. Its arguments are directories to delete.
 */
export const holder = [
  "sh",
  "-c",
  // Names of network namespaces and the lock of iptables lie in /run, which need not be ours to write.
  `mount -t tmpfs tmpfs /run || exit; echo ready; cat >/dev/null; kill -KILL -1; rm -rf -- "$@"`,
  "sh",
] as const;

/** Lines for `ip -batch -` in the lab's own network namespace, where the examiner is. */
export function bridgeBatch(): string {
  const hosts = labHosts.map(({ id }) => [
    `netns add ${id}`,
    `link add ${id} type veth peer name eth0 netns ${id}`,
    `link set ${id} master bridge up`,
  ]);
  const bridge = [
    "link set lo up",
    "link add bridge type bridge",
    `addr add ${BRIDGE} dev bridge`,
    "link set bridge up",
  ];
  return [...bridge, ...hosts.flat()].join("\n") + "\n";
}

/** Lines for `ip -batch -` in the network namespace of one host. */
export function hostBatch({ address }: LabHost): string {
  return ["link set lo up", `addr add ${address}/24 dev eth0`, "link set eth0 up"].join("\n") + "\n";
}

export function nodeArguments({ id }: LabHost, data: string): string[] {
  return [
    ...["serve", "--id", id, "--listen", `0.0.0.0:${NODE_PORT}`, "--peer", clusterText(NODE_PORT)],
    // Nobody else is on the lab's network.
    ...["--data", join(data, id), "--cluster-name", "lab", "--http", `0.0.0.0:${HTTP_PORT}`, "--insecure"],
  ];
}

export function sidecarArguments(secretFile: string): string[] {
  const within = labHosts.map(({ address }) => address).join(",");
  return ["sidecar", "--listen", `0.0.0.0:${SIDECAR_PORT}`, "--within", within, "--secret-file", secretFile];
}

/** Every host at one port: "n1=198.18.1.1:7000,…". */
export function clusterText(port: number): string {
  return labHosts.map(({ id, address }) => `${id}=${address}:${port}`).join(",");
}

/** The environment of a command among the hosts; an empty value counts as absent. */
export function labEnvironment(secretFile: string): Record<string, string> {
  return {
    HEARSAY_CLUSTER: clusterText(NODE_PORT),
    HEARSAY_SIDECARS: "",
    HEARSAY_SECRET_FILE: secretFile,
    HEARSAY_AT: labHosts.map(({ address }) => `${address}:${NODE_PORT}`).join(","),
  };
}
