/** Stands between the carrier and the node: counts messages, and answers the requests that the protocol does not know. */
import type { Access } from "./access/access.ts";
import {
  type Body,
  type Envelope,
  MALFORMED_REQUEST,
  readPeerMessage,
  TEMPORARILY_UNAVAILABLE,
} from "../core/message.ts";
import type { TcpHandlers, TcpTransport } from "../../transports/tcp/tcp.ts";
import type { Membership } from "../../transports/membership.ts";
import type { Transport, TransportHandlers } from "../../transports/transport.ts";

/** Answers requests of one type. */
export type RequestHandler = (request: Envelope, body: Body) => void;

/** As the src of requests that are this process's own; no peer and no client has such a name. */
const OWN = "#own";

export interface RouterOptions {
  readonly transport: Pick<
    TcpTransport,
    "open" | "send" | "isPeer" | "setMembers" | "endTurn" | "drain" | "close"
  >;
  /** Of this node. */
  readonly id: string;
  /** Why the node is no member yet, and can answer little. */
  readonly waits: () => string | undefined;
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
  /** Takes the answer to a request of this process, by msg_id. */
  readonly #asked = new Map<number, (answer: Body) => void>();
  #handlers: TransportHandlers | undefined;

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
    this.#handlers = handlers;
    const onEnvelope = (envelope: Envelope) => {
      if (this.#answer(envelope)) return;
      handlers.onEnvelope(envelope);
      if (this.#isOwed(envelope)) transport.endTurn();
    };
    transport.open({ ...handlers, ...events, onEnvelope });
  }

  send(envelope: Envelope): void {
    const { transport } = this.#options;
    if (envelope.dest === OWN) return this.#asked.get(envelope.body.in_reply_to ?? 0)?.(envelope.body);
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

  /** Asks the node as a client would; never resolves where the node does not answer. */
  ask(body: Body): Promise<Body> {
    const msgId = this.#asked.size + 1;
    const { promise, resolve } = Promise.withResolvers<Body>();
    this.#asked.set(msgId, resolve);
    this.#handlers?.onEnvelope({ src: OWN, dest: this.#options.id, body: { ...body, msg_id: msgId } });
    return promise;
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
    const { transport, access, handlers, waits } = this.#options;
    if (transport.isPeer(src)) {
      count(this.#received, body.type);
      return false;
    }
    if (access !== undefined && !access.admits(envelope)) return true;
    if (readPeerMessage(body) !== undefined) return this.#refuseClient(envelope);
    if (body.in_reply_to !== undefined) return false;
    const handler = handlers.get(body.type);
    const why = waits();
    if (handler !== undefined) handler(envelope, body);
    else if (why !== undefined && body.msg_id !== undefined) {
      this.reply(envelope, unavailable(`this node waits for a seed: ${why}`));
    } else return false;
    return true;
  }

  /** The node believes what it is told in this way: it could come from a member alone [A8]. */
  #refuseClient(envelope: Envelope): true {
    const { type, in_reply_to } = envelope.body;
    const text = `only members say ${type} to each other`;
    if (in_reply_to === undefined) this.reply(envelope, { type: "error", code: MALFORMED_REQUEST, text });
    return true;
  }
}

function unavailable(text: string): Body {
  return { type: "error", code: TEMPORARILY_UNAVAILABLE, text };
}

function count(counts: Map<string, number>, type: string): void {
  counts.set(type, (counts.get(type) ?? 0) + 1);
}
