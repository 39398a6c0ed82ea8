/** All peers: whom this node dials and takes, who comes and goes while it runs, and who is turned away for good. */
import type { Random } from "../../../lib/core/random.ts";
import type { Connection } from "../connection.ts";
import { type Greeting, greetingFault, type Identity, type Refusal, type Refusals } from "../greeting.ts";
import { DIALLED_ON_LINK, DIALS_PER_TURN_MAX, LEAVING_MS } from "../limits.ts";
import { nodeFault } from "../tls/identity.ts";
import type { Tls } from "../tls/tls.ts";
import type { Traffic } from "../traffic.ts";
import { type LinkStatus, type PeerEvents, TcpPeer } from "./peer.ts";
import { type Address, addressText } from "../../address.ts";
import type { Departure, Member, Membership } from "../../membership.ts";
import { atNextTurn } from "../../next_turn.ts";

export interface PeersOptions {
  readonly me: Identity;
  readonly peers: ReadonlyMap<string, Address>;
  readonly random: Random;
  readonly tls?: Tls | undefined;
  readonly refusals: Refusals;
  readonly traffic: Traffic;
  readonly events: Omit<PeerEvents, "onGreeted" | "onRefusal"> & {
    /** A peer is to be dialled elsewhere than was known. */
    onAddress(peer: string, heard: Required<Member>): void;
    /** This node is no member any longer; at most once. */
    onExpelled(reason: string): void;
  };
}

/** What this node says of itself in greetings, which changes when it joins. */
interface Me extends Identity {
  clusterId: string;
  epoch: number;
  address: Address | undefined;
}

export class Peers {
  readonly #options: PeersOptions;
  readonly #me: Me;
  readonly #peers = new Map<string, TcpPeer>();
  /** Those that are no members any longer and may still say and hear last words, and for how long they have been so, ms. */
  readonly #leaving = new Map<string, { readonly peer: TcpPeer; readonly fault: Refusal; ms: number }>();
  /** Peers of whom nothing is left but links that are ending. */
  readonly #ending = new Set<TcpPeer>();
  #gone: ReadonlyMap<string, Departure> = new Map();
  /** The list of members is the cluster's, and may change; so may an empty one. */
  #found: boolean;
  /** Those on whose links this node sends. */
  readonly #linked = new Set<string>();
  /** Those that were dialled as another was linked, until all were. */
  readonly #hurried = new Set<string>();
  /** Those that are not dialled yet. */
  readonly #unstarted = new Set<TcpPeer>();
  #startPlanned = false;
  #started = false;
  #expelled = false;

  constructor(options: PeersOptions) {
    const { id, cluster, incarnation } = options.me;
    this.#options = options;
    this.#found = options.peers.size === 0;
    this.#me = { id, cluster, incarnation, clusterId: "", epoch: 0, address: undefined };
    for (const [peer, address] of options.peers) this.#add(peer, { address, epoch: 0, incarnation: 0 });
  }

  get size(): number {
    return this.#peers.size;
  }

  /** Whether it is a member, or was one a moment ago. */
  has(id: string): boolean {
    return this.#peers.has(id) || this.#leaving.has(id);
  }

  /** Whether it was a member. */
  isGone(id: string): boolean {
    return this.#gone.has(id);
  }

  find(id: string): TcpPeer | undefined {
    return this.#peers.get(id) ?? this.#leaving.get(id)?.peer;
  }

  start(): void {
    this.#started = true;
    this.#startSoon();
  }

