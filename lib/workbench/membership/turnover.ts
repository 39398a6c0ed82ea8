/** Nodes become members of a cluster that runs, are members no longer, or are other nodes under the same id. */
import type { Json } from "../../core/message.ts";
import type { Arrivals } from "../arrivals.ts";
import { isComingUp, type Member } from "../member.ts";
import type { LossCause } from "../verdict/survival.ts";
import type { Roster } from "./roster.ts";

export interface TurnoverOptions {
  readonly roster: Roster;
  readonly arrivals: Arrivals;
  readonly of: (id: string) => Member | undefined;
  /** Ends its process. */
  readonly end: (member: Member) => void;
  readonly accuse: (id: string, reason: string) => void;
  readonly onLost: (id: string, values: readonly Json[], cause: LossCause) => void;
  /** It is no member any longer. */
  readonly onParted?: (id: string) => void;
  /** It has ended by itself. */
  readonly onEnded: () => void;
}

export class Turnover {
  readonly #options: TurnoverOptions;

  constructor(options: TurnoverOptions) {
    this.#options = options;
  }

  /** A node joins that is no member, and has an empty disk. */
  bringIn(id: string): void {
    const member = this.#options.of(id);
    if (member === undefined || member.state === "up" || member.state === "paused") return;
    member.host.erase?.();
    // That it was to go is past.
    this.#options.roster.parted(id);
    this.#options.arrivals.again(member);
  }

  /** The disk of a node that is down, and will come back, is empty from now on. */
  erase(id: string): void {
    const lost = this.#options.of(id)?.host.erase?.() ?? [];
    this.#options.onLost(id, lost, "removal");
  }

  /** A node that is down will have another address. */
  move(id: string): void {
    this.#options.of(id)?.host.move?.();
  }

  /** It has left: its process ends. */
  discharge(id: string): void {
    const member = this.#options.of(id);
    if (member === undefined) return;
    const cause = this.#options.roster.leaves(id) ? "departure" : "removal";
    const held = member.host.holds?.() ?? [];
    if (member.state !== "down") this.#options.end(member);
    member.state = "absent";
    this.#options.roster.parted(id);
    this.#options.onParted?.(id);
    this.#options.onLost(id, held, cause);
  }

  /** It was removed, and may run on until it hears of that. */
  expel(id: string): void {
    if (!this.#options.roster.isMember(id)) return;
    const member = this.#options.of(id);
    this.#options.roster.parted(id);
    // Whoever takes it in meanwhile may not know yet that it was removed.
    if (member?.isJoining) this.#options.roster.parting(id, "is removed");
    this.#options.onLost(id, member?.host.holds?.() ?? [], "removal");
    this.#options.onParted?.(id);
  }

  /** It was told that it is no member any longer, and ends. */
  ended(id: string, reason: string): void {
    const member = this.#options.of(id);
    if (member === undefined || member.state === "absent" || member.state === "down") return;
    if (!this.#options.roster.mayEnd(id)) {
      this.#options.accuse(id, `it stopped, though it is a member: ${reason}`);
    }
    this.discharge(id);
    this.#options.onEnded();
  }

  /** Whether its process runs and takes messages. */
  runs(id: string): boolean {
    const state = this.#options.of(id)?.state;
    return state === "up" || state === "starting";
  }

  /** Whether a node would take no link from another, as it does not count it among the members. */
  refuses(id: string, other: string): boolean {
    return this.#options.of(id)?.host.counts?.(other) === false;
  }

  addressOf(id: string): string {
    return this.#options.of(id)?.host.address ?? "";
  }

  isComingUp(id: string): boolean {
    const member = this.#options.of(id);
    return member !== undefined && isComingUp(member);
  }
}
