/** A node: the only verb is step, the only timer is deadline. */
import { assert } from "./assert.ts";
import { canonical, VALUE_DEPTH_MAX } from "./log/canonical.ts";
import { Replicator } from "./replication/replicator.ts";
import { type Key, keyOf } from "./log/value_set.ts";
import { type Clash, type Entry, Log } from "./log/log.ts";
import type { Body, Envelope, InitBody, Json, Malformed, PeerMessage } from "./message.ts";
import { readPeerMessage, readRequest } from "./message.ts";
import { takeBatch } from "./replication/compose.ts";
import type { Batch } from "./replication/pacing.ts";
import type { Effect, Event, NodeOptions, NodeStatus, PeerStatus } from "./events.ts";
import { allBut, type Mechanism } from "./mechanisms.ts";
import { Digest } from "./log/digest.ts";
import { isOriginOf, originOf } from "./incarnation.ts";
import { Members } from "./topology/members.ts";
import type { TraceEvent } from "./trace.ts";
import { byteLength, ESCAPED_BYTES } from "./size.ts";

export { Digest };
export type { Batch, Effect, Entry, Event, Mechanism, NodeOptions, NodeStatus, PeerStatus };

/** A broadcast value may take this many bytes as JSON: with what goes along it must fit in one line of the carriers. */
export const VALUE_BYTES_MAX = 256 * 1024;

/** Maelstrom's error codes. */
export const NOT_SUPPORTED = 10;
export const TEMPORARILY_UNAVAILABLE = 11;
export const MALFORMED_REQUEST = 12;

export class Node {
  readonly #options: NodeOptions;
  readonly #log = new Log();
  #me: string | undefined;
  #origin = "";
  /** How many values entered here. */
  #entered = 0;
  #replicator: Replicator | undefined;
  /** How many entries were made safe, or are to be by an effect that is out already [I3]. */
  #persisted = 0;
  #effects: Effect[] = [];
  #storageFault: string | undefined;
  /** What entered since the last wake and is not on its way yet. */
  #entering: Entry[] = [];

  constructor(options: NodeOptions) {
    this.#options = options;
    for (const entry of options.restored?.entries ?? []) this.#log.add(entry);
    this.#persisted = this.#log.revision;
  }

  /**
   * One event in, its effects out, in order. `now` in ms, never decreasing. A wake lets leave what is due; every other
   * event is only taken in and answered, and may move the deadline. Never throws, whatever the envelope says [I8] [N8].
   */
  step(event: Event, now: number): Effect[] {
    this.#effects = [];
    if (event.kind === "receive") this.#receive(event.envelope, now);
    else if (event.kind === "linked") this.#replicator?.linked(event.peer, now);
    else if (event.kind === "arriving") this.#replicator?.arriving(event.peer, now);
    else if (event.kind === "storage") this.#storageFault = event.fault;
    else this.#wake(now);
    return this.#effects;
  }

  /** When the node wants a wake, ms on the clock of `now`; Infinity for never. Early or late is harmless [N8]. */
  get deadline(): number {
    return this.#entering.length > 0 ? -Infinity : this.#replicator?.deadline ?? Infinity;
  }

