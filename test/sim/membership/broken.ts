/** Nodes that are wrong about members, each in one way. */
import type { Effect, Event } from "../../../lib/core/node.ts";
import { Node } from "../../../lib/core/node.ts";
import type { WireMember } from "../../../lib/core/membership/record.ts";
import { type Envelope, PRECONDITION_FAILED } from "../../../lib/core/message.ts";
import { type SimHosts, simHosts, type Steps } from "../../../lib/workbench/world/sim.ts";

/** n1 answers whoever asks for the members with something else. */
export function telling(change: (members: readonly WireMember[]) => readonly WireMember[]): SimHosts {
  return saying((envelope) => envelope.src === "n1" && envelope.body.type === "members_ok", change);
}

/** All nodes tell each other something else of members. */
export function passingOn(change: (members: readonly WireMember[]) => readonly WireMember[]): SimHosts {
  return saying(({ dest, body }) => !dest.startsWith("c") && body.type !== "members", change);
}

function saying(
  where: (envelope: Envelope) => boolean,
  change: (members: readonly WireMember[]) => readonly WireMember[],
): SimHosts {
  return (seed, scheduler, options) => {
    const sound = simHosts(seed, scheduler, options);
    return (id, events) =>
      sound(id, {
        ...events,
        sent(envelope) {
          const { body } = envelope;
          const { members } = body;
          if (!Array.isArray(members) || !where(envelope)) return events.sent(envelope);
          events.sent({ ...envelope, body: { ...body, members: change(members) } });
        },
      });
  };
}

/** Whoever is asked to leave leaves at once, with what it alone holds. */
export const hasty: SimHosts = (seed, scheduler, options) =>
  simHosts(seed, scheduler, options, (given) =>
    over(new Node(given), (event, step) => {
      const asked = event.kind === "receive" ? event.envelope : undefined;
      if (asked?.body.type !== "leave") return step();
      const body = { type: "leave_ok", in_reply_to: asked.body.msg_id ?? 0 };
      const answer: Effect = { kind: "send", envelope: { src: asked.dest, dest: asked.src, body } };
      return [answer, { kind: "gone", reason: "it has left" }];
    }));

/** Whoever is to be none any longer runs on, and nobody tells others that they are none. */
export const stubborn: SimHosts = (seed, scheduler, options) =>
  simHosts(
    seed,
    scheduler,
    options,
    (given) =>
      over(
        new Node(given),
        (_, step) =>
          step().filter((effect) => effect.kind !== "gone" && !(effect.kind === "send" && isRefusal(effect))),
      ),
  );

function isRefusal({ envelope: { body } }: Extract<Effect, { kind: "send" }>): boolean {
  return body.type === "error" && body["code"] === PRECONDITION_FAILED;
}

/** Whoever was read once takes itself for removed. */
export const timid: SimHosts = (seed, scheduler, options) =>
  simHosts(seed, scheduler, options, (given) =>
    over(new Node(given), (event, step) => {
      const isRead = event.kind === "receive" && event.envelope.body.type === "read";
      return isRead ? [...step(), { kind: "gone", reason: "it was read" }] : step();
    }));

function over(node: Node, change: (event: Event, step: () => Effect[]) => Effect[]): Steps {
  return {
    step: (event, now) => change(event, () => node.step(event, now)),
    get deadline() {
      return node.deadline;
    },
    get status() {
      return node.status;
    },
  };
}
