/** A request over HTTPS on a connection of its own, with any certificate, for tests. */
import type { Tls } from "../../../../transports/tcp/tls/tls.ts";

/** What a server answers to a request on a connection of its own: the status, and the body. */
export function asked(tls: Tls, url: string, head: string): Promise<{ status: number; body: string }> {
  const { hostname: host, port } = new URL(url);
  const socket = tls.dial({ host, port: Number(port) });
  let text = "";
  socket.on("data", (chunk) => text += chunk);
  socket.write(`${head} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => {
      const [, status = "0"] = /^HTTP\/1\.1 (\d+)/.exec(text) ?? [];
      resolve({ status: Number(status), body: text.slice(text.indexOf("\r\n\r\n") + 4) });
    });
  });
}
