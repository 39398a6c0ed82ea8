/** The settings of a serving node that finds its members, and does not have them given. */
import { z } from "zod";
import { BOOTSTRAP_MS } from "../../../service/discovery/joiner.ts";
import { isWildcard } from "../../../service/discovery/reachable.ts";
import type { Seed } from "../../../service/discovery/seeds.ts";
import { type Address, addressText, parseAddress } from "../../../../transports/address.ts";
import { complain, type Given } from "../../flags/flags.ts";
import { parsedText, repeated, tied, toggle } from "../../flags/schemas.ts";
import { addressFault } from "../address.ts";
import { parseSeeds, SEEDS_RULE, whyNoSeeds } from "./seeds.ts";

export interface DiscoveryConfig {
  /** Empty where there are none. */
  readonly seeds: readonly Seed[];
  /** It founds a cluster if nobody answers. */
  readonly bootstrap: boolean;
  /** Where others reach it; absent: where it listens. */
  readonly advertise?: Address;
  readonly leaveOnStop: boolean;
  /** The name server for seeds; absent: the system's. */
  readonly dns?: Address;
}

/** Of name servers. */
const DNS_PORT = 53;

const notBesidePeers = (why: string) => ({ excludes: { why, flags: ["peer"] } });

export const discoveryFlags = {
  "join": tied(
    repeated(parseSeeds, {
      value: "SEEDS",
      about: "where members may be found, for a node that joins a cluster; looked up anew all the time",
      rule: SEEDS_RULE,
      why: whyNoSeeds,
    }),
    notBesidePeers("which finds the members"),
  ),
  "bootstrap": tied(
    toggle(`found a cluster, unless a seed answers within ${BOOTSTRAP_MS / 1000} s`),
    notBesidePeers("which founds a cluster that others join"),
  ),
  "advertise": tied(
    parsedText(parseReachable, {
      value: "HOST:PORT",
      about:
        "where the others reach this node (--listen, or this machine's address where that is a wildcard)",
      rule: "host:port of this one node",
      why: whyNotReachable,
    }),
    notBesidePeers("which is for members that join"),
  ),
  "leave-on-stop": tied(
    toggle("leave the cluster when told to stop, once another member holds what this one holds"),
    notBesidePeers("which is for members that join"),
  ),
  "dns": tied(
    parsedText((given) => parseAddress(given, DNS_PORT), {
      value: "HOST[:PORT]",
      about: "the name server that is asked for the names of --join (the system's)",
      rule: `host:port, or host for port ${DNS_PORT}`,
      why: addressFault,
    }),
    { requires: { flag: "join" } },
  ),
};

const shape = z.object(discoveryFlags);

export function discoveryOf(flags: z.infer<typeof shape>): DiscoveryConfig {
  return {
    seeds: flags.join ?? [],
    bootstrap: flags.bootstrap ?? false,
    leaveOnStop: flags["leave-on-stop"] ?? false,
    ...flags.advertise !== undefined && { advertise: flags.advertise },
    ...flags.dns !== undefined && { dns: flags.dns },
  };
}

/** What means nothing without one of two flags; where --peer is given, it is that which is complained about. */
export function discoveryMistakes(flags: z.infer<typeof shape>, given: ReadonlyMap<string, Given>): string[] {
  if (given.has("join") || flags.bootstrap || given.has("peer")) return [];
  const rule = "given together with --join or --bootstrap";
  return [
    ...flags.advertise !== undefined ? complain("serve", given, "advertise", rule) : [],
    ...flags["leave-on-stop"] ? complain("serve", given, "leave-on-stop", rule) : [],
  ];
}

function parseReachable(text: string): Address | undefined {
  return whyNotReachable(text) === undefined ? parseAddress(text) : undefined;
}

function whyNotReachable(text: string): string | undefined {
  const address = parseAddress(text);
  if (address === undefined) return "it is no host:port";
  if (address.port === 0) return "nobody listens at port 0";
  return isWildcard(address) ? `${addressText(address)} stands for all addresses of a machine` : undefined;
}
