/** Stands between the carrier and the node: counts messages, and answers the requests that the protocol does not know. */
import type { Body, Envelope } from "../core/message.ts";
import type { Access } from "./access/access.ts";
import type { TcpHandlers, TcpTransport } from "../../transports/tcp/tcp.ts";
import type { Membership } from "../../transports/membership.ts";
import type { Transport, TransportHandlers } from "../../transports/transport.ts";

/** Answers requests of one type. */
export type RequestHandler = (request: Envelope, body: Body) => void;

export interface RouterOptions {
  readonly transport: TcpTransport;
  /** Whether all that the node holds is safe, and answers leave at once. */
  readonly settled: () => boolean;
  /** By type of request. */
  readonly handlers: ReadonlyMap<string, RequestHandler>;
  /** Absent where everybody may do everything. */
  readonly access: Access | undefined;
  readonly events: Omit<TcpHandlers, keyof TransportHandlers>;
}

/** The number of messages between nodes, by type. */
export type Counts = Readonly<Record<string, number>>;

export class Router implements Transport {
  readonly #options: RouterOptions;
  readonly #sent = new Map<string, number>();
  readonly #received = new Map<string, number>();

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  get sent(): Counts {
    return Object.fromEntries(this.#sent);
  }

  get received(): Counts {
    return Object.fromEntries(this.#received);
  }

  open(handlers: TransportHandlers): void {
    const { transport, events } = this.#options;
    const onEnvelope = (envelope: Envelope) => {
      if (this.#answer(envelope)) return;
      handlers.onEnvelope(envelope);
      if (this.#isOwed(envelope)) transport.endTurn();
    };
    transport.open({ ...handlers, ...events, onEnvelope });
  }

  send(envelope: Envelope): void {
    const { transport } = this.#options;
    if (transport.isPeer(envelope.dest)) count(this.#sent, envelope.body.type);
    transport.send(envelope);
  }

  setMembers(membership: Membership): void {
    this.#options.transport.setMembers(membership);
  }

  drain(): Promise<void> {
    return this.#options.transport.drain();
  }

  close(): Promise<void> {
    return this.#options.transport.close();
  }

  /** Answers a client, whether it has numbered its request or not. */
  reply(request: Envelope, body: Body): void {
    const { src, dest, body: { msg_id } } = request;
    const answered = msg_id === undefined ? body : { ...body, in_reply_to: msg_id };
    this.#options.transport.send({ src: dest, dest: src, body: answered });
  }

  /** A request other than a broadcast waits for a commit: its answer may be long, and no more of them must pile up. */
  #isOwed({ src, body }: Envelope): boolean {
    const { transport, settled } = this.#options;
    return !settled() && body.type !== "broadcast" && !transport.isPeer(src);
  }

  #answer(envelope: Envelope): boolean {
    const { src, body } = envelope;
    const { transport, access, handlers } = this.#options;
    if (transport.isPeer(src)) {
      count(this.#received, body.type);
      return false;
    }
    if (access !== undefined && !access.admits(envelope)) return true;
    const handler = handlers.get(body.type);
    if (handler === undefined || body.in_reply_to !== undefined) return false;
    handler(envelope, body);
    return true;
  }
}

function count(counts: Map<string, number>, type: string): void {
  counts.set(type, (counts.get(type) ?? 0) + 1);
}
