/** Clients inside this process: their requests enter the node as those over TCP do, and so do their rights. */
import type { Body, Envelope } from "../core/message.ts";
import type { Share } from "../../transports/tcp/clients/shares.ts";
import type { TlsIdentity } from "../../transports/tcp/tls/identity.ts";

export interface LocalOptions {
  /** The address on whose behalf it asks; "" for this process itself. */
  readonly host: string;
  /** What the certificate says that was shown; undefined without TLS. */
  readonly identity?: TlsIdentity | undefined;
  /** Bytes that it was told and that have not left; a watch waits while there are many. By default 0. */
  readonly heldBytes?: () => number;
}

export interface LocalEvents {
  /** A request comes in. */
  onEnvelope(envelope: Envelope): void;
  /** What a client was told has left. */
  onDrained(client: string): void;
  /** `connection` is the part of the client's id after the last "#". */
  onGone(connection: string): void;
  /** It is known by this name. Returns why no more of the name may be connected. */
  onName(name: string): Share | string;
  /** A client that is gone takes no part in these any more. */
  onLeave(share: Share): void;
}

/** No number of a connection over TCP looks like this. */
const PREFIX = "#local";

/** All of them, by their ids, which a Router sends to as it does to clients over TCP. */
export class LocalClients {
  readonly #node: string;
  readonly #events: LocalEvents;
  readonly #links: LocalLinks;
  readonly #clients = new Map<string, LocalClient>();
  #lastNumber = 0;

  /** `node`: the id of this node. */
  constructor(node: string, events: LocalEvents) {
    this.#node = node;
    this.#events = events;
    this.#links = {
      onRequest: (id, body) => events.onEnvelope({ src: id, dest: node, body }),
      onDrained: (id) => events.onDrained(id),
      onName: (name) => events.onName(name),
      onClosed: (id, shares) => this.#onClosed(id, shares),
    };
  }

  get count(): number {
    return this.#clients.size;
  }

  open(options: LocalOptions): LocalClient {
    const id = `${PREFIX}${++this.#lastNumber}`;
    const client = new LocalClient(id, options, this.#links);
    this.#clients.set(id, client);
    return client;
  }

  /** One of the node itself, which may do everything. */
  openOwn(): LocalClient {
    return this.open({ host: "", identity: { kind: "node", names: [this.#node], rights: [] } });
  }

  /** Undefined where there is none, or it is gone. */
  find(id: string): LocalClient | undefined {
    return this.#clients.get(id);
  }

  /** Whether an id is one of theirs, be it gone or not. */
  owns(id: string): boolean {
    return id.startsWith(PREFIX);
  }

  closeAll(reason: string): void {
    for (const client of [...this.#clients.values()]) client.close(reason);
  }

  #onClosed(id: string, shares: readonly Share[]): void {
    this.#clients.delete(id);
    for (const share of shares) this.#events.onLeave(share);
    this.#events.onGone(id.slice(1));
  }
}

export interface Watcher {
  /** Takes all that answers a watch: `watch_ok` or an error, `values`, `watch_end`. */
  onAnswer(answer: Body): void;
  /** The client is closed, for this reason. */
  onEnd(error: Error): void;
}

/** What clients say of themselves, by their ids. They share it, as there may be ten thousand of them. */
interface LocalLinks {
  readonly onRequest: (id: string, body: Body) => void;
  readonly onDrained: (id: string) => void;
  readonly onName: LocalEvents["onName"];
  readonly onClosed: (id: string, shares: readonly Share[]) => void;
}

interface Asked extends Watcher {
  /** There is one answer. */
  readonly isOnce?: true;
}

const NO_SHARES: readonly Share[] = [];

/** One client: asks, and is answered until it is closed. */
export class LocalClient {
  /** As requests name it as their `src`. */
  readonly id: string;
  readonly #options: LocalOptions;
  readonly #links: LocalLinks;
  /** By msg_id. */
  readonly #asked = new Map<number, Asked>();
  #shares = NO_SHARES;
  #lastMsgId = 0;
  #ended: string | undefined;

  constructor(id: string, options: LocalOptions, links: LocalLinks) {
    this.id = id;
    this.#options = options;
    this.#links = links;
  }

  /** What it takes is taken of these, as it is known by name. */
  get shares(): readonly Share[] {
    return this.#shares;
  }

  get host(): string {
    return this.#options.host;
  }

  get identity(): TlsIdentity | undefined {
    return this.#options.identity;
  }

  get heldBytes(): number {
    return this.#options.heldBytes?.() ?? 0;
  }

  /** Resolves to what the node answers. Rejects once the client is closed, with the reason. */
  ask(body: Body): Promise<Body> {
    const { promise, resolve, reject } = Promise.withResolvers<Body>();
    this.#send(body, { onAnswer: resolve, onEnd: reject, isOnce: true });
    return promise;
  }

  /** Follows, until the client is closed or the node ends the watch. */
  watch(body: Omit<Body, "type">, watcher: Watcher): void {
    this.#send({ ...body, type: "watch" }, watcher);
  }

  /** The node is done with it. */
  get isClosed(): boolean {
    return this.#ended !== undefined;
  }

  /** What it was told has left. */
  drained(): void {
    if (this.#ended === undefined) this.#links.onDrained(this.id);
  }

  /** Nothing more is asked, and nothing more answered. */
  close(reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#links.onClosed(this.id, this.#shares);
    for (const asked of this.#asked.values()) asked.onEnd(new Error(reason));
    this.#asked.clear();
  }

  // From the node:

  answer({ body }: Envelope): void {
    const { in_reply_to: msgId = 0 } = body;
    const asked = this.#asked.get(msgId);
    if (asked?.isOnce) this.#asked.delete(msgId);
    asked?.onAnswer(body);
  }

  /** As TcpTransport.name(). */
  name(name: string): string | undefined {
    const share = this.#links.onName(name);
    if (typeof share === "string") return share;
    this.#shares = [...this.#shares, share];
    return undefined;
  }

  #send(body: Body, asked: Asked): void {
    if (this.#ended !== undefined) return asked.onEnd(new Error(this.#ended));
    const msgId = ++this.#lastMsgId;
    this.#asked.set(msgId, asked);
    this.#links.onRequest(this.id, { ...body, msg_id: msgId });
  }
}
