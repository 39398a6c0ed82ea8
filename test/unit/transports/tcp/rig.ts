/** Shared by tests of the TCP carrier: two nodes with wires between them, a plain client, polling. */
import assert from "node:assert/strict";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Envelope } from "../../../../lib/core/message.ts";
import { seeded } from "../../../../lib/core/random.ts";
import { LineReader } from "../../../../transports/lines/reader.ts";
import { type TcpHandlers, type TcpOptions, TcpTransport } from "../../../../transports/tcp/tcp.ts";
import { HEARTBEAT_MS } from "../../../../transports/tcp/limits.ts";
import { addressOf, listening } from "../../../shared/listening.ts";
import { type Ends, Proxy } from "../../../contract/tcp_proxy.ts";
import type { Address } from "../../../../transports/address.ts";
import type { Member } from "../../../../transports/membership.ts";
import { until } from "../../../shared/until.ts";

export { until };

export const ANY: Address = { host: "127.0.0.1", port: 0 };
/** A port on which nobody listens. */
export const NOBODY: Address = { host: "127.0.0.1", port: 1 };

export function options(id: string, given: Partial<TcpOptions> = {}): TcpOptions {
  return {
    id,
    cluster: "test",
    incarnation: 1,
    listen: ANY,
    peers: new Map(),
    random: seeded(1),
    ...given,
  };
}

export interface Wired {
  readonly near?: Partial<TcpOptions>;
  readonly far?: Partial<TcpOptions>;
  /** The wires end TLS on either side, as each of the nodes. */
  readonly ends?: Ends;
}

/** Two nodes, not opened, and the wires on which each dials the other. */
export async function wired(given: Wired = {}) {
  const { ends } = given;
  const [out, back] = await Promise.all([
    Proxy.listen(ends),
    Proxy.listen(ends && { near: ends.far, far: ends.near }),
  ]);
  const near = new TcpTransport(options("n1", { peers: new Map([["n2", out.address]]), ...given.near }));
  const far = new TcpTransport(options("n2", { peers: new Map([["n1", back.address]]), ...given.far }));
  near.listening.then((address) => back.lead(address), () => {});
  far.listening.then((address) => out.lead(address), () => {});
  return { near, far, out, back };
}

/** Everything a carrier has said. */
export class Ear implements TcpHandlers {
  readonly received: Envelope[] = [];
  readonly dropped: string[] = [];
  readonly refused: string[] = [];
  readonly links: [peer: string, up: boolean][] = [];
  /** For how long peers had been out of reach when they were linked. */
  readonly unreachedMs: (number | undefined)[] = [];
  readonly unreached: string[] = [];
  readonly short: string[] = [];
  readonly arriving: string[] = [];
  readonly drained: string[] = [];
  readonly quiet: string[] = [];
  readonly gone: string[] = [];
  readonly expelled: string[] = [];
  readonly addresses: [peer: string, heard: Required<Member>][] = [];
  readonly #onEnvelope: (envelope: Envelope) => void;

  constructor(onEnvelope: (envelope: Envelope) => void = () => {}) {
    this.#onEnvelope = onEnvelope;
  }

  onEnvelope = (envelope: Envelope) => {
    this.received.push(envelope);
    this.#onEnvelope(envelope);
  };
  onDropped = (reason: string) => void this.dropped.push(reason);
  onRefused = (reason: string) => void this.refused.push(reason);
  onLink = (peer: string, up: boolean, _reason: string, unreachedMs?: number) => {
    this.links.push([peer, up]);
    this.unreachedMs.push(unreachedMs);
  };
  onUnreached = (peer: string, _ms: number, reason: string) => void this.unreached.push(`${peer}: ${reason}`);
  onShort = (reason: string) => void this.short.push(reason);
  onArriving = (peer: string) => void this.arriving.push(peer);
  onDrained = (client: string) => void this.drained.push(client);
  onQuiet = (connection: string) => void this.quiet.push(connection);
  onGone = (connection: string) => void this.gone.push(connection);
  onExpelled = (reason: string) => void this.expelled.push(reason);
  onAddress = (peer: string, heard: Required<Member>) => void this.addresses.push([peer, heard]);
  onEnd = () => assert.fail("a TCP carrier has no end");
}

