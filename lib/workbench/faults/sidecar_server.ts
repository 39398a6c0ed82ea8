/** A sidecar's TCP server: lines of JSON, with a bound on every line, connection and answer. */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { LineReader } from "../../../transports/lines/reader.ts";
import { LineWriter } from "../../../transports/lines/writer.ts";
import { decode, encode } from "../../core/codec.ts";
import type { Asking, Body, Envelope } from "../../core/message.ts";
import { guarded } from "./sidecar_secret.ts";
import { type Address, addressText } from "../../../transports/address.ts";

/** The longest request, in bytes: a cut names its addresses. */
export const REQUEST_BYTES_MAX = 65_536;
/** Connections at a time; more are told so and closed. */
export const CONNECTIONS_MAX = 64;
/** A connection on which nothing comes for so long is closed, ms. A guess. */
const IDLE_MS_MAX = 60_000;
/** How much is held for a client that asks and does not read, in bytes; over it, the connection is closed. */
export const ANSWER_BYTES_MAX = 262_144;

export interface SidecarServerOptions {
  readonly listen: Address;
  readonly answer: (body: Body) => Promise<Body>;
  /** A client that asks proves to know it; absent: every client is answered. */
  readonly secret?: string;
  readonly idleMsMax?: number;
}

export class SidecarServer {
  readonly #options: SidecarServerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** Rejects with a sentence where it cannot listen. */
  static async open(options: SidecarServerOptions): Promise<SidecarServer> {
    const server = new SidecarServer(options);
    await server.#listen(options.listen);
    return server;
  }

  private constructor(options: SidecarServerOptions) {
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#onConnection(socket));
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #listen(listen: Address): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", ({ message }) => {
        reject(new Error(`Cannot listen at ${addressText(listen)}: ${message}`));
      });
      this.#server.listen(listen.port, listen.host, () => resolve());
    });
  }

  #onConnection(socket: Socket): void {
    socket.on("error", () => {});
    if (this.#sockets.size >= CONNECTIONS_MAX) {
      return refuse(socket, `${CONNECTIONS_MAX} are connected already`);
    }
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.setTimeout(this.#options.idleMsMax ?? IDLE_MS_MAX, () => socket.destroy());
    const { answer, secret } = this.#options;
    serve(socket, secret === undefined ? answer : guarded(secret, answer));
  }
}

/** Answers what comes, and ends the connection once its input has ended and all answers have left. */
function serve(socket: Socket, answer: (body: Body) => Promise<Body>): void {
  const writer = new LineWriter(socket);
  let open = 1;
  const release = () => {
    open -= 1;
    if (open === 0) writer.end();
  };
  const reply = (to: Partial<Asking>, body: Body) => {
    if (!writer.write(encode(answerTo(to, body)), ANSWER_BYTES_MAX)) socket.destroy();
  };
  const reader = new LineReader({
    onLine: (line) => {
      const decoded = decode(line);
      if (!decoded.ok) return reply(decoded.asking ?? {}, malformed(decoded.reason));
      const { src, dest, body: { msg_id: msgId } } = decoded.envelope;
      open += 1;
      answer(decoded.envelope.body)
        .then((body) => reply({ src, dest, ...msgId !== undefined && { msgId } }, body))
        .finally(release);
    },
    onOverlong: (bytes) => reply({}, malformed(`a line is longer than ${bytes} bytes`)),
  }, REQUEST_BYTES_MAX);
  socket.on("data", (chunk: Uint8Array) => reader.push(chunk));
  socket.on("end", () => {
    reader.end();
    release();
  });
}

function refuse(socket: Socket, text: string): void {
  socket.end(encode(answerTo({}, { type: "error", code: 11, text })) + "\n");
  socket.destroySoon();
}

function malformed(text: string): Body {
  return { type: "error", code: 12, text };
}

function answerTo({ src = "client", dest = "*", msgId }: Partial<Asking>, body: Body): Envelope {
  return {
    src: dest === "*" ? "sidecar" : dest,
    dest: src,
    body: msgId === undefined ? body : { ...body, in_reply_to: msgId },
  };
}
