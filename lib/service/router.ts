/** Stands between the carrier and the node: counts messages, and answers the requests that the protocol does not know. */
import type { Access } from "./access/access.ts";
import { BROADCAST_OK, refusedBy } from "../core/outbox.ts";
import type { AllClients } from "./all_clients.ts";
import type { RequestCounts } from "./metrics/request_counts.ts";
import {
  type Acknowledgements,
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

export interface RouterOptions {
  readonly transport: Pick<
    TcpTransport,
    "open" | "isPeer" | "setMembers" | "endTurn" | "drain" | "close"
  >;
  /** Delivers answers. */
  readonly clients: Pick<AllClients, "send" | "acknowledge">;
  /** Why the node is no member yet, and can answer little. */
  readonly waits: () => string | undefined;
  /** Whether all that the node holds is safe, and answers leave at once. */
  readonly settled: () => boolean;
  /** By type of request. */
  readonly handlers: ReadonlyMap<string, RequestHandler>;
  /** Takes what peers say to each other beside the protocol, by its type. */
  readonly peerHandlers: ReadonlyMap<string, RequestHandler>;
  /** Absent where everybody may do everything. */
  readonly access: Access | undefined;
  readonly requests: RequestCounts;
  /** This is on its way to a peer. */
  readonly onSent: (peer: string, body: Body) => void;
  /** The node has taken in what a peer says. */
  readonly onHeard: (peer: string, body: Body) => void;
  readonly events: Omit<TcpHandlers, keyof TransportHandlers>;
}

export class Router implements Transport {
  readonly #options: RouterOptions;
  #handlers: TransportHandlers | undefined;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  open(handlers: TransportHandlers): void {
    const { transport, events } = this.#options;
    this.#handlers = handlers;
    transport.open({ ...handlers, ...events, onEnvelope: (envelope) => this.receive(envelope) });
  }

  /** A message of a peer or a request of a client comes in. */
  receive(envelope: Envelope): void {
    if (this.#handlers === undefined || this.#answer(envelope)) return;
    this.#handlers.onEnvelope(envelope);
    if (this.#options.transport.isPeer(envelope.src)) this.#options.onHeard(envelope.src, envelope.body);
    else if (this.#isOwed(envelope)) this.#options.transport.endTurn();
  }

  send(envelope: Envelope): void {
    const { transport, clients, requests, onSent } = this.#options;
    const { dest, body } = envelope;
    if (transport.isPeer(dest)) onSent(dest, body);
    // An answer that is no error says itself what was asked.
    else requests.answered(body.type === "error" ? refusedBy(body) ?? "" : "", body);
    clients.send(envelope);
  }

  acknowledge(acknowledgements: Acknowledgements): void {
    const { clients, requests } = this.#options;
    requests.answered("", BROADCAST_OK, acknowledgements.requests.length);
    clients.acknowledge(acknowledgements);
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
    if (msg_id !== undefined) this.#options.requests.answered(request.body.type, body);
    this.#options.clients.send({ src: dest, dest: src, body: answered });
  }

  /** A request other than a broadcast waits for a commit: its answer may be long, and no more of them must pile up. */
  #isOwed({ body }: Envelope): boolean {
    return !this.#options.settled() && body.type !== "broadcast";
  }

  #answer(envelope: Envelope): boolean {
    const { src, body } = envelope;
    const { transport, access, requests, handlers, peerHandlers, waits } = this.#options;
    if (transport.isPeer(src)) {
      const handler = peerHandlers.get(body.type);
      handler?.(envelope, body);
      return handler !== undefined;
    }
    if (body.msg_id === undefined && body.in_reply_to === undefined) requests.unanswered(body.type);
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
