/** A node: the only verb is step, the only timer is deadline. */
import { Outbox } from "./outbox.ts";
import { canonical } from "./log/canonical.ts";
import { Entrance, tooDeep } from "./keys/entering.ts";
import type { Clash } from "./log/clashes.ts";
import { Log } from "./log/log.ts";
import { DEFAULT_TOPIC } from "./keys/names.ts";
import { Replicator } from "./replication/replicator.ts";
import { RawJson } from "./raw.ts";
import { expireSome } from "./retention/expiring.ts";
import { RetentionPolicy } from "./retention/policy.ts";
import {
  type Envelope,
  KEY_DOES_NOT_EXIST,
  type Malformed,
  MALFORMED_REQUEST,
  NOT_SUPPORTED,
  type PeerMessage,
  readPeerMessage,
  TEMPORARILY_UNAVAILABLE,
} from "./message.ts";
import { type GetRequest, type InitBody, readRequest } from "./requests.ts";
import { aheadOf, type Asked, DEFAULT_ASKED, latestValue, readTopics, takeAsked } from "./keys/reading.ts";
import type { Batch } from "./replication/pacing.ts";
import type { Effect, Event, Neighbours, NodeOptions, NodeStatus, PeerStatus } from "./events.ts";
import { allBut, type Mechanism } from "./mechanisms.ts";
import { Digest } from "./log/digest.ts";
import { originOf } from "./incarnation.ts";
import { lastOriginOf, OwnEntries } from "./keys/own_entries.ts";
import { Membership } from "./membership/membership.ts";
import { Participation } from "./membership/participation.ts";
import { VALUE_BYTES_MAX } from "./size.ts";
import { Members } from "./topology/members.ts";
import type { TopologyStatus } from "./topology/topology_status.ts";
import type { TraceEvent } from "./trace.ts";

export {
  Digest,
  KEY_DOES_NOT_EXIST,
  MALFORMED_REQUEST,
  NOT_SUPPORTED,
  TEMPORARILY_UNAVAILABLE,
  VALUE_BYTES_MAX,
};
export type {
  Asked,
  Batch,
  Effect,
  Event,
  Mechanism,
  Neighbours,
  NodeOptions,
  NodeStatus,
  PeerStatus,
  TopologyStatus,
};

/** An answer to `read` may take this many characters; a reader of more asks for them in pieces [N3]. */
export const READ_CHARS_MAX = 128 * 1024 * 1024;

/** Tells a client how to get values that are too many for one answer. */
export const READ_INSTEAD =
  "ask with 'watch' and follow false, or with 'hearsay read', and they come in pieces";

export class Node {
  readonly #options: NodeOptions;
  readonly #log: Log;
  #me: string | undefined;
  readonly #outbox: Outbox;
  readonly #own: OwnEntries;
  readonly #entrance: Entrance;
  #membership: Membership | undefined;
  #replicator: Replicator | undefined;
  #participation: Participation | undefined;
  #storageFault: string | undefined;
  /** Of the event that is being taken in. */
  #now = 0;

  constructor(options: NodeOptions) {
    this.#options = options;
    const { entries, retain = [], without = [] } = options;
    this.#log = new Log(entries, without.includes("retention") ? undefined : new RetentionPolicy(retain));
    this.#outbox = new Outbox(this.#log);
    this.#own = new OwnEntries(this.#log, (runs) => this.#outbox.deliver(runs, true));
    const whyClosed = () => this.#whyClosed;
    this.#entrance = new Entrance({ log: this.#log, own: this.#own, outbox: this.#outbox, whyClosed });
  }

