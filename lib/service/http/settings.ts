/** How a node speaks HTTP, and what the port is given of the rest of the node. */
import type { NodeStatus } from "../../core/node.ts";
import type { Address } from "../../../transports/address.ts";
import { type Files, filesOfProcess } from "../../../transports/tcp/descriptors.ts";
import { Refusals } from "../../../transports/tcp/greeting.ts";
import type { TcpTransport } from "../../../transports/tcp/tcp.ts";
import type { Tls } from "../../../transports/tcp/tls/tls.ts";
import type { Access } from "../access/access.ts";
import type { Live } from "../live/live.ts";
import type { LocalClients } from "../local_client.ts";
import type { Logger } from "../logger.ts";
import { httpConnectionsMax } from "./connections.ts";
import { HttpPort, type HttpPortOptions } from "./http_port.ts";
import type { HttpNode } from "./route.ts";
import { Readiness } from "./readiness.ts";

export interface HttpSettings {
  readonly listen: Address;
  /** Origins whose pages may ask: "https://example.org", or "*" for all. */
  readonly origins: readonly string[];
  /** What people get at "/". */
  readonly page?: HttpNode["page"];
}

export interface Surroundings {
  readonly id: string;
  readonly version: string;
  readonly tls?: Tls | undefined;
  readonly tokens?: readonly unknown[] | undefined;
  readonly logger: Logger;
  readonly transport: Pick<TcpTransport, "shares" | "links" | "isPeer">;
  readonly clients: LocalClients;
  /** For how long the node has been up, ms. */
  readonly uptimeMs: () => number;
  /** Why it is no member yet. */
  readonly waits: () => string | undefined;
  readonly status: () => Pick<NodeStatus, "peers">;
  readonly onAnswered: HttpPortOptions["onAnswered"];
  readonly live: Live;
  readonly access: Access | undefined;
}

/** Undefined where HTTP is spoken nowhere. */
export function httpPort(settings: HttpSettings | undefined, given: Surroundings): HttpPort | undefined {
  const {
    id,
    version,
    tls,
    tokens,
    logger,
    transport,
    clients,
    uptimeMs,
    waits,
    status,
    live,
    access,
    onAnswered,
  } = given;
  const said = new Refusals((text) => logger.warn(text, { node: id }));
  const readiness = new Readiness({
    ...{ uptimeMs, waits },
    peers: () => status().peers,
    reaches: (peer) => transport.links().some((link) => link.peer === peer && link.connected),
  });
  return settings && new HttpPort({
    ...settings,
    ...{ tls, logger, clients, onAnswered, shares: transport.shares },
    node: {
      ...{ id, version, live, page: settings.page, unready: () => readiness.why() },
      allows: (client, right) => access?.allows(client.id, right) ?? true,
    },
    connectionsMax: httpConnectionsMax(filesOfProcess().maxOpen),
    knowsClients: (tokens ?? tls) !== undefined,
    isMember: (member) => member === id || transport.isPeer(member),
    say: (about, text) => said.say(about, text),
  });
}

/** The files that are left where HTTP has all its connections. */
export function filesBesideHttp({ maxOpen, open }: Files = filesOfProcess()): Files {
  return { maxOpen: maxOpen === Infinity ? maxOpen : maxOpen - httpConnectionsMax(maxOpen), open };
}
