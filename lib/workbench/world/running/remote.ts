/** The world of nodes that run already: each host is a connection to one of them, made again whenever it is lost. */
import assert from "node:assert/strict";
import { Digest } from "../../../core/log/digest.ts";
import { rangeOf, type Run, Runs, valuesOf } from "../../../core/log/runs.ts";
import { type Body, type Envelope, type Json, NOT_SUPPORTED } from "../../../core/message.ts";
import { NodeLine } from "./node_line.ts";
import { type NodeStatus, readStatus } from "./node_status.ts";
import { REPORTS_MAX } from "../../verdict/violations.ts";
import { errorText } from "../../load/workload.ts";
import type { Host, HostEvents, HostFactory, Scheduler } from "../world.ts";
import { type Address, addressText } from "../../../../transports/address.ts";
import { quoted } from "../../verdict/quote.ts";
import type { Tls } from "../../../../transports/tcp/line_client.ts";

/** How long after a failed dial or a lost connection the node is dialled again, ms; a guess. */
export const REDIAL_MS = 200;

/** The client that the host itself asks as, and its questions. */
const WATCHER = "c-watcher";
const STATUS_ID = 1;
const WATCH_ID = 2;
const HELLO_ID = 3;

export interface RemoteOptions {
  /** By default the default one. */
  readonly topic?: string | undefined;
  /** Absent: without TLS. */
  readonly tls?: Tls | undefined;
  /** Read anew for each connection; a node that knows of none serves everybody. */
  readonly token?: (() => string | undefined) | undefined;
}

/** Hosts of nodes that run at these addresses. They are only talked to: whoever runs them kills and starts them. */
export function remoteHosts(
  addresses: ReadonlyMap<string, Address>,
  scheduler: Scheduler,
  { topic, tls, token }: RemoteOptions = {},
): HostFactory {
  return (id, events) => {
    const address = addresses.get(id);
    assert(address !== undefined, "each node has an address");
    return new RemoteHost(id, events, scheduler, { address, topic, tls, token });
  };
}

class RemoteHost implements Host {
  readonly #id: string;
  readonly #address: Address;
  readonly #events: HostEvents;
  readonly #scheduler: Scheduler;
  readonly #topic: string | undefined;
  readonly #tls: Tls | undefined;
  readonly #token: (() => string | undefined) | undefined;
  #line: NodeLine | undefined;
  /** The status of the node, once it has come on this line. */
  #known: NodeStatus | undefined;
  /** The latest status of the node on any line. */
  #last: NodeStatus | undefined;
  /** A message to the node before its first status waits: the introduction. */
  #introduction: Envelope | undefined;
  /** The entries that it has told: when it is watched again, it need not tell them once more. */
  #had = new Digest();
  #reports = 0;
  #cancelDial: () => void = () => {};

  constructor(
    id: string,
    events: HostEvents,
    scheduler: Scheduler,
    { address, topic, tls, token }: RemoteOptions & { readonly address: Address },
  ) {
    this.#id = id;
    this.#address = address;
    this.#events = events;
    this.#scheduler = scheduler;
    this.#topic = topic;
    this.#tls = tls;
    this.#token = token;
  }

  start(): void {
    this.#dial();
  }

  receive(envelope: Envelope): boolean {
    if (this.#line !== undefined && this.#known !== undefined) return this.#line.send(envelope);
    if (this.#last === undefined) this.#introduction = envelope;
    return true;
  }

  kill(): void {
    assert.fail("a node that runs elsewhere is killed by whoever runs it");
  }

  pause(): void {
    assert.fail("a node that runs elsewhere is paused by whoever runs it");
  }

  resume(): void {
    assert.fail("a node that runs elsewhere is resumed by whoever runs it");
  }

  stop(): void {
    this.#cancelDial();
    this.#line?.close();
    this.#line = undefined;
    this.#known = undefined;
  }

  #dial(): void {
    this.#line = new NodeLine(this.#address, this.#scheduler, {
      onOpen: () => this.#introduce(),
      onEnvelope: (envelope) => this.#onEnvelope(envelope),
      onMalformed: (reason) => this.#onMalformed(reason),
      onLost: (reason) => this.#onLost(reason),
    }, this.#tls);
  }

  #introduce(): void {
    const token = this.#token?.();
    if (token !== undefined) this.#ask({ type: "hello", token, msg_id: HELLO_ID });
    this.#ask({ type: "status", msg_id: STATUS_ID });
  }

  #ask(body: Body): void {
    this.#line?.send({ src: WATCHER, dest: "*", body });
  }

  #onLost(reason: string): void {
    this.#line = undefined;
    this.#known = undefined;
    this.#events.gone(`${addressText(this.#address)} ${quoted(reason)}`);
    this.#cancelDial = this.#scheduler.at(this.#scheduler.now() + REDIAL_MS, () => this.#dial());
  }

  #onMalformed(reason: string): void {
    if (++this.#reports <= REPORTS_MAX) this.#events.misbehaved("malformed-message", reason);
  }

  #onEnvelope(envelope: Envelope): void {
    const { dest, body } = envelope;
    if (dest !== WATCHER) return this.#events.sent(envelope);
    const isWithoutTokens = body.in_reply_to === HELLO_ID && body["code"] === NOT_SUPPORTED;
    if (body.type === "error" && !isWithoutTokens) return this.#line?.lose(`answered ${errorText(body)}`);
    if (body.in_reply_to === STATUS_ID) this.#onStatus(body);
    else if (body.type === "values") this.#onValues(body["runs"]);
  }

  #onStatus(body: Body): void {
    const status = readStatus(body);
    if (status === undefined) return this.#line?.lose("gives a status that cannot be read");
    if (status.id !== this.#id) return this.#line?.lose(`is ${status.id}`);
    const forgot = status.inMemory && this.#last !== undefined &&
      this.#last.incarnation !== status.incarnation;
    if (forgot) this.#had = new Digest();
    this.#known = this.#last = status;
    const from = this.#had.toWire();
    const topics = this.#topic === undefined ? {} : { topics: [this.#topic] };
    this.#ask({ type: "watch", msg_id: WATCH_ID, from, ...topics });
    this.#events.back(forgot);
    const introduction = this.#introduction;
    this.#introduction = undefined;
    if (introduction !== undefined) this.receive(introduction);
  }

  /** Values with an id, a key or another topic are none of this examination. */
  #onValues(json: unknown): void {
    const found = Runs.fromJson(json);
    if (found === undefined) return this.#onMalformed("values came that are not runs of an origin");
    for (const { origin, seq, count } of [...found.runs.map(rangeOf), ...found.gaps]) {
      if (count > 0) this.#had.addSpan(origin, seq, seq + count - 1);
    }
    for (const run of found.runs) {
      if (run.topic === this.#topic) this.#events.delivered(valuesIn(run));
    }
  }
}

/** Of plain records the values alone. */
function valuesIn(run: Run): readonly Json[] {
  const values = valuesOf(run);
  return run.topic === undefined
    ? values
    : values.flatMap((record) => Array.isArray(record) && record.length === 1 ? record : []);
}
