/** What a service is made of. */
import type { Rule } from "../core/retention/rules.ts";
import type { Store } from "../store/store.ts";
import type { TcpLimits } from "../../transports/tcp/tcp.ts";
import type { Tls } from "../../transports/tcp/tls/tls.ts";
import type { Address } from "../../transports/address.ts";
import type { TokenEntry } from "./access/tokens.ts";
import type { DiscoverySettings } from "./discovery/discovery.ts";
import type { HttpSettings } from "./http/settings.ts";
import type { Logger } from "./logger.ts";

export interface ServiceOptions {
  readonly id: string;
  readonly cluster: string;
  readonly version: string;
  readonly listen: Address;
  /** Where clients connect, if not there. */
  readonly clientListen?: Address | undefined;
  /** Limits that are not what they are by default. */
  readonly limits?: Partial<TcpLimits>;
  /** Where the other members listen. */
  readonly peers: ReadonlyMap<string, Address>;
  /** How members are found; absent where they are given. */
  readonly discovery?: DiscoverySettings | undefined;
  /** Its owner closes it. */
  readonly store: Store;
  readonly logger: Logger;
  readonly deliveryBudgetMs?: number;
  /** Where it is spoken to over HTTP; absent: nowhere. */
  readonly http?: HttpSettings | undefined;
  /** By default all is kept, but for what is built in [G1]. */
  readonly retain?: readonly Rule[];
  /** Clients are known by these, or by a certificate; absent: everybody may do everything. */
  readonly tokens?: readonly TokenEntry[] | undefined;
  /** Absent: without TLS. Its owner reads the files again. */
  readonly tls?: Tls | undefined;
}
