/** Where clients of a serving node connect, and what those of one name or address may take of it. */
import {
  BYTES_PER_SECOND_MAX,
  CLIENTS_MAX,
  REQUESTS_PER_SECOND_MAX,
  SHARED_CONNECTIONS_MAX,
} from "../../../../transports/tcp/limits.ts";
import type { TcpLimits } from "../../../../transports/tcp/tcp.ts";
import type { Address } from "../../../../transports/address.ts";
import { parsedText, whole } from "../../flags/schemas.ts";
import { ADDRESS_RULE, parseAddress } from "../address.ts";

/** A rate that is larger limits nobody. */
const RATE_MAX = 1_000_000_000_000;
/** A slower client would have to wait for minutes after one long line. */
export const BYTES_MIN = 1_024;

const WHOSE = "of one name, or of one address but for loopback,";

export const clientFlags = {
  "client-listen": parsedText(parseAddress, {
    value: "HOST:PORT",
    about: "where clients connect, while --listen is for members alone (where members do)",
    rule: ADDRESS_RULE,
  }),
  "client-connections": whole(
    1,
    CLIENTS_MAX,
    "N",
    `connections ${WHOSE} at once (${SHARED_CONNECTIONS_MAX})`,
  ),
  "client-requests": whole(1, RATE_MAX, "N", `requests ${WHOSE} in a second (${REQUESTS_PER_SECOND_MAX})`),
  "client-bytes": whole(
    BYTES_MIN,
    RATE_MAX,
    "N",
    `bytes to and from all ${WHOSE} in a second (${BYTES_PER_SECOND_MAX})`,
  ),
};

export interface ClientsConfig {
  readonly clientListen?: Address;
  readonly limits: Partial<TcpLimits>;
}

export interface ClientFlags {
  readonly "client-listen"?: Address | undefined;
  readonly "client-connections"?: number | undefined;
  readonly "client-requests"?: number | undefined;
  readonly "client-bytes"?: number | undefined;
}

export function clientsOf(flags: ClientFlags): ClientsConfig {
  const { "client-listen": clientListen, "client-connections": connections } = flags;
  const { "client-requests": requests, "client-bytes": bytes } = flags;
  return {
    ...clientListen !== undefined && { clientListen },
    limits: {
      ...connections !== undefined && { sharedConnectionsMax: connections },
      ...requests !== undefined && { requestsPerSecondMax: requests },
      ...bytes !== undefined && { bytesPerSecondMax: bytes },
    },
  };
}
