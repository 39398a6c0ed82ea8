/** Members that come and go in an examination: who they are, how they begin, who changes them, and what is judged. */
import { fork, pick } from "../../core/random.ts";
import type { Cluster } from "../cluster.ts";
import type { Comings } from "../faults/membership.ts";
import type { Grudge } from "../faults/grudge.ts";
import type { Clients } from "../load/client.ts";
import { isDurable, type Settings } from "../settings.ts";
import type { MembershipFindings } from "../verdict/workload_results.ts";
import type { Scheduler } from "../world/world.ts";
import { Census } from "./census.ts";
import { Enrolment } from "./enrolment.ts";
import { Operator } from "./operator.ts";
import type { Roster } from "./roster.ts";

export interface MembershipOptions {
  readonly settings: Settings;
  readonly roster: Roster;
  readonly scheduler: Scheduler;
  readonly clients: Clients;
  /** It is made with the enrolment, and so is there only later. */
  readonly cluster: () => Cluster;
  /** The cut that is on. */
  readonly grudge: () => Grudge;
  readonly onJoined: (node: string) => void;
}

export class Membership {
  readonly enrolment: Enrolment;
  readonly #options: MembershipOptions;
  #operator: Operator | undefined;
  #census: Census | undefined;

  constructor(options: MembershipOptions) {
    const { settings: { seed }, roster, cluster } = options;
    this.#options = options;
    this.enrolment = new Enrolment({
      ...options,
      seed,
      seedsOf: (id) => roster.places.filter((other) => other !== id && this.#reaches(id, other)),
      isCutOff: (id, peers) => this.#isCutOff(id, peers),
      onJoined: (id) => {
        if (roster.isMember(id)) return;
        roster.joined(id);
        options.onJoined(id);
      },
      onRefused: (id, reason) => cluster().turnover.ended(id, reason),
    });
  }

  get operator(): Operator {
    const { settings: { seed }, cluster } = this.#options;
    return this.#operator ??= new Operator({
      ...this.#options,
      seed,
      cluster: cluster(),
      lastAsked: (id) => this.enrolment.lastAsked(id),
    });
  }

  get comings(): Comings {
    const { settings, roster, cluster } = this.#options;
    return { roster, operator: this.operator, cluster: cluster(), durable: isDurable(settings) };
  }

  /** A client goes on elsewhere while its node is no member, and goes home when it is one again. */
  readonly placeFor = (home: string, last: string): string => {
    const { roster, settings, scheduler } = this.#options;
    if (roster.isMember(home)) return home;
    if (roster.isMember(last)) return last;
    return pick(fork(settings.seed, `client:${home}:${scheduler.now()}`), roster.members) ?? home;
  };

  /** A node was killed: it has lost what it knew, unless it keeps that where nothing fails. */
  memoryLost(): void {
    const { settings } = this.#options;
    const isKept = isDurable(settings) &&
      !settings.nemesis.some((fault) => fault === "disk" || fault === "rollback");
    if (!isKept) this.#operator?.memoryLost();
  }

  /** All faults are over, and what members forgot since the last change is told once more. */
  calm(): void {
    const { roster, cluster } = this.#options;
    const census = this.#census = new Census({
      ...this.#options,
      isUnsettled: () => roster.members.some((id) => !cluster().serves(id)),
      addressOf: (id) => cluster().turnover.addressOf(id),
      running: () => roster.places.filter((id) => cluster().isUp(id)),
    });
    this.operator.confirm(() => census.start());
  }

  stop(): void {
    this.#census?.stop();
    this.operator.stop();
  }

  get findings(): MembershipFindings {
    const { counts } = this.operator;
    return {
      failures: this.#census?.failures ?? [],
      results: {
        changes: counts,
        members: this.#options.roster.members,
        "agreed-ms": this.#census?.agreedMs ?? null,
      },
    };
  }

  /** Whether none that it knows runs, or none that runs takes a link from it: else it hears in time from those who do. */
  #isCutOff(id: string, peers: readonly string[]): boolean {
    const { turnover } = this.#options.cluster();
    const running = this.#options.roster.members.filter((other) => other !== id && turnover.runs(other));
    return !peers.some((peer) => turnover.runs(peer)) ||
      running.every((other) => turnover.refuses(other, id));
  }

  /** Whether one that runs, member or not, can be asked by the other now. */
  #reaches(from: string, to: string): boolean {
    const { cluster, grudge } = this.#options;
    return cluster().turnover.runs(to) && !grudge().get(from)?.has(to) && !grudge().get(to)?.has(from);
  }
}
