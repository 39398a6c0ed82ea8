/** All connections over HTTP: how many there are, whose they are, and which have been idle for too long [U2]. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TlsIdentity } from "../../../transports/tcp/tls/identity.ts";
import type { Share, Shares } from "../../../transports/tcp/clients/shares.ts";
import type { LocalClient } from "../local_client.ts";
import { isLoopback, limitedHost } from "../../../transports/address.ts";
import { FILES_BESIDE_HTTP, HTTP_BODY_MS_MAX, HTTP_CONNECTIONS_MAX, HTTP_IDLE_MS_MAX } from "./limits.ts";
import type { BareSocket, Requests, SerialSocket } from "./serial_socket.ts";

/** How many there may be where a process may open so many files, of which the rest of the node has its part. */
export function httpConnectionsMax(maxOpen: number): number {
  const left = Math.max(Math.floor(maxOpen / 2), maxOpen - FILES_BESIDE_HTTP);
  return Math.min(HTTP_CONNECTIONS_MAX, left);
}

/** What is needed of a socket, whether requests are read from it or not. */
type Counted = Pick<SerialSocket, "bytesRead" | "bytesWritten" | "goOn"> & {
  end(onEnded: () => void): unknown;
  destroy(): unknown;
};

/** What is needed of a request. */
type Incoming = Pick<IncomingMessage, "headers" | "complete">;

export class HttpConnection implements Requests {
  #socket: Counted;
  /** On whose behalf the node is asked now. */
  client: LocalClient | undefined;
  readonly identity: TlsIdentity | undefined;
  readonly host: string;
  /** What it takes is taken of this one; none for those of this machine. */
  readonly #share: Share | undefined;
  /** Requests under way. */
  requests = 0;
  /** The request under way that has a body. */
  #reading: Incoming | undefined;
  #bytesRead = 0;
  #idleMs = 0;
  #charged = 0;

  constructor(socket: Counted, host: string, identity: TlsIdentity | undefined, share: Share | undefined) {
    this.#socket = socket;
    this.identity = identity;
    this.host = host;
    this.#share = share;
  }

  /** From now on it is this one, and all that goes on is the answer to the last request. */
  release(socket: BareSocket): void {
    this.#socket = socket;
    this.#reading = undefined;
  }

  /** Closes it once all that was written has left. */
  endSocket(): void {
    this.#socket.end(() => this.destroy());
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Time passes. */
  tick(ms: number): void {
    this.charge();
    const { bytesRead = 0 } = this.#socket;
    // A head that comes byte by byte is not excused by it.
    const isFed = bytesRead !== this.#bytesRead && this.requests > 0;
    this.#bytesRead = bytesRead;
    this.#idleMs = isFed || this.isAnswering ? 0 : this.#idleMs + ms;
    if (this.#idleMs >= (this.requests > 0 ? HTTP_BODY_MS_MAX : HTTP_IDLE_MS_MAX)) this.#socket.destroy();
  }

  /** A request begins. */
  begin(request: Incoming): void {
    this.requests += 1;
    this.#reading = hasBody(request) ? request : undefined;
    this.#idleMs = 0;
    this.spend(1, 0);
    this.charge();
  }

  end(): void {
    this.charge();
    this.client = undefined;
    this.requests -= 1;
    this.#reading = undefined;
    this.#idleMs = 0;
    this.#socket.goOn();
  }

  /** What was received and sent is taken of its share. */
  charge(): void {
    const { bytesRead = 0, bytesWritten = 0 } = this.#socket;
    const bytes = bytesRead + bytesWritten;
    if (bytes > this.#charged) this.spend(0, bytes - this.#charged);
    this.#charged = bytes;
  }

  spend(requests: number, bytes: number): void {
    // Of a long body each value that enters is progress, although none is read meanwhile.
    if (requests > 0) this.#idleMs = 0;
    for (const share of this.#shares) share.spend(requests, bytes);
  }

  /** What is taken too much, for people; undefined where nothing is. */
  get excess(): string | undefined {
    return this.#shares.find(({ isSpent }) => isSpent)?.excess;
  }

  /** A request under way has not come in whole. */
  get isReading(): boolean {
    return this.#reading?.complete === false;
  }

  get isAnswering(): boolean {
    return this.requests > 0 && !this.isReading;
  }

  get bodyBytes(): number {
    return Number(this.#reading?.headers["content-length"] ?? 0);
  }

  get #shares(): readonly Share[] {
    const { shares = [] } = this.client ?? {};
    return this.#share === undefined ? shares : [this.#share, ...shares];
  }
}

export class HttpConnections {
  readonly #shares: Shares;
  readonly #max: number;
  readonly #connections = new Set<HttpConnection>();
  readonly #bySocket = new WeakMap<Duplex, HttpConnection>();
  refusedCount = 0;

  constructor(shares: Shares, max: number) {
    this.#shares = shares;
    this.#max = max;
  }

  get count(): number {
    return this.#connections.size;
  }

  /** `socket`: `taken`, as the HTTP server reads it. Returns why there is no room for it. */
  add(taken: Socket, socket: SerialSocket, identity: TlsIdentity | undefined): string | undefined {
    const host = taken.remoteAddress ?? "";
    if (this.count >= this.#max) return this.#refuse(`${this.#max} connections over HTTP are open: no more`);
    const share = isLoopback(host) ? undefined : this.#shares.join(`from ${limitedHost(host)}`);
    if (typeof share === "string") return this.#refuse(share);
    const connection = new HttpConnection(socket, host, identity, share);
    this.#connections.add(connection);
    this.#bySocket.set(socket, connection);
    socket.follow(connection);
    taken.once("close", () => {
      this.#connections.delete(connection);
      connection.charge();
      if (share !== undefined) this.#shares.leave(share);
    });
    return undefined;
  }

  find(socket: Duplex): HttpConnection | undefined {
    return this.#bySocket.get(socket);
  }

  tick(ms: number): void {
    for (const connection of [...this.#connections]) connection.tick(ms);
  }

  /** Closes each once all that was written has left. */
  endAll(): void {
    for (const connection of [...this.#connections]) connection.endSocket();
  }

  closeAll(): void {
    for (const connection of [...this.#connections]) connection.destroy();
  }

  #refuse(reason: string): string {
    this.refusedCount += 1;
    return reason;
  }
}

// Where there is no body, not every runtime says that the request is complete until somebody reads it.
function hasBody({ headers }: Incoming): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
