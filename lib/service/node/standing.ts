/** This node among the members: how it became one, what it tells the carrier and people of them, and when it is none any longer. */
import type { Event, NodeStatus } from "../../core/events.ts";
import { type MemberRecord, writeMember } from "../../core/membership/record.ts";
import {
  type Body,
  type Envelope,
  PRECONDITION_FAILED,
  TEMPORARILY_UNAVAILABLE,
} from "../../core/message.ts";
import type { Random } from "../../core/random.ts";
import { type JoinRequest, readRequest } from "../../core/requests.ts";
import type { Store } from "../../store/store.ts";
import { type Address, addressText } from "../../../transports/address.ts";
import { runtimeTimer } from "../../../transports/clock.ts";
import { type Member, membershipOf } from "../../../transports/membership.ts";
import type { TcpTransport } from "../../../transports/tcp/tcp.ts";
import { Discovery, type DiscoverySettings, REFUSED_SAID_EVERY_MS } from "../discovery/discovery.ts";
import type { Waiting } from "../discovery/found.ts";
import { newsOf } from "../discovery/news.ts";
import type { Logger } from "../logger.ts";
import { ThrottledReport } from "../throttled_report.ts";

/** A node that is leaving, and is turned away as one that has left, has so long to hear so from a member that holds its values, ms. */
export const LAST_WORDS_MS = 2_000;

/** Why a node is no member any longer. */
export interface Ending {
  readonly reason: string;
  /** It left, as it was asked to. */
  readonly hasLeft: boolean;
}

export interface StandingOptions {
  readonly id: string;
  /** The name of the cluster. */
  readonly cluster: string;
  readonly listen: Address;
  /** Given members, but this one. */
  readonly peers: ReadonlyMap<string, Address>;
  /** How members are found; absent where they are given. */
  readonly discovery?: DiscoverySettings | undefined;
  readonly store: Pick<Store, "incarnation" | "notes">;
  readonly random: Random;
  readonly clock: () => number;
  readonly logger: Logger;
  readonly transport: Pick<TcpTransport, "setMembers" | "links">;
  readonly step: (event: Event) => void;
  readonly status: () => Pick<NodeStatus, "clusterId" | "members">;
  readonly reply: (request: Envelope, body: Body) => void;
}

export class Standing {
  readonly #options: StandingOptions;
  readonly #discovery: Discovery | undefined;
  readonly #refused: ThrottledReport;
  readonly #gone = Promise.withResolvers<Ending>();
  #init: Body | undefined;
  /** It was a member in this life of the process, and not only in its log. */
  #wasMember = false;
  /** By id, as they were last told. */
  #members: ReadonlyMap<string, MemberRecord> = new Map();

