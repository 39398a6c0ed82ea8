/** The settings of a serving node, from flags and environment variables. */
import { z } from "zod";
import { addressFault, MEMBERS_RULE, NAME_RULE, NODE_RULE, parseMembers, parseNode } from "./address.ts";
import { MEMBER_ID } from "../../core/membership/member_id.ts";
import { DELIVERY_BUDGET_MS_MAX } from "./exam/limits.ts";
import { type DiscoveryConfig, discoveryFlags, discoveryMistakes, discoveryOf } from "./members/discovery.ts";
import { choice, parsedText, repeated, text, tied, toggle, whole } from "../flags/schemas.ts";
import { complain } from "../flags/flags.ts";
import { type Env, outcome, type Parsed, readFlags } from "../flags/read_flags.ts";
import { clientFlags, type ClientsConfig, clientsOf } from "./trust/clients.ts";
import { nodeTlsFlags, tlsFrom, tlsMistakes } from "./trust/tls.ts";
import { httpFlags, httpOf } from "./http.ts";
import { retainFlag } from "./retain.ts";
import type { HttpSettings } from "../../service/http/settings.ts";
import type { Rule } from "../../core/retention/rules.ts";
import { type Address, DEFAULT_PORT, isLoopback } from "../../../transports/address.ts";
import type { Tls } from "../../../transports/tcp/tls/tls.ts";

export const logLevels = ["debug", "info", "warning", "error"] as const;
export const logFormats = ["text", "json"] as const;

const defaultListen: Address = { host: "127.0.0.1", port: DEFAULT_PORT };

export interface ServeConfig extends DiscoveryConfig, ClientsConfig {
  readonly id: string;
  readonly listen: Address;
  /** Without this node itself. */
  readonly peers: ReadonlyMap<string, Address>;
  readonly clusterName: string;
  /** Absent: in memory. */
  readonly data?: string;
  readonly deliveryBudgetMs?: number;
  /** Empty: all is kept forever, but for what is built in. */
  readonly retain: readonly Rule[];
  /** A file; absent: whoever reaches the node may do everything. */
  readonly tokens?: string;
  /** Absent: without TLS. */
  readonly tls?: Tls;
  /** Absent: HTTP is spoken nowhere. */
  readonly http?: HttpSettings;
  readonly logLevel: typeof logLevels[number];
  readonly logFormat: typeof logFormats[number];
}

const name = (value: string, about: string) =>
  parsedText((given) => MEMBER_ID.test(given) ? given : undefined, { value, about, rule: NAME_RULE });

export const shapes = {
  serve: z.object({
    "id": tied(name("ID", "the name of this node in its cluster"), { required: true }),
    "listen": parsedText(parseNode, {
      value: "HOST[:PORT]",
      about: "where peers and clients connect (127.0.0.1:7000)",
      rule: NODE_RULE,
      why: addressFault,
    }),
    "peer": repeated(parseMembers, {
      value: "ID=HOST[:PORT]",
      about: "another member; once for each, or a comma list; this node itself is passed over",
      rule: MEMBERS_RULE,
    }),
    ...discoveryFlags,
    "data": text("DIR", "a directory", "where values are kept over crashes and restarts (in memory only)"),
    "retain": retainFlag(
      "how long, and how much of it, entries are kept (forever, in topics that begin with '_' for 1h)",
    ),
    "cluster-name": name("NAME", "the name of the cluster; nodes of others are refused (hearsay)"),
    "delivery-budget": whole(
      1,
      DELIVERY_BUDGET_MS_MAX,
      "MS",
      "how long a value may take to reach every node (three round trips)",
    ),
    "tokens": text(
      "FILE",
      "a file",
      "the clients that are known, by their tokens, and their rights; see 'hearsay help token' (all may do everything)",
    ),
    ...clientFlags,
    ...httpFlags,
    ...nodeTlsFlags,
    "insecure": toggle(
      "listen beyond this machine without TLS: whoever reaches the port is trusted, and reads along",
    ),
    "log-level": choice(logLevels, "LEVEL", "the lowest level that is logged to standard error (info)"),
    "log-format": choice(logFormats, "FORMAT", "the format of log lines (text)"),
  }),
};

export function parseServe(args: readonly string[], env: Env): Parsed<ServeConfig> {
  const { flags, given, mistakes } = readFlags("serve", shapes.serve, args, env);
  const { id = "", listen = defaultListen, data, "delivery-budget": deliveryBudgetMs } = flags;
  const peers = new Map(flags.peer);
  peers.delete(id);
  const untied = [
    ...discoveryMistakes(flags, given),
    ...tlsMistakes("serve", flags, given, flags.id),
    ...complain("serve", given, "listen", plainTextRule(listen, flags)),
    ...complain("serve", given, "client-listen", plainTextRule(flags["client-listen"], flags)),
    ...complain("serve", given, "http", plainTextRule(flags.http, flags)),
  ];
  const { tls } = tlsFrom(flags, flags.id);
  return outcome([...mistakes, ...untied], {
    id,
    listen,
    ...tls !== undefined && { tls },
    peers,
    ...discoveryOf(flags),
    ...clientsOf(flags),
    ...httpOf(flags),
    clusterName: flags["cluster-name"] ?? "hearsay",
    ...data !== undefined && { data },
    ...flags.tokens !== undefined && { tokens: flags.tokens },
    ...deliveryBudgetMs !== undefined && { deliveryBudgetMs },
    retain: flags.retain ?? [],
    logLevel: flags["log-level"] ?? "info",
    logFormat: flags["log-format"] ?? "text",
  });
}

/** What an operator must do where everybody who reaches the port would be trusted. */
function plainTextRule(listen: Address | undefined, flags: z.infer<typeof shapes.serve>): string | undefined {
  const { insecure = false, "tls-cert": cert } = flags;
  if (insecure || cert !== undefined || listen === undefined || isLoopback(listen.host)) return undefined;
  return "an address of this machine alone, as 127.0.0.1, where there is no --tls-cert: whoever reaches the port " +
    "would be trusted (--insecure allows it)";
}
