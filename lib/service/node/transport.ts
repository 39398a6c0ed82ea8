/** The carrier of a service: TCP, with as many files as HTTP leaves to it. */
import { TcpTransport } from "../../../transports/tcp/tcp.ts";
import { filesBesideHttp } from "../http/settings.ts";
import type { ServiceOptions } from "../options.ts";

export function transportOf(options: ServiceOptions): TcpTransport {
  const { id, cluster, store, listen, peers, limits, clientListen, tokens, tls, http } = options;
  return new TcpTransport({
    ...{ id, cluster, incarnation: store.incarnation, listen, peers },
    ...limits,
    clientListen,
    knowsClients: (tokens ?? tls) !== undefined,
    // Whoever shows no certificate may have a token.
    ...tls && { tls, admitsUnnamed: tokens !== undefined },
    ...http && { descriptors: { files: filesBesideHttp() } },
  });
}