  /** Takes what a reader that holds `position` lacks, up to a batch, and moves the position on [N11]. */
  takeBatch(position: Digest): Batch {
    return takeBatch(this.#log, position);
  }

  /** As it is now: to look changes nothing [N12] [I8]. */
  get status(): NodeStatus {
    const { values, digest, revision: entries } = this.#log;
    const { relay, peers } = this.#replicator?.status ?? { relay: undefined, peers: [] };
    return { values: values.length, digest, entries, relay, peers };
  }

  #receive(envelope: Envelope, now: number): void {
    // What is for another node is passed over [N7].
    if (this.#me !== undefined && envelope.dest !== this.#me) return;
    const message = readPeerMessage(envelope.body);
    if (message !== undefined) this.#onPeerMessage(envelope, message, now);
    // An answer is never answered: two nodes would never come to an end [N5] [I9].
    else if (envelope.body.in_reply_to === undefined) this.#onRequest(envelope, now);
  }

  #onPeerMessage(envelope: Envelope, message: PeerMessage | Malformed, now: number): void {
    const { src } = envelope;
    if (this.#replicator === undefined) return this.#notYet(envelope);
    if (!this.#replicator.isMember(src)) {
      return this.#refuse(envelope, MALFORMED_REQUEST, `${src} is not a member`);
    }
    if (message.type === "malformed") return this.#refuse(envelope, MALFORMED_REQUEST, message.reason);
    if (message.type === "push") this.#replicator.pushed(src, message, now);
    else this.#replicator.receive(src, message, now);
    for (const clash of this.#log.takeClashes()) this.#keepBoth(clash);
  }

  /**
   * Two values got one number, somewhere [B8]. Under numbers of this incarnation both reach everyone. A value that is held under
   * another number, too, is on its way already, and so is the one that it clashed with.
   */
  #keepBoth({ entry: { origin, seq, value }, held }: Clash): void {
    if (this.#storageFault !== undefined || this.#log.holdsValue(value)) return;
    this.#effects.push({ kind: "notice", text: `two values are entry ${seq} of ${origin}: both are kept` });
    for (const each of [value, held]) this.#enter(each, keyOf(each));
  }

  #onRequest(envelope: Envelope, now: number): void {
    const request = readRequest(envelope.body);
    if (request.type === "init") return this.#onInit(envelope, request, now);
    if (this.#replicator === undefined && envelope.body.type !== "init") return this.#notYet(envelope);
    switch (request.type) {
      case "broadcast":
        return this.#onBroadcast(envelope, request.message);
      case "read":
        return this.#reply(envelope, { type: "read_ok", messages: [...this.#log.values] });
      case "topology":
        // Advice. The tree follows from the links that are up, which the advice does not know [N4].
        return this.#reply(envelope, { type: "topology_ok" });
      case "echo":
        if (canonical(request.echo) !== undefined) {
          return this.#reply(envelope, { type: "echo_ok", echo: request.echo });
        }
        return this.#refuse(envelope, MALFORMED_REQUEST, tooDeep("echo /echo"));
      case "unknown":
        return this.#refuse(envelope, NOT_SUPPORTED, `unknown type: ${envelope.body.type}`);
      case "malformed":
        return this.#refuse(envelope, MALFORMED_REQUEST, request.reason);
    }
  }

  #onInit(envelope: Envelope, init: InitBody, now: number): void {
    const me = init.node_id;
    if (this.#me !== undefined && this.#me !== me) {
      return this.#refuse(envelope, MALFORMED_REQUEST, `this node is already ${this.#me}`);
    }
    this.#reply({ ...envelope, dest: me }, { type: "init_ok" });
    if (this.#me !== undefined) return;
    const { incarnation, random, deliveryBudgetMs, without = [], restored, trace = false } = this.#options;
    const on = allBut(without);
    this.#me = me;
    this.#begin(on.has("rebirth") ? originOf(me, incarnation) : this.#sameOrigin(me));
    this.#replicator = new Replicator({
      me,
      incarnation,
      origin: this.#origin,
      restored: restored !== undefined,
      members: Members.including(init.node_ids, me),
      log: this.#log,
      random,
      deliveryBudgetMs,
      on,
      deliver: (entries) => this.#deliver(entries, false),
      beginOrigin: (origin, twin) => this.#beginOrigin(origin, twin),
      notice: (text) => this.#effects.push({ kind: "notice", text }),
      send: (sent) => this.#send(sent),
      ...trace && { trace: (event: TraceEvent) => void this.#effects.push({ kind: "trace", event }) },
    }, now);
  }

  /** The one in which the last value entered, in whatever incarnation. */
  #sameOrigin(me: string): string {
    for (let each = this.#log.newest; each !== undefined; each = each.older) {
      if (isOriginOf(me, each.name)) return each.name;
    }
    return originOf(me, this.#options.incarnation);
  }

  /** What others may have given the same numbers enters again [B6]. */
  #beginOrigin(origin: string, twin: boolean): void {
    const again = twin && this.#storageFault === undefined ? this.#log.held(this.#origin)?.spans() ?? [] : [];
    const values = again.flatMap(([from, to]) => this.#log.take(this.#origin, from, to).values);
    this.#begin(origin);
    for (const value of values) this.#enter(value, keyOf(value));
  }

  /** Values enter under this origin from now on, above those that are held of it: no number is given twice [B4] [B5]. */
  #begin(origin: string): void {
    this.#origin = origin;
    this.#entered = this.#log.held(origin)?.last ?? 0;
  }