/** A node that echoes: what it is told it says again to who told it. */
export async function echoing(given: Partial<TcpOptions> = {}, onEnvelope = () => {}) {
  const node = new TcpTransport(options("n1", given));
  const ear = new Ear(({ src, dest, body }) => {
    onEnvelope();
    const reply = body.msg_id === undefined ? {} : { in_reply_to: body.msg_id };
    node.send({ src: dest, dest: src, body: { ...body, type: `${body.type}_ok`, ...reply } });
  });
  node.open(ear);
  return { node, ear, address: await node.listening };
}

/** A client, or a peer, that speaks in lines and remembers what it is told. */
export class Talker {
  readonly socket: Socket;
  readonly lines: string[] = [];
  ended = false;
  closed = false;

  constructor(address: Address, allowHalfOpen = false) {
    this.socket = connect({ ...address, allowHalfOpen });
    const reader = new LineReader(
      { onLine: (line) => this.lines.push(line), onOverlong: () => assert.fail("too long") },
      2 ** 27,
    );
    this.socket.on("data", (chunk: Uint8Array) => reader.push(chunk));
    this.socket.on("end", () => this.ended = true);
    this.socket.on("error", () => {});
    this.socket.on("close", () => this.closed = true);
  }

  say(...lines: (string | object)[]): this {
    for (const line of lines) {
      this.socket.write(`${typeof line === "string" ? line : JSON.stringify(line)}\n`);
    }
    return this;
  }

  async hear(count: number): Promise<Envelope[]> {
    await until(() => this.lines.length >= count, `${count} lines, not ${this.lines.length}`);
    return this.lines.map((line) => JSON.parse(line));
  }

  close(): void {
    this.socket.destroy();
  }
}

interface Manners {
  readonly answer?: string;
  readonly beats?: boolean;
  readonly reads?: boolean | "slowly";
}

/** A node of which everything can be wrong: it answers a greeting with any line, or not, and reads on, or not. */
export class Peer {
  readonly greetings: string[] = [];
  /** Connections it has taken so far. */
  taken = 0;
  /** What came after a greeting; heartbeats are no lines. */
  readonly lines: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #given: Manners;

  private constructor(given: Manners) {
    this.#given = given;
    this.#server = createServer((socket) => this.#onSocket(socket));
  }

  static async listen(given: Manners): Promise<Peer> {
    const peer = new Peer(given);
    await listening(peer.#server);
    return peer;
  }

  get address(): Address {
    return addressOf(this.#server);
  }

  /** Connections that are open. */
  get open(): number {
    return this.#sockets.size;
  }

  /** To everyone who is connected. */
  say(line: string): void {
    for (const socket of this.#sockets) socket.write(`${line}\n`);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #onSocket(socket: Socket): void {
    const { answer, beats = false, reads = true } = this.#given;
    this.taken += 1;
    const beat = setInterval(() => beats && socket.write("\n"), HEARTBEAT_MS);
    let greeted = false;
    const onLine = (line: string) => {
      (greeted ? this.lines : this.greetings).push(line);
      if (!greeted && answer !== undefined) socket.write(`${answer}\n`);
      if (!reads) socket.pause();
      greeted = true;
    };
    // A few chunks at a time.
    const pace = setInterval(() => reads === "slowly" && socket.resume(), 20);
    const reader = new LineReader({ onLine, onOverlong: () => {} });
    this.#sockets.add(socket);
    socket.on("data", (chunk: Uint8Array) => {
      reader.push(chunk);
      if (reads === "slowly") socket.pause();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(beat);
      clearInterval(pace);
      this.#sockets.delete(socket);
    });
  }
}

/** Both send to each other. */
export function connected(...nodes: TcpTransport[]): () => boolean {
  return () => nodes.every((node) => node.links().every((link) => link.connected && link.hears));
}
