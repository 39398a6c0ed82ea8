/** Carries connections into the lab: a door outside, a socket in the file system that both sides see, a host inside. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { labHosts, NODE_PORT, SIDECAR_PORT } from "./hosts.ts";
import type { Address } from "../../../transports/address.ts";

/** What can be reached in the lab, by the name of its socket. */
export const labDoors: ReadonlyMap<string, Address> = new Map(
  [NODE_PORT, SIDECAR_PORT].flatMap((port) =>
    labHosts.map(({ id, address }): [string, Address] => [doorOf(id, port), { host: address, port }])
  ),
);

export function doorOf(id: string, port: number): string {
  return `${id}-${port}`;
}

/** Inside: each socket in the directory leads to its host. Runs until the process ends. */
export async function forwardInside(directory: string): Promise<void> {
  const opened = [...labDoors].map(([name, { host, port }]) => {
    const server = forwardingTo(() => connect({ host, port, allowHalfOpen: true }));
    return new Promise<void>((resolve) => server.listen(join(directory, name), () => resolve()));
  });
  await Promise.all(opened);
}

/** Outside: a door on the loopback that leads to one socket. Port 0 takes any that is free. */
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

/** One direction, with backpressure; who is gone takes the other along, after what was still to be said to it. */
function carry(from: Socket, to: Socket): void {
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroySoon());
  from.pipe(to);
}
