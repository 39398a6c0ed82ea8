/** The settings of `hearsay manifest`: for which scheduler, how many nodes, and with what. */
import { z } from "zod";
import { complain, mustBe, mustBeGiven } from "../flags/flags.ts";
import { type Env, outcome, type Parsed, readFlags } from "../flags/read_flags.ts";
import { parsedText, toggle, whole } from "../flags/schemas.ts";

export const schedulers = ["kubernetes", "swarm", "systemd"] as const;
export type Scheduler = typeof schedulers[number];

export const NODES_MAX = 1_000;
const NODES = 5;

export interface ManifestConfig {
  readonly scheduler: Scheduler;
  readonly nodes: number;
  readonly tls: boolean;
  readonly image: string;
  readonly namespace: string;
}

const KIND_RULE = `one of ${schedulers.join(", ")}`;
const IMAGE_RULE = "the name of an image, as registry.example.org/hearsay:0.1.0";
const NAMESPACE_RULE = "1 to 63 small letters, digits or '-', with a letter or digit at both ends";
/** What a file of YAML can hold as it stands. */
const IMAGE = /^[a-z0-9][A-Za-z0-9._:/@-]{0,254}$/;
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Flags that mean nothing to a scheduler. */
const idle: Readonly<Record<Scheduler, readonly string[]>> = {
  kubernetes: [],
  swarm: ["namespace"],
  systemd: ["namespace", "image"],
};

export const shapes = {
  manifest: z.object({
    "nodes": whole(1, NODES_MAX, "N", `how many nodes (${NODES})`),
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
  const scheduler = schedulers.find((name) => name === word);
  const mistakes = [
    ...word === undefined ? [mustBeGiven("manifest", "SCHEDULER", KIND_RULE)] : [],
    ...word !== undefined && (scheduler === undefined || more.length > 0)
      ? [mustBe("manifest", "SCHEDULER", KIND_RULE, [word, ...more].join(" "))]
      : [],
    ...read.mistakes,
    ...idle[scheduler ?? "kubernetes"].flatMap((name) =>
      complain("manifest", given, name, `left out with '${scheduler}', to which it means nothing`)
    ),
  ];
  const { nodes = NODES, tls = false, image = "hearsay:local", namespace = "hearsay" } = flags;
  return outcome(mistakes, { scheduler: scheduler ?? "kubernetes", nodes, tls, image, namespace });
}
