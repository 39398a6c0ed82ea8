/** Servers of tests listen where nobody else does: on loopback, at a port that the system picks. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { Server } from "node:net";
import type { Address } from "../../transports/address.ts";

/** Resolves once it listens, to where it does. */
export async function listening(server: Server, host = "127.0.0.1", port = 0): Promise<Address> {
  server.listen(port, host);
  await once(server, "listening");
  return addressOf(server);
}

/** Where a server listens that does. */
export function addressOf(server: Server): Address {
  const at = server.address();
  if (at === null || typeof at === "string") throw new Error("it does not listen at a port");
  return { host: at.address, port: at.port };
}

/** With something that answers over HTTP as `answer` says, at a URL. */
export async function withHttp(answer: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(answer);
  const { host, port } = await listening(server);
  try {
    await use(`http://${host}:${port}`);
  } finally {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }
}
