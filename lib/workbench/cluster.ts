/** The nodes under examination and their hosts on the network: brings them up, introduces, kills, pauses and resumes them. */
import { assert } from "../core/assert.ts";
import type { Envelope, Json } from "../core/message.ts";
import type { Random } from "../core/random.ts";
import { Arrivals } from "./arrivals.ts";
import { Introduction } from "./introduction.ts";
import { become, type Introduces, isComingUp, type Member, memberOf } from "./member.ts";
import type { Clients } from "./load/client.ts";
import { Roster } from "./membership/roster.ts";
import { Turnover } from "./membership/turnover.ts";
import type { Network } from "./world/network.ts";
import type { DiskFault } from "./world/sim_store.ts";
import type { Oddities, Oddity } from "./verdict/oddities.ts";
import type { LossCause } from "./verdict/survival.ts";
import type { Topology } from "./load/topology.ts";
import type { ViolationKind, Violations } from "./verdict/violations.ts";
import type { HostFactory, Scheduler } from "./world/world.ts";

export interface ClusterOptions {
  /** All nodes that may ever be there. */
  readonly ids: readonly string[];
  /** Which of them are members; by default all of them, always. */
  readonly roster?: Roster;
  /** How nodes are told who they are; by default as by Maelstrom. */
  readonly introduction?: Introduces;
  readonly hosts: HostFactory;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly clients: Clients;
  readonly topology: Topology | undefined;
  readonly violations: Violations;
  readonly oddities?: Oddities;
  /** ms since the main phase began. */
  readonly elapsed: () => number;
  readonly onDelivered: (node: string, values: readonly Json[]) => void;
  readonly onMemoryLost: (node: string) => void;
  /** It is no member any longer. */
  readonly onParted?: (node: string) => void;
  /** It no longer holds these values, or would not come back with them; told only of nodes that can be seen into. */
  readonly onLost: (node: string, values: readonly Json[], cause: LossCause) => void;
  /** A node that was up is out of reach, for this reason; or, without one, it is up again. */
  readonly onOutage: (node: string, reason: string | undefined) => void;
}

