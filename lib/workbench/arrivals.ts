/** Nodes come up: their hosts start, they are told who they are, and from then on they are up. */
import { become, type Introduces, type Member } from "./member.ts";
import type { Network } from "./world/network.ts";
import type { Scheduler } from "./world/world.ts";

export interface ArrivalsOptions {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly introduction: Introduces;
  /** A node that came back did not give this answer. */
  readonly onMute: (id: string, missing: string) => void;
  /** A node that came back is up, or did not answer. */
  readonly onArrived: () => void;
}

export class Arrivals {
  readonly #options: ArrivalsOptions;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  /** All that are there from the beginning; `done` gets the ids of those that did not answer. */
  all(members: readonly Member[], done: (unanswered: readonly string[]) => void): void {
    const unanswered: string[] = [];
    let left = members.length;
    const onAnswer = (member: Member, ok: boolean): void => {
      if (!ok) unanswered.push(member.id);
      if (--left > 0) return;
      if (unanswered.length > 0) return done(unanswered);
      this.#adviseAll(members, done);
    };
    for (const member of members) this.#bringUp(member, (ok) => onAnswer(member, ok));
  }

  /** One that comes later, or comes back. */
  again(member: Member): void {
    const { scheduler, onMute, onArrived } = this.#options;
    const life = ++member.life;
    this.#introduce(member, (missing) => {
      if (member.life !== life) return;
      if (missing === undefined) become(member, "up", scheduler.now());
      else onMute(member.id, missing);
      onArrived();
    });
  }

  #bringUp(member: Member, done: (ok: boolean) => void): void {
    const { scheduler, network, introduction } = this.#options;
    member.crashed = false;
    member.host.start();
    become(member, "starting", scheduler.now());
    network.up(member.id);
    introduction.init(member, done);
  }

  /** `done` gets the answer that did not come, if one did not. */
  #introduce(member: Member, done: (missing: string | undefined) => void): void {
    const { introduction } = this.#options;
    const { life } = member;
    this.#bringUp(member, (initialised) => {
      if (!initialised || member.life !== life) return done("init_ok");
      introduction.topology(member, (advised) => done(advised ? undefined : "topology_ok"));
    });
  }

  #adviseAll(members: readonly Member[], done: (unanswered: readonly string[]) => void): void {
    const unanswered: string[] = [];
    let left = members.length;
    const onAnswer = (member: Member, ok: boolean): void => {
      if (ok) member.state = "up";
      else unanswered.push(member.id);
      if (--left === 0) done(unanswered);
    };
    for (const member of members) {
      this.#options.introduction.topology(member, (ok) => onAnswer(member, ok));
    }
  }
}
