/** A node for tests of clients: a listener on this machine whose answers are written down by the test. */
import { createServer, type Server, type Socket } from "node:net";
import { decode } from "../../../lib/core/codec.ts";
import type { Body, Json } from "../../../lib/core/message.ts";
import { LineReader } from "../../../transports/lines/reader.ts";
import type { Address } from "../../../transports/address.ts";
import { listening } from "../../shared/listening.ts";
export { until } from "../../shared/until.ts";

/** Consecutive entries of one origin as a `values` carries them, or how many of them are gone. */
export type WireRun = readonly [
  origin: string,
  seq: number,
  values: readonly Json[] | number,
  topic?: string,
];

export class Visit {
  readonly socket: Socket;
  readonly #id: string;

  constructor(socket: Socket, id: string) {
    this.socket = socket;
    this.#id = id;
  }

  /** A message, in answer to `to` if that is given. */
  say(body: Body, to?: Body): void {
    const said = to?.msg_id === undefined ? body : { ...body, in_reply_to: to.msg_id };
    this.write(`${JSON.stringify({ src: this.#id, dest: "c1", body: said })}\n`);
  }

  write(text: string | Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(text);
  }
}

export type Script = (body: Body, visit: Visit) => void;

export class FakeNode {
  readonly address: Address;
  /** Everything that was asked, in order. */
  readonly asked: Body[] = [];
  readonly visits: Visit[] = [];
  readonly #server: Server;

  private constructor(server: Server, address: Address) {
    this.#server = server;
    this.address = address;
  }

  get at(): string {
    return `${this.address.host}:${this.address.port}`;
  }

  static async start(id: string, script: Script, onVisit?: (visit: Visit) => void): Promise<FakeNode> {
    const server = createServer();
    const node = new FakeNode(server, await listening(server));
    server.on("connection", (socket) => {
      const visit = new Visit(socket, id);
      node.visits.push(visit);
      socket.on("error", () => {});
      const reader = new LineReader({ onLine: (line) => node.#hear(line, visit, script), onOverlong() {} });
      socket.on("data", (chunk: Uint8Array) => reader.push(chunk));
      onVisit?.(visit);
    });
    return node;
  }

  /** How often something of this type was asked. */
  count(type: string): number {
    return this.asked.filter((body) => body.type === type).length;
  }

  /** Ends every connection; it goes on listening. */
  hangUp(): void {
    for (const { socket } of this.visits) socket.destroy();
  }

  async stop(): Promise<void> {
    this.hangUp();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #hear(line: string, visit: Visit, script: Script): void {
    const decoded = decode(line);
    if (!decoded.ok) throw new Error(`a client said ${line}`);
    this.asked.push(decoded.envelope.body);
    script(decoded.envelope.body, visit);
  }
}

/** Stops them whatever happens. */
export async function withNodes(nodes: readonly FakeNode[], use: () => Promise<void>): Promise<void> {
  try {
    await use();
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

/** A port where nothing listens. */
export async function deadAddress(): Promise<Address> {
  const node = await FakeNode.start("n0", () => {});
  await node.stop();
  return node.address;
}