export class Cluster {
  /** For members that come and go. */
  readonly turnover: Turnover;
  readonly #options: ClusterOptions;
  readonly #arrivals: Arrivals;
  readonly #roster: Roster;
  readonly #members: ReadonlyMap<string, Member>;
  #whenSettled: (() => void) | undefined;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.#arrivals = new Arrivals({
      ...options,
      introduction: options.introduction ?? new Introduction(options),
      onMute: (id, missing) => {
        this.#accuse(id, "init-unanswered", `no ${missing} after a restart`);
        this.accuseOfHalfLine(id);
      },
      onArrived: () => this.#tellSettled(),
    });
    this.#roster = options.roster ?? new Roster(options.ids);
    this.turnover = new Turnover({
      ...{ ...options, roster: this.#roster, arrivals: this.#arrivals },
      of: (id) => this.#members.get(id),
      end: (member) => this.#end(member, "absent"),
      accuse: (id, reason) => this.#accuse(id, "stopped", reason),
      onEnded: () => this.#tellSettled(),
    });
    this.#members = new Map(options.ids.map((id) => [id, this.#member(id)]));
  }

  /** Brings every node up and introduces it; `done` gets the ids of those that did not answer. */
  start(done: (unanswered: readonly string[]) => void): void {
    this.#arrivals.all([...this.#members.values()].filter(({ state }) => state !== "absent"), done);
  }

  isUp(id: string): boolean {
    const state = this.#members.get(id)?.state;
    return state === "up" || state === "paused";
  }

  /** Those that are members now. */
  get nodes(): readonly string[] {
    return this.#roster.members;
  }

  /** Whether it is up, and answers. */
  serves(id: string): boolean {
    return this.#members.get(id)?.state === "up";
  }

  /** Whether a request that was sent then and is open now may rightly have gone unanswered. */
  wasDisturbed(id: string, since: number): boolean {
    const member = this.#members.get(id);
    return member === undefined || member.state !== "up" || member.disturbedAt >= since;
  }

  /** Each of these four says whether it applied. */
  kill(id: string): boolean {
    const member = this.#members.get(id);
    if (member === undefined || member.state === "down" || member.state === "absent") return false;
    const lost = this.#end(member, "down");
    this.#options.onMemoryLost(id);
    this.#options.onLost(id, lost, "kill");
    return true;
  }

  restart(id: string): boolean {
    const member = this.#members.get(id);
    if (member === undefined || member.state !== "down" || !this.#comesBack(member)) return false;
    this.#arrivals.again(member);
    return true;
  }

  /** A node that is to be a member no longer comes back only to hear of that. */
  #comesBack({ id, host }: Member): boolean {
    return this.#roster.isMember(id) || host.identity?.()?.known !== undefined;
  }

  /** Gives a node that is down an earlier state of its disk, and says which. */
  rollBack(id: string, random: Random): string {
    const host = this.#members.get(id)?.host;
    assert(host?.rollBack !== undefined, "only nodes that can be rolled back are");
    const { detail, lost } = host.rollBack(random);
    this.#options.onLost(id, lost, "rollback");
    return detail;
  }

  /** Whether the node is up or not: its disk fails in this way, or works again. */
  failDisk(id: string, fault: DiskFault | undefined): void {
    const host = this.#members.get(id)?.host;
    assert(host?.failDisk !== undefined, "only nodes whose disk can fail have one that does");
    host.failDisk(fault);
  }

  /** Gives the node no processor for so long, ms. */
  stall(id: string, ms: number): void {
    const host = this.#members.get(id)?.host;
    assert(host?.stall !== undefined, "only nodes that can be stalled are");
    host.stall(ms);
  }

  /** Every value that some member holds, or would come back with: of those that stay, or of those that leave. */
  *holds({ leaving = false } = {}): Generator<Json> {
    for (const { id, host } of this.#members.values()) {
      if (this.#roster.isMember(id) && this.#roster.leaves(id) === leaving) yield* host.holds?.() ?? [];
    }
  }

  /** By node, the digest of its values, where it says one. */
  get digests(): ReadonlyMap<string, string> {
    const digests = new Map<string, string>();
    for (const { id, host } of this.#members.values()) {
      const digest = host.digest?.();
      if (digest !== undefined) digests.set(id, digest);
    }
    return digests;
  }

  pause(id: string): boolean {
    const member = this.#members.get(id);
    if (member === undefined || member.state !== "up") return false;
    this.#become(member, "paused");
    this.#options.network.pause(id);
    member.host.pause();
    return true;
  }

  resume(id: string): boolean {
    const member = this.#members.get(id);
    if (member === undefined || member.state !== "paused") return false;
    this.#become(member, "up");
    member.host.resume();
    this.#options.network.up(id);
    return true;
  }

  /** Calls back once no node is coming up any more: at once, or after two times INIT_TIMEOUT_MS at most. */
  whenSettled(run: () => void): void {
    this.#whenSettled = run;
    this.#tellSettled();
  }

  /** Whether it ended by itself since it was last brought up. */
  hasCrashed(id: string): boolean {
    return this.#members.get(id)?.crashed === true;
  }

  /** Why a node that runs elsewhere is out of reach; undefined where it is not. */
  whyOutOfReach(id: string): string | undefined {
    return this.#members.get(id)?.outOfReach;
  }

  /** A node that does not answer may have begun to: a line without a newline is no message yet. */
  accuseOfHalfLine(id: string): void {
    const half = this.#members.get(id)?.host.halfLine?.();
    if (half !== undefined) this.#accuse(id, "half-line", `half a line is waiting: ${half}`);
  }

  stop(): void {
    for (const member of this.#members.values()) {
      member.life++;
      this.#options.network.down(member.id);
      member.host.stop();
    }
  }

  #member(id: string): Member {
    const { network, clients, onDelivered } = this.#options;
    const host = this.#options.hosts(id, {
      sent: (envelope, unusual) => this.#onSent(id, envelope, unusual),
      misbehaved: (kind, reason) => {
        this.#accuse(id, kind, reason);
        if (kind === "crashed") this.#onCrash(id);
      },
      delivered: (values) => onDelivered(id, values),
      lost: (values) => this.#options.onLost(id, values, "start-over"),
      ended: (reason) => this.turnover.ended(id, reason),
      gone: (reason) => this.#onGone(id, reason),
      back: (forgot) => this.#onBack(id, forgot),
    });
    network.addNode(id, (envelope) => host.receive(envelope), (src) => host.arriving?.(src));
    return memberOf(id, host, clients.open(), this.#roster.isMember(id) ? "down" : "absent");
  }

  #end(member: Member, state: "down" | "absent"): readonly Json[] {
    this.#become(member, state);
    member.life++;
    member.isJoining = false;
    this.#options.network.down(member.id);
    return member.host.kill() ?? [];
  }

  /** A request to a node that crashed while it came up is given up at once. */
  #onCrash(id: string): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    member.crashed = true;
    if (member.state === "starting") member.asking?.giveUp();
  }

  #onGone(id: string, reason: string): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    member.outOfReach = reason;
    if (member.state !== "up") return;
    this.#become(member, "down");
    this.#options.network.down(id);
    this.#options.onOutage(id, reason);
  }

  #onBack(id: string, forgot: boolean): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    member.outOfReach = undefined;
    // Before that it is only being brought up.
    if (member.state !== "down") return;
    if (forgot) this.#options.onMemoryLost(id);
    this.#become(member, "up");
    this.#options.network.up(id);
    this.#options.onOutage(id, undefined);
  }

  #onSent(id: string, envelope: Envelope, unusual: readonly Oddity[] = []): void {
    const { network, oddities } = this.#options;
    const { src } = envelope;
    if (src !== id && !network.has(src)) {
      const reason = `it sent a message as ${src}, and there is no such node or client`;
      return this.#accuse(id, "wrong-source", reason);
    }
    for (const oddity of unusual) oddities?.add(id, oddity);
    if (src !== id) oddities?.add(id, "other-source");
    network.send(envelope, id);
  }

  #accuse(node: string, kind: ViolationKind, reason: string): void {
    this.#options.violations.add({ node, kind, reason, "at-ms": Math.round(this.#options.elapsed()) });
  }

  #become(member: Member, state: Member["state"]): void {
    become(member, state, this.#options.scheduler.now());
  }

  #tellSettled(): void {
    const run = this.#whenSettled;
    if (run === undefined || [...this.#members.values()].some(isComingUp)) return;
    this.#whenSettled = undefined;
    run();
  }
}