  stop(): void {
    this.#started = false;
    for (const peer of this.#all) peer.stop();
  }

  /** From now on these are the members. */
  set({ clusterId, self, peers, gone }: Membership): void {
    this.#found = true;
    this.#gone = gone;
    this.#me.clusterId = clusterId;
    this.#me.epoch = self?.epoch ?? 0;
    this.#me.address = self?.address;
    for (const [id, peer] of this.#peers) if (!peers.has(id)) this.#drop(id, peer);
    for (const [id, member] of peers) {
      // Such an id is a client's.
      if (id.includes("#")) continue;
      const peer = this.#peers.get(id);
      if (peer === undefined) this.#add(id, member);
      else peer.update({ ...peer.member, ...member });
    }
    this.#startSoon();
  }

  /** Why a node that greets in the name of a peer is refused; undefined once its connection was taken over. */
  accept(connection: Connection, greeting: Greeting): Refusal | undefined {
    return certificateFault(connection, greeting) ??
      greetingFault(this.#me, greeting, (greeting) => this.#memberFault(greeting)) ??
      this.find(greeting.id)?.accept(connection, greeting);
  }

  tick(ms: number, beats: boolean): void {
    for (const peer of this.#all) peer.tick(ms, beats);
    for (const [id, leaving] of this.#leaving) {
      leaving.ms += ms;
      if (leaving.ms >= LEAVING_MS) this.#dismiss(id);
    }
    for (const peer of this.#ending) if (peer.connections.length === 0) this.#ending.delete(peer);
  }

  get isCalm(): boolean {
    return this.#leaving.size + this.#ending.size === 0 &&
      this.#peers.values().every(({ isCalm }) => isCalm);
  }

  get connections(): Connection[] {
    return this.#all.flatMap(({ connections }) => connections);
  }

  get links(): LinkStatus[] {
    return [...this.#peers.values()].map(({ status }) => status);
  }

  get #all(): TcpPeer[] {
    const leaving = [...this.#leaving.values()].map(({ peer }) => peer);
    return [...this.#peers.values(), ...leaving, ...this.#ending];
  }

  #add(id: string, member: Member): void {
    this.#dismiss(id);
    const peer = this.#make(id, member);
    this.#peers.set(id, peer);
    this.#unstarted.add(peer);
  }

  #make(id: string, member: Member): TcpPeer {
    const { random, tls, refusals, traffic, events } = this.#options;
    const peer: TcpPeer = new TcpPeer({
      me: this.#me,
      peer: id,
      member,
      random,
      tls,
      refusals,
      traffic,
      others: () => this.#peers.size - this.#linked.size,
      events: {
        ...events,
        onEnvelope: (envelope) => {
          this.#hear(id);
          events.onEnvelope(envelope);
        },
        onLink: (id, up, reason, unreachedMs) => {
          if (this.#peers.get(id) === peer) this.#onLink(id, up);
          events.onLink(id, up, reason, unreachedMs);
        },
        onGreeted: (greeting) => this.#onGreeted(greeting),
        onRefusal: (epoch, refusal) => this.#onRefusal(epoch, refusal),
      },
    });
    return peer;
  }

  /** A node that has left and speaks has not ended yet. */
  #hear(id: string): void {
    if (this.#leaving.size === 0) return;
    const leaving = this.#leaving.get(id);
    if (leaving !== undefined && this.#gone.get(id)?.left !== undefined) leaving.ms = 0;
  }

  /** Between them others are served, as a thousand new peers take a good part of a second. */
  #startSoon(): void {
    if (this.#startPlanned || this.#unstarted.size === 0) return;
    this.#startPlanned = true;
    atNextTurn(() => this.#startSome());
  }

  #startSome(): void {
    this.#startPlanned = false;
    if (!this.#started) return;
    for (const peer of [...this.#unstarted].slice(0, DIALS_PER_TURN_MAX)) {
      this.#unstarted.delete(peer);
      peer.start();
    }
    this.#startSoon();
  }

  /** Whatever kept the link down may be over for others, too: those that are not linked take turns. */
  #onLink(id: string, up: boolean): void {
    if (!up) return void this.#linked.delete(id);
    this.#linked.add(id);
    const waiting = [...this.#peers].filter(([id]) => !this.#linked.has(id) && !this.#hurried.has(id));
    if (waiting.length === 0) this.#hurried.clear();
    for (const [id, peer] of waiting.slice(0, DIALLED_ON_LINK)) {
      this.#hurried.add(id);
      peer.hurry();
    }
  }

  /** No member any longer, and there may be last words [M9]. */
  #drop(id: string, peer: TcpPeer): void {
    const departure = this.#gone.get(id);
    const fault: Refusal = departure === undefined
      ? { reason: `${id} is no member of the cluster` }
      : this.#farewell(departure);
    peer.leave();
    this.#peers.delete(id);
    this.#unstarted.delete(peer);
    this.#linked.delete(id);
    this.#leaving.set(id, { peer, fault, ms: 0 });
  }

  /** It may have been cut off when it left, and have handed over nothing. */
  #hearOut(id: string, member: Member, fault: Refusal): void {
    const peer = this.#leaving.get(id)?.peer ?? this.#make(id, member);
    peer.update(member);
    this.#leaving.set(id, { peer, fault, ms: 0 });
    if (this.#started) peer.start();
  }

  #dismiss(id: string): void {
    const leaving = this.#leaving.get(id);
    if (leaving === undefined) return;
    this.#leaving.delete(id);
    this.#ending.add(leaving.peer);
    leaving.peer.dismiss(leaving.fault);
  }

  #memberFault({ id, epoch }: Greeting): Refusal | undefined {
    const departure = this.#gone.get(id);
    if (departure !== undefined && epoch <= departure.through) {
      if (departure.left === undefined) return this.#farewell(departure);
      this.#hearOut(id, { ...departure.left, epoch }, this.#farewell(departure));
      return undefined;
    }
    if (this.#peers.has(id)) return undefined;
    const { id: me } = this.#me;
    return this.#found
      ? { reason: `${id} is not known to ${me} as a member yet`, later: true }
      : { reason: `${id} is not among the peers of ${me}` };
  }

  #onGreeted({ id, clusterId, address, epoch, incarnation }: Greeting): void {
    const member = this.#peers.get(id)?.member;
    if (member === undefined || address === undefined || clusterId !== this.#me.clusterId) return;
    if (member.address !== undefined) {
      const isLater = epoch > member.epoch || epoch === member.epoch && incarnation > member.incarnation;
      if (!isLater || addressText(address) === addressText(member.address)) return;
    }
    this.#options.events.onAddress(id, { address, epoch, incarnation });
  }

  #farewell({ reason }: Departure): Refusal {
    return { reason, goneFrom: this.#me.clusterId };
  }

  // Another cluster is not heeded, and a node that has joined again since is no longer the one that was meant [M8].
  #onRefusal(epoch: number, { reason, goneFrom }: Refusal): boolean {
    if (goneFrom !== this.#me.clusterId || epoch !== this.#me.epoch) return false;
    const isFirst = !this.#expelled;
    this.#expelled = true;
    if (isFirst) this.#options.events.onExpelled(reason);
    return true;
  }
}

function certificateFault({ identity }: Connection, { id }: Greeting): Refusal | undefined {
  const reason = identity && nodeFault(identity, id);
  return reason === undefined ? undefined : { reason };
}
