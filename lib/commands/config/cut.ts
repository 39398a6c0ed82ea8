/** The settings of cuts in a real network, and of the sidecars that make them, from flags and variables. */
import { isIPv4 } from "node:net";
import { z } from "zod";
import { type Cut, grudgeNames, oneWayOf, parseGrudge } from "../../workbench/faults/grudge.ts";
import { seeded } from "../../core/random.ts";
import { addressFault, MEMBERS_RULE, parseAddress, parseMembers } from "./address.ts";
import { ownSecretFlag, ownSecretFrom, secretFlag, secretFrom } from "./trust/secret.ts";
import { SEED_MAX } from "./exam/seeds.ts";
import { parsedText, tied, toggle, whole } from "../flags/schemas.ts";
import { complain, type Given, mustBe } from "../flags/flags.ts";
import { type Env, outcome, type Parsed, readFlags } from "../flags/read_flags.ts";
import type { Address } from "../../../transports/address.ts";
import type { TokenSource } from "../../client/token.ts";
import type { Tls } from "../../../transports/tcp/tls/tls.ts";

/** Where the sidecar of a node listens, unless it is said otherwise: beside the node. */
export const SIDECAR_PORT = 7100;
/** A sidecar's rules name at most so many addresses. */
export const WITHIN_MAX = 256;

export interface SidecarConfig {
  readonly listen: Address;
  readonly within: readonly string[];
  /** Without it, nobody gives orders. */
  readonly secret: string;
}

/** The nodes of a cluster that runs, and the sidecar of each. */
export interface RunningCluster {
  readonly cluster: ReadonlyMap<string, Address>;
  readonly sidecars: ReadonlyMap<string, Address>;
  readonly secret?: string;
  /** How the nodes are spoken to. */
  readonly tls?: Tls;
  /** Absent: the nodes need not know who asks. */
  readonly token?: TokenSource;
}

export interface PartitionConfig extends RunningCluster {
  /** Absent with `show`. */
  readonly cut?: Cut;
  readonly show: boolean;
  readonly dryRun: boolean;
  readonly hold: boolean;
}

const WITHIN_RULE = `a comma list of 1 to ${WITHIN_MAX} IPv4 addresses`;
const kinds = grudgeNames.join(", ");
const CUT_RULE = `one of ${kinds}, or the sides by name, as 'n1,n2|n3,n4,n5' or one way 'n1>n2,n3'`;

const running = z.object({
  "cluster": tied(
    parsedText((given) => parseMembers(given), {
      value: "ID=HOST[:PORT],…",
      about: "the nodes",
      rule: MEMBERS_RULE,
    }),
    { required: true },
  ),
  "sidecars": parsedText((given) => parseMembers(given, SIDECAR_PORT), {
    value: "ID=HOST[:PORT],…",
    about: `where their sidecars are (beside the nodes, at port ${SIDECAR_PORT})`,
    rule: MEMBERS_RULE,
  }),
  "secret-file": secretFlag(),
});

export const shapes = {
  partition: running.extend({
    "one-way": toggle("drop only what the first side sends to the second"),
    "dry-run": toggle("print the rules of each node and touch nothing"),
    "hold": toggle("keep the cut until Ctrl-C, then heal (it ends by itself after 30 s)"),
    "show": tied(toggle("print which nodes drop packets of which others now"), {
      excludes: {
        flags: ["one-way", "dry-run", "hold", "seed"],
        words: "CUT",
        why: "which cuts nothing",
      },
    }),
    "seed": whole(0, SEED_MAX, "N", "the seed of the choice of nodes (the clock)"),
  }),
  heal: running,
  sidecar: z.object({
    "listen": parsedText((given) => parseAddress(given, SIDECAR_PORT), {
      value: "HOST[:PORT]",
      about: `where the sidecar listens for requests (0.0.0.0:${SIDECAR_PORT})`,
      rule: `host:port, or host for port ${SIDECAR_PORT}`,
      why: addressFault,
    }),
    "within": tied(
      parsedText(parseWithin, {
        value: "IP,…",
        about: "the addresses that may be cut off",
        rule: WITHIN_RULE,
      }),
      { required: true },
    ),
    "secret-file": ownSecretFlag,
  }),
};

