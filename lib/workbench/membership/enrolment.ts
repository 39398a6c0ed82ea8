/** How a node of a cluster whose members come and go begins: it founds the cluster, comes back to it, or asks a member to join. */
import { type Body, NOT_SUPPORTED, PRECONDITION_FAILED } from "../../core/message.ts";
import { fork, pick, type Random } from "../../core/random.ts";
import { INIT_TIMEOUT_MS } from "../introduction.ts";
import type { Clients } from "../load/client.ts";
import type { Introduces, Member } from "../member.ts";
import type { Scheduler } from "../world/world.ts";
import { askUntilAnswered } from "./repeat.ts";
import type { Roster } from "./roster.ts";

/** A node to which some member is out of reach asks a seed again after half of this at least, and within AGREE_MS, ms. */
export const SEEK_MS = 1_000;
/** The error that says that a node cannot be a member as it is. */
const REFUSED = PRECONDITION_FAILED;
/** How long a seed may take to answer, ms. */
const JOIN_TIMEOUT_MS = 1_000;
const CLUSTER_ID = "0123456789abcdef";
/** In this share of the runs the first nodes are given each other, as with `serve --peer`, instead of joining the first of them. */
const GIVEN_SHARE = 0.3;

export interface EnrolmentOptions {
  readonly roster: Roster;
  readonly clients: Clients;
  readonly scheduler: Scheduler;
  readonly seed: number;
  /** The nodes that this one finds by name and can reach now. */
  readonly seedsOf: (id: string) => readonly string[];
  /** Carriers would say that all others, or all of these that the node knows, are out of its reach. */
  readonly isCutOff: (id: string, peers: readonly string[]) => boolean;
  readonly onJoined: (id: string) => void;
  /** The node was told that it is no member any longer. */
  readonly onRefused: (id: string, reason: string) => void;
}

export class Enrolment implements Introduces {
  readonly #options: EnrolmentOptions;
  readonly #random: Random;
  /** Where none is given another, the first node that comes up founds the cluster, once. */
  #isFounded: boolean;
  /** Those that are given each other, by id. */
  readonly #given: readonly string[];
  /** By node, with which incarnation it last asked to join anew. */
  readonly #asked = new Map<string, number>();

  constructor(options: EnrolmentOptions) {
    this.#options = options;
    this.#random = fork(options.seed, "enrolment");
    this.#given = this.#random.next() < GIVEN_SHARE ? options.roster.members : [];
    this.#isFounded = this.#given.length > 0;
  }

  init(member: Member, done: (ok: boolean) => void): void {
    const identity = member.host.identity?.();
    if (identity === undefined) return done(false);
    const { known, incarnation, address } = identity;
    if (this.#isGiven(member.id)) return this.#begin(member, { node_ids: this.#given }, done);
    if (known !== undefined) return this.#begin(member, {}, done);
    if (!this.#isFounded) {
      this.#isFounded = true;
      const own = [member.id, incarnation, incarnation, 0, address, this.#options.scheduler.now()];
      return this.#begin(member, { members: [own], cluster_id: CLUSTER_ID }, done);
    }
    this.#join(member, done);
  }

  /** Whether it never was a member in any other way. */
  #isGiven(id: string): boolean {
    return this.#given.includes(id) && this.#options.roster.isMember(id) && !this.#asked.has(id);
  }

  topology(_member: Member, done: (ok: boolean) => void): void {
    done(true);
  }

  /** With which incarnation a node last asked to join, whether anybody heard it or not; 0 for one that never did. */
  lastAsked(id: string): number {
    return this.#asked.get(id) ?? 0;
  }

  #join(member: Member, done: (ok: boolean) => void): void {
    const { life } = member;
    member.isJoining = true;
    this.#asked.set(member.id, member.host.identity?.().incarnation ?? 0);
    this.#ask(member, () => member.life !== life, (reply) => {
      if (member.life !== life) return done(false);
      member.isJoining = false;
      if (reply === undefined) return done(false);
      this.#options.onJoined(member.id);
      this.#begin(member, { members: reply["members"], cluster_id: reply["cluster_id"] }, done);
    });
  }

  #begin(member: Member, found: object, done: (ok: boolean) => void): void {
    const { id } = member;
    const { clients } = this.#options;
    const { life } = member;
    const address = member.host.identity?.().address ?? "";
    const body: Body = { type: "init", node_id: id, node_ids: [id], address, ...found };
    const client = member.asking = clients.open();
    client.call(id, body, INIT_TIMEOUT_MS, (reply) => {
      const ok = reply?.type === "init_ok" && member.life === life;
      if (ok) this.#seekLater(member, life);
      done(ok);
    });
  }

  /** A node that lost sight of members makes itself known again, and learns who they are and where. */
  #seekLater(member: Member, life: number): void {
    const { scheduler } = this.#options;
    const isOver = (): boolean =>
      member.life !== life || member.state === "absent" || member.state === "down";
    scheduler.at(scheduler.now() + SEEK_MS * (0.5 + this.#random.next()), () => {
      if (isOver()) return;
      if (!this.#isAlone(member)) return this.#seekLater(member, life);
      this.#ask(member, isOver, (reply) => {
        if (isOver()) return;
        const members = reply?.["members"];
        if (Array.isArray(members)) member.host.learn?.(members);
        this.#seekLater(member, life);
      });
    });
  }

  /** Members close their links to one that is none any longer, and so all of them are out of its reach. */
  #isAlone({ id, state, host }: Member): boolean {
    const { roster, isCutOff } = this.#options;
    if (state !== "up") return false;
    const { peers = [], isLonely = false } = host.identity?.() ?? {};
    return isLonely || !roster.isMember(id) || isCutOff(id, peers);
  }

  /** Asks seeds to take this node in, or to take notice of it. */
  #ask(member: Member, isVoid: () => boolean, done: (reply: Body | undefined) => void): void {
    const { clients, scheduler, seedsOf, onRefused } = this.#options;
    let isRefused = false;
    askUntilAnswered(clients, scheduler, {
      whom: () => pick(this.#random, seedsOf(member.id)),
      body: () => joinOf(member),
      timeoutMs: JOIN_TIMEOUT_MS,
      isVoid: () => isRefused || isVoid(),
      onRefusal: (reply) => {
        // Whoever asked is another process by now.
        if (isVoid()) return;
        isRefused = reply["code"] === REFUSED || reply["code"] === NOT_SUPPORTED;
        if (reply["code"] === REFUSED) onRefused(member.id, String(reply["text"]));
      },
    }, done);
  }
}

function joinOf({ id, host }: Member): Body {
  const identity = host.identity?.();
  const { incarnation = 1, address = "", known } = identity ?? {};
  // A node that was given the others looks at the list alone, as carriers do where they meet.
  if (known?.epoch === 0) return { type: "members" };
  return {
    ...{ type: "join", id, incarnation, address },
    ...known && { epoch: known.epoch, cluster_id: known.clusterId },
  };
}
