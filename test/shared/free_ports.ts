/** Ports for nodes that a test starts, and that must be known before they listen. */
import { createServer } from "node:net";

/** Below the ports from which connections are made, which would take one while its node is away. */
const PORT_MIN = 20_000;
const PORTS = 12_000;

/** Ports on which nobody listens now, and from which nobody connects. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = PORT_MIN + Math.floor(Math.random() * PORTS);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