export type RunningFlags = z.infer<typeof running>;

export function parseSidecar(args: readonly string[], env: Env): Parsed<SidecarConfig> {
  const { flags, mistakes, given } = readFlags("sidecar", shapes.sidecar, args, env);
  // Nothing is written for a command that does not run.
  const found = mistakes.length > 0 ? { mistakes: [] } : ownSecretFrom("sidecar", flags, given, env);
  const { listen = { host: "0.0.0.0", port: SIDECAR_PORT }, within = [] } = flags;
  return outcome([...mistakes, ...found.mistakes], { listen, within, secret: found.secret ?? "" });
}

export function parseHeal(args: readonly string[], env: Env): Parsed<RunningCluster> {
  const { flags, mistakes, given } = readFlags("heal", shapes.heal, args, env);
  const { secret, mistakes: more } = secretFrom("heal", flags, given, env);
  return outcome([...mistakes, ...sidecarMistakes("heal", flags, given), ...more], {
    ...runningClusterOf(flags),
    ...secret !== undefined && { secret },
  });
}

export function parsePartition(args: readonly string[], env: Env): Parsed<PartitionConfig> {
  const read = readFlags("partition", shapes.partition, args, env, { takesOperands: true });
  const { flags, operands, given } = read;
  const { show = false, hold = false, "dry-run": dryRun = false } = flags;
  const { secret, mistakes: more } = secretFrom("partition", flags, given, env);
  const cut = show ? undefined : cutOf(operands, flags);
  const mistakes = [
    ...read.mistakes,
    ...sidecarMistakes("partition", flags, given),
    ...typeof cut === "string" ? [cut] : [],
    ...more,
  ];
  return outcome(mistakes, {
    ...runningClusterOf(flags),
    ...secret !== undefined && { secret },
    ...typeof cut === "object" && { cut },
    show,
    dryRun,
    hold,
  });
}

function parseWithin(given: string): readonly string[] | undefined {
  const addresses = given.split(",").map((address) => address.trim());
  return addresses.every((address) => isIPv4(address)) && addresses.length <= WITHIN_MAX
    ? addresses
    : undefined;
}

export function runningClusterOf(
  { cluster = new Map(), sidecars = new Map() }: RunningFlags,
): RunningCluster {
  const found = new Map<string, Address>();
  for (const [id, { host }] of cluster) found.set(id, sidecars.get(id) ?? { host, port: SIDECAR_PORT });
  return { cluster, sidecars: found };
}

/** A sidecar stands beside a node. */
export function sidecarMistakes(
  command: string,
  { cluster, sidecars }: RunningFlags,
  given: ReadonlyMap<string, Given>,
): string[] {
  // Without a cluster, that has been said.
  if (cluster === undefined) return [];
  const strangers = [...sidecars?.keys() ?? []].filter((id) => !cluster.has(id));
  const rule = `of nodes that --cluster names, without ${strangers.join(", ")}`;
  return complain(command, given, "sidecars", strangers.length > 0 ? rule : undefined);
}

/** The cut, or the mistake in it; undefined where the nodes are not known anyway. */
function cutOf(
  operands: readonly string[],
  flags: z.infer<typeof shapes.partition>,
): Cut | string | undefined {
  const [spec, ...more] = operands;
  if (spec === undefined) return `Cannot run 'partition' as it must be told what to cut: ${CUT_RULE}`;
  if (more.length > 0) {
    return `Cannot run 'partition' as it takes one cut: current value is ${quote(operands.join(" "))}`;
  }
  if (flags.cluster === undefined) return undefined;
  const parsed = parseGrudge(spec, [...flags.cluster.keys()]);
  if (!parsed.ok) return mustBe("partition", "CUT", `${CUT_RULE} (${parsed.reason})`, spec);
  const cut = parsed.draw(seeded(flags.seed ?? Date.now()));
  // A cut that is one-way already has no sides.
  if (!flags["one-way"] || spec === "one-way" || spec.includes(">")) return cut;
  return oneWayOf(cut) ?? mustBe("partition", "--one-way", "used with a cut of two sides", spec);
}

function quote(text: string): string {
  return JSON.stringify(text);
}