  /**
   * One event in, its effects out, in order. `now` in ms, never decreasing. A wake lets leave what is due; every other
   * event is only taken in and answered, and may move the deadline. Never throws, whatever the envelope says [I8] [N8].
   */
  step(event: Event, now: number): Effect[] {
    this.#outbox.begin();
    this.#now = now;
    if (event.kind === "receive") this.#receive(event.envelope, now);
    else if (event.kind === "broadcasts") this.#receiveAll(event.envelopes, now);
    else if (this.#participation?.gone !== undefined) return this.#outbox.effects;
    else if (event.kind === "members") this.#participation?.merge(event.members, now);
    else if (event.kind === "linked") this.#replicator?.linked(event.peer, now);
    else if (event.kind === "arriving") this.#replicator?.arriving(event.peer, now);
    else if (event.kind === "storage") this.#storageFault = event.fault;
    else this.#wake(now);
    if (this.#participation?.isLeaving && !this.#own.hasFresh) this.#participation.goOnLeaving(now);
    return this.#outbox.effects;
  }

  /** When the node wants a wake, ms on the clock of `now`; Infinity for never. Early or late is harmless [N8]. */
  get deadline(): number {
    if (this.#participation?.gone !== undefined) return Infinity;
    if (this.#own.hasFresh) return -Infinity;
    return Math.min(this.#replicator?.deadline ?? Infinity, this.#log.deadline);
  }

  /** Takes what a reader that holds `position` lacks, up to a batch, and moves the position on [N11]. */
  takeBatch(position: Digest, asked: Asked = DEFAULT_ASKED): Batch {
    return takeAsked(this.#log, position, asked);
  }

  /** Where a reader stands that has had all that is here. */
  get position(): Digest {
    return new Digest(new Digest().gaps(this.#log).map(({ name, held }) => [name, held.clone()]));
  }

  /** What a reader that holds `position` had at another node, and this one lacks [S11]. */
  aheadOf(position: Digest): Digest {
    return aheadOf(this.#log, position);
  }

  /** As it is now: to look changes nothing [N12] [I8]. */
  get status(): NodeStatus {
    const { count, digest, revision: entries, goneCount: gone } = this.#log;
    const { relay, peers } = this.#replicator?.status ?? { relay: undefined, peers: [] };
    const { clusterId = "", list: members = [] } = this.#membership ?? {};
    const leaving = this.#participation?.isLeaving ?? false;
    return { values: count, digest, entries, gone, relay, peers, clusterId, members, leaving };
  }

  /** Part of the status, for those who ask often [N12]. */
  get neighbours(): Neighbours {
    return this.#replicator?.neighbours ?? [];
  }

  /** The tree of who passes on to whom, and of who suspects whom, as it is known here; undefined before init [N12] [I8]. */
  get topology(): TopologyStatus | undefined {
    return this.#replicator?.topology;
  }

  #receive(envelope: Envelope, now: number): void {
    // What is for another node is passed over [N7].
    if (this.#me !== undefined && envelope.dest !== this.#me) return;
    const message = readPeerMessage(envelope.body);
    if (message !== undefined) this.#onPeerMessage(envelope, message, now);
    // An answer is never answered: two nodes would never come to an end [N5] [I9].
    else if (envelope.body.in_reply_to === undefined) this.#onRequest(envelope, now);
  }

  #receiveAll(envelopes: readonly Envelope[], now: number): void {
    const isServing = this.#replicator !== undefined && this.#participation?.gone === undefined;
    this.#entrance.together(() => {
      for (const each of envelopes) {
        const isGathered = isServing && each.dest === this.#me && this.#entrance.gathers(each);
        if (!isGathered) this.#receive(each, now);
      }
    }, now);
  }

  #onPeerMessage(envelope: Envelope, message: PeerMessage | Malformed, now: number): void {
    const { src } = envelope;
    if (this.#replicator === undefined) return this.#notYet(envelope);
    // One that is not known yet may say itself that it has joined.
    if (message.type !== "malformed" && "members" in message) {
      this.#participation?.merge(message.members ?? [], now);
    }
    if (this.#participation?.gone !== undefined) return;
    if (!this.#replicator.isMember(src)) {
      if (this.#replicator.farewells.say(src, "seq" in message ? message : undefined, now)) return;
      return this.#outbox.refuse(envelope, MALFORMED_REQUEST, `${src} is not a member`);
    }
    if (message.type === "malformed") return this.#outbox.refuse(envelope, MALFORMED_REQUEST, message.reason);
    if (message.type === "members") return this.#replicator.farewells.take(src, message, now);
    if (message.type === "push") this.#replicator.pushed(src, message, now);
    else this.#replicator.receive(src, message, now);
    for (const clash of this.#log.takeClashes()) this.#keepBoth(clash);
  }

  /**
   * Two values got one number, somewhere [B8]. Under numbers of this incarnation both reach everyone. A value that is held under
   * another number, too, is on its way already, and so is the one that it clashed with.
   */
  #keepBoth({ origin, seq, texts, held, topic }: Clash): void {
    if (this.#storageFault !== undefined || this.#log.holdsValue(texts, topic)) return;
    this.#outbox.emit({ kind: "notice", text: `two values are entry ${seq} of ${origin}: both are kept` });
    for (const each of [texts, held]) this.#own.enter(each, topic, this.#now);
  }

  #onRequest(envelope: Envelope, now: number): void {
    const request = readRequest(envelope.body);
    if (request.type === "init") return this.#onInit(envelope, request, now);
    if (this.#replicator === undefined && envelope.body.type !== "init") return this.#notYet(envelope);
    const gone = this.#participation?.gone;
    if (gone !== undefined) return this.#outbox.refuse(envelope, TEMPORARILY_UNAVAILABLE, gone);
    switch (request.type) {
      case "join":
      case "remove":
      case "members":
      case "leave":
        return this.#participation?.answer(envelope, request, now);
      case "broadcast":
      case "delete":
        return this.#entrance.take(envelope, request, now);
      case "get":
        return this.#onGet(envelope, request);
      case "read":
        return this.#onRead(envelope, request.topics);
      case "topology":
        // Advice. The tree follows from the links that are up, which the advice does not know [N4].
        return this.#outbox.reply(envelope, { type: "topology_ok" });
      case "echo":
        if (canonical(request.echo) !== undefined) {
          return this.#outbox.reply(envelope, { type: "echo_ok", echo: request.echo });
        }
        return this.#outbox.refuse(envelope, MALFORMED_REQUEST, tooDeep("echo /echo"));
      case "unknown":
        return this.#outbox.refuse(envelope, NOT_SUPPORTED, `unknown type: ${envelope.body.type}`);
      case "malformed":
        return this.#outbox.refuse(envelope, MALFORMED_REQUEST, request.reason);
    }
  }

  #onInit(envelope: Envelope, init: InitBody, now: number): void {
    const me = init.node_id;
    if (this.#me !== undefined && this.#me !== me) {
      return this.#outbox.refuse(envelope, MALFORMED_REQUEST, `this node is already ${this.#me}`);
    }
    this.#outbox.reply({ ...envelope, dest: me }, { type: "init_ok" });
    if (this.#me !== undefined) return;
    const { incarnation, random, deliveryBudgetMs, without = [], durable = false, trace = false } =
      this.#options;
    const on = allBut(without);
    this.#me = me;
    const before = on.has("rebirth") ? undefined : lastOriginOf(me, this.#log);
    this.#own.begin(before ?? originOf(me, incarnation));
    const given = Members.including(init.node_ids, me).ids;
    const membership = this.#membership = new Membership(
      { me, incarnation, log: this.#log, init, given },
      now,
    );
    this.#replicator = new Replicator({
      me,
      incarnation,
      origin: this.#own.origin,
      restored: durable,
      membership,
      log: this.#log,
      random,
      deliveryBudgetMs,
      on,
      deliver: (runs, gaps) => this.#outbox.deliver(runs, false, gaps),
      beginOrigin: (origin, twin) => this.#beginOrigin(origin, twin),
      notice: (text) => this.#outbox.emit({ kind: "notice", text }),
      send: (sent) => this.#outbox.send(sent),
      ...trace && { trace: (event: TraceEvent) => this.#outbox.emit({ kind: "trace", event }) },
    }, now);
    // A list that is found is made safe before the node does anything as one of its members [M4].
    const found = init.members === undefined ? [] : [...membership.list];
    if (found.length > 0) this.#outbox.emit({ kind: "members", members: found, news: found });
    this.#participation = new Participation({
      me,
      membership,
      replicator: this.#replicator,
      outbox: this.#outbox,
    }, now);
  }

  /** `twin`: others may have given the same numbers to other values. */
  #beginOrigin(origin: string, twin: boolean): void {
    if (twin && this.#storageFault === undefined) this.#own.beginAgain(origin, this.#now);
    else this.#own.begin(origin);
  }

  get #whyClosed(): string | undefined {
    return this.#participation?.isLeaving ? "this node is about to leave: ask another" : this.#storageFault;
  }

  #onGet(envelope: Envelope, { topic = DEFAULT_TOPIC, key }: GetRequest): void {
    const latest = latestValue(this.#log, topic, key);
    if (latest === undefined) this.#outbox.refuse(envelope, KEY_DOES_NOT_EXIST, "key does not exist");
    else this.#outbox.reply(envelope, { type: "get_ok", ...latest });
  }

  #onRead(envelope: Envelope, topics: readonly string[] | undefined): void {
    const { readCharsMax = READ_CHARS_MAX } = this.#options;
    const text = topics === undefined
      ? this.#log.read(readCharsMax)
      : readTopics(this.#log, topics, readCharsMax);
    if (text !== undefined) {
      return this.#outbox.reply(envelope, { type: "read_ok", messages: new RawJson(text) });
    }
    const why =
      `the answer is longer than ${readCharsMax} characters, or takes too long to find: ${READ_INSTEAD}`;
    this.#outbox.refuse(envelope, NOT_SUPPORTED, why);
  }

  #wake(now: number): void {
    if (this.#own.hasFresh) this.#replicator?.entered(this.#own.takeFresh(), now);
    this.#replicator?.wake(now);
    this.#expire(now);
  }

  /** What is due to go goes, once what is due to leave has left. */
  #expire(now: number): void {
    const gaps = expireSome(this.#log, now);
    if (gaps === undefined) return;
    this.#replicator?.dropped(now);
    this.#outbox.emit({ kind: "persist", own: false, runs: [], gaps });
  }

  /** Before init [N1]. Peers that started earlier say such things, and say them again: nothing to tell people of. */
  #notYet(envelope: Envelope): void {
    const text = "not initialised yet";
    this.#outbox.reply(envelope, { type: "error", code: TEMPORARILY_UNAVAILABLE, text });
  }
}
