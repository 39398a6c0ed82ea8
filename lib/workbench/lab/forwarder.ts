/** Forwards connections into the lab: from a port outside, over a socket in the file system that both sides see, to a host inside. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { HTTP_PORT, labHosts, NODE_PORT, SIDECAR_PORT } from "./hosts.ts";
import type { Address } from "../../../transports/address.ts";

/** The addresses in the lab that can be reached from outside, by the name of their socket. */
const labDoors: ReadonlyMap<string, Address> = new Map(
  [NODE_PORT, SIDECAR_PORT, HTTP_PORT].flatMap((port) =>
    labHosts.map(({ id, address }): [string, Address] => [doorOf(id, port), { host: address, port }])
  ),
);

export function doorOf(id: string, port: number): string {
  return `${id}-${port}`;
}

/** Runs inside the lab until the process ends: each socket in the directory leads to its host. */
export async function forwardInside(directory: string): Promise<void> {
  const opened = [...labDoors].map(([name, { host, port }]) => {
    const server = forwardingTo(() => connect({ host, port, allowHalfOpen: true }));
    return new Promise<void>((resolve) => server.listen(join(directory, name), () => resolve()));
  });
  await Promise.all(opened);
}

/** Opens a port on the loopback, outside the lab, that leads to one socket. Port 0 takes any that is free. */
export function forwardFromOutside(directory: string, name: string, port: number): Promise<Server> {
  const server = forwardingTo(() => connect({ path: join(directory, name), allowHalfOpen: true }));
  return new Promise((resolve, reject) => {
    server.once(
      "error",
      ({ message }) => reject(new Error(`Cannot listen at 127.0.0.1:${port}: ${message}`)),
    );
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

function forwardingTo(open: () => Socket): Server {
  return createServer({ allowHalfOpen: true }, (near) => {
    const far = open();
    carry(near, far);
    carry(far, near);
  });
}

/** Carries one direction, with backpressure; when one end closes, the other does, once everything was written to it. */
function carry(from: Socket, to: Socket): void {
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroySoon());
  from.pipe(to);
}
