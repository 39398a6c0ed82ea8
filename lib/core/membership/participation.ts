/** The part of a node in its cluster: it answers what is asked of members, leaves when it is told to, and ends when it is one no longer. */
import type { Outbox } from "../outbox.ts";
import { type Envelope, KEY_DOES_NOT_EXIST, PRECONDITION_FAILED } from "../message.ts";
import type { MembershipRequest } from "../requests.ts";
import type { Replicator } from "../replication/replicator.ts";
import type { Changed, Membership } from "./membership.ts";
import { type WireMember, writeMember } from "./record.ts";

export interface ParticipationOptions {
  readonly me: string;
  readonly membership: Membership;
  readonly replicator: Pick<
    Replicator,
    "incarnationOf" | "leave" | "isHandedOver" | "isKnownToHaveLeft" | "membersChanged"
  >;
  readonly outbox: Pick<Outbox, "emit" | "reply" | "refuse">;
}

export class Participation {
  readonly #options: ParticipationOptions;
  /** Each asks this node to leave, and is answered once it has. */
  readonly #leaveRequests: Envelope[] = [];
  #isLeaving = false;
  #gone: string | undefined;

  constructor(options: ParticipationOptions, now: number) {
    this.#options = options;
    const { expelled } = options.membership;
    if (expelled !== undefined) this.#end(expelled);
    // It ended before anybody knew that it had left.
    else if (this.#hasLeft) this.#beginLeaving(now);
  }

  /** Why this node is no member any longer; undefined while it is one. */
  get gone(): string | undefined {
    return this.#gone;
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  answer(envelope: Envelope, request: MembershipRequest, now: number): void {
    const { me, membership, replicator, outbox } = this.#options;
    switch (request.type) {
      case "leave":
        return this.#onLeave(envelope, now);
      case "members":
        return outbox.reply(envelope, { type: "members_ok", ...this.#list });
      case "join": {
        const changed = membership.join(request, now);
        if ("fault" in changed) return this.#refuse(envelope, changed.fault);
        this.#changed(changed, now);
        return outbox.reply(envelope, { type: "join_ok", ...this.#list });
      }
      case "remove": {
        const { id } = request;
        if (id === me) {
          return this.#refuse(envelope, `this is ${id} itself: let it leave, or ask another member`);
        }
        const changed = membership.end(id, "removed", replicator.incarnationOf(id), now);
        if ("fault" in changed) return this.#refuse(envelope, changed.fault, KEY_DOES_NOT_EXIST);
        this.#changed(changed, now);
        return outbox.reply(envelope, { type: "remove_ok" });
      }
    }
  }

  /** Takes in what others say of members. */
  merge(told: readonly WireMember[], now: number): void {
    this.#changed(this.#options.membership.merge(told, now), now);
  }

  /** While this node is to leave: looks how far that is. */
  goOnLeaving(now: number): void {
    const { me, membership, replicator } = this.#options;
    if (this.#hasLeft) {
      if (replicator.isKnownToHaveLeft) this.#endLeaving();
    } else if (replicator.isHandedOver(now)) {
      const changed = membership.end(me, "left", 0, now);
      if (!("fault" in changed)) this.#changed(changed, now);
    }
  }

  #onLeave(envelope: Envelope, now: number): void {
    if (this.#options.membership.list.ids.length === 1) {
      return this.#refuse(envelope, "this is the only member: nobody else would hold its values");
    }
    this.#leaveRequests.push(envelope);
    this.#beginLeaving(now);
  }

  #beginLeaving(now: number): void {
    this.#isLeaving = true;
    this.#options.replicator.leave(now);
  }

  get #list() {
    const { clusterId, list } = this.#options.membership;
    return { cluster_id: clusterId, members: [...list].map(writeMember) };
  }

  get #hasLeft(): boolean {
    const { me, membership } = this.#options;
    return membership.list.of(me)?.status === "left";
  }

  #changed({ news, expelled }: Changed, now: number): void {
    const { membership, replicator, outbox } = this.#options;
    if (news.length === 0) return;
    outbox.emit({ kind: "members", members: [...membership.list], news });
    replicator.membersChanged(now);
    if (expelled !== undefined) this.#end(expelled);
    // The process before it left: what came to this one since is handed over, too.
    else if (this.#hasLeft && this.#gone === undefined) this.#beginLeaving(now);
  }

  #endLeaving(): void {
    const { me, outbox } = this.#options;
    for (const each of this.#leaveRequests.splice(0)) outbox.reply(each, { type: "leave_ok" });
    this.#end(`${me} has left the cluster`);
  }

  #end(reason: string): void {
    if (this.#gone !== undefined) return;
    this.#gone = reason;
    this.#isLeaving = false;
    for (const each of this.#leaveRequests.splice(0)) this.#refuse(each, reason);
    this.#options.outbox.emit({ kind: "gone", reason });
  }

  #refuse(envelope: Envelope, text: string, code = PRECONDITION_FAILED): void {
    this.#options.outbox.refuse(envelope, code, text);
  }
}