  constructor(options: StandingOptions) {
    const { id, logger, discovery, step } = options;
    this.#options = options;
    this.#refused = new ThrottledReport(
      REFUSED_SAID_EVERY_MS,
      (text, unsaid) => logger.warn(text, { node: id, unsaid }),
    );
    this.#discovery = discovery && new Discovery({
      ...discovery,
      ...options,
      onMember: (init, how) => this.#onMember(init, how),
      onTold: (members) => step({ kind: "members", members }),
      links: () => options.transport.links(),
    });
  }

  /** What makes a member of a node that begins anew within this process; undefined while it is none. */
  get init(): Event | undefined {
    return this.#init && this.#toItself(this.#init);
  }

  /** Why this node is no member yet; undefined once it is one. */
  get waits(): string | undefined {
    return this.#discovery?.waits;
  }

  /** Resolves once it is no member any longer. */
  get gone(): Promise<Ending> {
    return this.#gone.promise;
  }

  /** The node can be stepped. */
  open(): void {
    if (this.#discovery !== undefined) return;
    const { id, peers, listen, step } = this.#options;
    const addresses = [[id, listen] as const, ...peers].map(([each, at]) => [each, addressText(at)]);
    this.#init = {
      type: "init",
      node_id: id,
      node_ids: [id, ...peers.keys()],
      addresses: Object.fromEntries(addresses),
    };
    this.#wasMember = true;
    step(this.#toItself(this.#init));
  }

  /** `at`: where it listens, with the port that the system has given, if it was asked for any. */
  listens(at: Address): void {
    this.#discovery?.begin(at);
  }

  stop(): void {
    this.#discovery?.stop();
  }

  /** All members, and what is new in them. */
  onMembers(members: readonly MemberRecord[], news: readonly MemberRecord[]): void {
    const { id, logger } = this.#options;
    // A list that is heard for the first time is no news.
    const known = this.#members.size === 0 ? [] : news;
    for (const text of newsOf(id, known, this.#members)) logger.info(text, { node: id });
    this.#tellCarrier(members);
  }

  /** A member greets from elsewhere than was known. */
  onAddress(id: string, { address, epoch, incarnation }: Required<Member>): void {
    const at = this.#members.get(id)?.at ?? 0;
    this.#options.step({ kind: "members", members: [[id, epoch, incarnation, 0, addressText(address), at]] });
  }

  onGone(reason: string): void {
    this.#gone.resolve({ reason, hasLeft: this.#hasLeft });
  }

  /** The carrier was turned away. Whoever asked this node to leave is to be answered first. */
  onExpelled(reason: string): void {
    if (this.#hasLeft) runtimeTimer(LAST_WORDS_MS, () => this.onGone(reason));
    else this.onGone(reason);
  }

  get #hasLeft(): boolean {
    return this.#wasMember && this.#members.get(this.#options.id)?.status === "left";
  }

  /** A node asks to join, or says that it is a member still. A node that cannot be one is told why, and the core has the rest. */
  onJoin(request: Envelope): void {
    const { reply, step, id, store: { incarnation }, discovery, clock } = this.#options;
    if (this.waits !== undefined) {
      const waiting: Waiting = { incarnation, founds: discovery?.bootstrap ?? false };
      const text = `${id} waits for a seed itself`;
      return reply(request, { type: "error", code: TEMPORARILY_UNAVAILABLE, text, waiting });
    }
    const join = readRequest(request.body);
    // What is no join at all is the core's to refuse.
    const fault = join.type === "join" ? this.#faultOf(join) : undefined;
    if (join.type !== "join" || fault === undefined) return step({ kind: "receive", envelope: request });
    this.#refused.note(`refused: ${join.id} asks to join: ${fault}`, clock());
    reply(request, { type: "error", code: PRECONDITION_FAILED, text: fault });
  }

  #faultOf({ id, epoch, cluster, cluster_id: clusterId = "" }: JoinRequest): string | undefined {
    const { cluster: name, status, transport } = this.#options;
    if (cluster !== name) return `this is cluster "${name}", not ${JSON.stringify(cluster)}`;
    const { clusterId: own, members } = status();
    if (own !== "" && clusterId !== "" && clusterId !== own) {
      return `this is cluster ${name} founded as ${own}, not ${clusterId}: two clusters were founded apart`;
    }
    const known = [...members].find((member) => member.id === id);
    const isLinked = transport.links().some(({ peer, connected }) => peer === id && connected);
    if (!isLinked || known === undefined || known.epoch === epoch) return undefined;
    const where = known.address === "" ? "" : ` at ${known.address}`;
    return `${known.id}${where} is a member already, and is connected; no two nodes may have one id`;
  }

  #onMember(init: Body, how: string): void {
    const { id, step, status, logger } = this.#options;
    this.#init = init;
    step(this.#toItself(init));
    const { clusterId, members } = status();
    this.#tellCarrier([...members]);
    const joined = [...members].filter((member) => member.status === "joined");
    if (!joined.some((member) => member.id === id)) return;
    logger.info(`${id} ${how}: one of ${joined.length} in cluster ${clusterId}`, {
      node: id,
      members: joined.map((member) => member.id),
    });
  }

  #tellCarrier(members: readonly MemberRecord[]): void {
    const { id, status, transport } = this.#options;
    const { clusterId } = status();
    const records = members.map(writeMember);
    this.#members = new Map(members.map((member) => [member.id, member]));
    this.#wasMember ||= this.#members.get(id)?.status === "joined";
    // What begins anew within this process begins with the list as it is now.
    if (this.#init !== undefined) this.#init = { ...this.#init, members: records, cluster_id: clusterId };
    transport.setMembers(membershipOf(id, clusterId, members));
  }

  #toItself(body: Body): Event {
    const { id } = this.#options;
    return { kind: "receive", envelope: { src: id, dest: id, body } };
  }
}
