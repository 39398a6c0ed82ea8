/** What a node answers to requests about its members [M3] [M5]. */
import { type Body, KEY_DOES_NOT_EXIST, type MembershipRequest, PRECONDITION_FAILED } from "../message.ts";
import { type Changed, type Membership, NOTHING_CHANGED } from "./membership.ts";
import { writeMember } from "./record.ts";

/** The answer, and what changes with it. */
export type MembershipAnswer =
  | { readonly body: Body; readonly changed: Changed }
  | { readonly code: number; readonly fault: string };

/** `heard`: the latest incarnation of a member that was heard. */
export function answerTo(
  request: MembershipRequest,
  me: string,
  membership: Membership,
  heard: (id: string) => number,
  now: number,
): MembershipAnswer {
  const members = () => ({
    cluster_id: membership.clusterId,
    members: [...membership.list].map(writeMember),
  });
  if (request.type === "members") {
    return { body: { type: "members_ok", ...members() }, changed: NOTHING_CHANGED };
  }
  if (request.type === "join") {
    const changed = membership.join(request, now);
    if ("fault" in changed) return { code: PRECONDITION_FAILED, fault: changed.fault };
    return { body: { type: "join_ok", ...members() }, changed };
  }
  const { id } = request;
  if (id === me) {
    return { code: PRECONDITION_FAILED, fault: `this is ${id} itself: let it leave, or ask another member` };
  }
  const changed = membership.end(id, "removed", heard(id), now);
  if ("fault" in changed) return { code: KEY_DOES_NOT_EXIST, fault: changed.fault };
  return { body: { type: "remove_ok" }, changed };
}