  #onBroadcast(envelope: Envelope, value: Json): void {
    const key = keyOf(value);
    const fault = valueFault(value, key);
    if (fault !== undefined) return this.#refuse(envelope, MALFORMED_REQUEST, fault);
    const isNew = !this.#log.holdsValue(value, key);
    if (isNew && this.#storageFault !== undefined) {
      return this.#refuse(envelope, TEMPORARILY_UNAVAILABLE, this.#storageFault);
    }
    if (isNew) this.#enter(value, key);
    this.#reply(envelope, { type: "broadcast_ok" });
  }

  #enter(value: Json, key: Key | undefined): void {
    const entry: Entry = { origin: this.#origin, seq: ++this.#entered, value };
    assert(this.#log.add(entry, key), "a number is given once");
    this.#deliver([entry], true);
    this.#entering.push(entry);
  }

  #wake(now: number): void {
    const entries = this.#entering;
    if (entries.length > 0) {
      this.#entering = [];
      this.#replicator?.entered(entries, now);
    }
    this.#replicator?.wake(now);
  }

  #deliver(entries: readonly Entry[], own: boolean): void {
    this.#persisted += entries.length;
    this.#effects.push({ kind: "persist", own, entries }, { kind: "deliver", entries });
  }

  /** Before init [N1]. Peers that started earlier say such things, and say them again: nothing to tell people of. */
  #notYet(envelope: Envelope): void {
    this.#reply(envelope, { type: "error", code: TEMPORARILY_UNAVAILABLE, text: "not initialised yet" });
  }

  #refuse(envelope: Envelope, code: number, text: string): void {
    if (envelope.body.msg_id === undefined) {
      this.#effects.push({ kind: "drop", reason: `from ${envelope.src}: ${text}` });
    } else this.#reply(envelope, { type: "error", code, text });
  }

  /** Answers a message that asks for an answer. */
  #reply(envelope: Envelope, body: Body): void {
    const { src, dest, body: { msg_id } } = envelope;
    if (msg_id === undefined) return;
    this.#send({ src: dest, dest: src, body: { ...body, in_reply_to: msg_id } });
  }

  #send(envelope: Envelope): void {
    assert(this.#persisted === this.#log.revision, "what is held is persisted before it is told of");
    this.#effects.push({ kind: "send", envelope });
  }
}

/** Why a value cannot be broadcast, for people; undefined where it can [N6]. */
function valueFault(value: Json, key: Key | undefined): string | undefined {
  if (key === undefined) return tooDeep("broadcast /message");
  // No character of a key takes more bytes than one that is escaped.
  const mayBeLong = typeof key === "string" && ESCAPED_BYTES * key.length > VALUE_BYTES_MAX;
  if (mayBeLong && byteLength(value) > VALUE_BYTES_MAX) {
    return `broadcast /message is over ${VALUE_BYTES_MAX} bytes`;
  }
  return undefined;
}

function tooDeep(what: string): string {
  return `${what} is nested over ${VALUE_DEPTH_MAX} deep`;
}
