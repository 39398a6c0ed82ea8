/** The settings of `hearsay manifest`: for which program, how many nodes, and with what. */
import { z } from "zod";
import { complain, mustBe, mustBeGiven } from "../flags/flags.ts";
import { type Env, outcome, type Parsed, readFlags } from "../flags/read_flags.ts";
import { parseAddresses } from "./address.ts";
import { type Address, DEFAULT_HTTP_PORT } from "../../../transports/address.ts";
import { parsedText, toggle, whole } from "../flags/schemas.ts";

export const kinds = ["kubernetes", "swarm", "systemd", "prometheus", "alerts", "grafana"] as const;
export type Kind = typeof kinds[number];

export const NODES_MAX = 1_000;
const NODES = 5;
/** Where nodes speak HTTP unless it is said otherwise. */

export interface ManifestConfig {
  readonly kind: Kind;
  readonly nodes: number;
  /** Where Prometheus asks the nodes. */
  readonly targets: readonly Address[];
  readonly tls: boolean;
  readonly image: string;
  readonly namespace: string;
}

const KIND_RULE = `one of ${kinds.join(", ")}`;
const TARGETS_RULE = `a comma list of at most ${NODES_MAX} host:port, or host for port ${DEFAULT_HTTP_PORT}`;
const IMAGE_RULE = "the name of an image, as registry.example.org/hearsay:0.1.0";
const NAMESPACE_RULE = "1 to 63 small letters, digits or '-', with a letter or digit at both ends";
/** What a file of YAML can hold as it stands. */
const IMAGE = /^[a-z0-9][A-Za-z0-9._:/@-]{0,254}$/;
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Flags that mean nothing to a kind. */
const idle: Readonly<Record<Kind, readonly string[]>> = {
  kubernetes: ["targets"],
  swarm: ["namespace", "targets"],
  systemd: ["namespace", "image", "targets"],
  prometheus: ["namespace", "image"],
  alerts: ["nodes", "targets", "tls", "namespace", "image"],
  grafana: ["nodes", "targets", "tls", "namespace", "image"],
};

export const shapes = {
  manifest: z.object({
    "nodes": whole(1, NODES_MAX, "N", `how many nodes (${NODES})`),
    "targets": parsedText(parseTargets, {
      ...{ value: "HOST[:PORT],...", rule: TARGETS_RULE, variable: false },
      about:
        `prometheus: where the nodes speak HTTP (host1:${DEFAULT_HTTP_PORT}, host2:${DEFAULT_HTTP_PORT} and so on)`,
      excludes: { flags: ["nodes"], why: "which names every node" },
    }),
    "tls": toggle("nodes and clients know each other by certificates, as those of 'hearsay ca'", {
      variable: false,
    }),
    "image": parsedText((given) => IMAGE.test(given) ? given : undefined, {
      ...{ value: "IMAGE", rule: IMAGE_RULE, variable: false },
      about: "kubernetes, swarm: the image that holds this program as hearsay (hearsay:local)",
    }),
    "namespace": parsedText((given) => NAMESPACE.test(given) ? given : undefined, {
      ...{ value: "NAME", rule: NAMESPACE_RULE, variable: false },
      about: "kubernetes: the namespace (hearsay)",
    }),
  }),
};

export function parseManifest(args: readonly string[], env: Env): Parsed<ManifestConfig> {
  const { flags, given, operands: [word, ...more], ...read } = readFlags(
    "manifest",
    shapes.manifest,
    args,
    env,
    { takesOperands: true },
  );
  const kind = kinds.find((name) => name === word);
  const mistakes = [
    ...word === undefined ? [mustBeGiven("manifest", "KIND", KIND_RULE)] : [],
    ...word !== undefined && (kind === undefined || more.length > 0)
      ? [mustBe("manifest", "KIND", KIND_RULE, [word, ...more].join(" "))]
      : [],
    ...read.mistakes,
    ...kind === undefined
      ? []
      : idle[kind].flatMap((name) =>
        complain("manifest", given, name, `left out with '${kind}', to which it means nothing`)
      ),
  ];
  const { nodes = NODES, tls = false, image = "hearsay:local", namespace = "hearsay" } = flags;
  const targets = flags.targets ??
    Array.from({ length: nodes }, (_, i) => ({ host: `host${i + 1}`, port: DEFAULT_HTTP_PORT }));
  return outcome(mistakes, { kind: kind ?? "kubernetes", nodes, targets, tls, image, namespace });
}

function parseTargets(text: string): readonly Address[] | undefined {
  const found = parseAddresses(text, DEFAULT_HTTP_PORT);
  return found !== undefined && found.length <= NODES_MAX ? found : undefined;
}
