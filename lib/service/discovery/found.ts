/** What a seed answers to a node that asks to join, checked as it comes in. */
import type { Body } from "../../core/message.ts";
import { shortened } from "../../../transports/shortened.ts";

/** A record of the list of members, as it travels. */
export type WireMember = [
  id: string,
  epoch: number,
  incarnation: number,
  status: number,
  address: string,
  at: number,
];

/** A cluster, by one of its members. */
export interface Found {
  readonly clusterId: string;
  readonly members: WireMember[];
}

export type SeedAnswer =
  | { readonly kind: "found"; readonly found: Found }
  /** It waits for a seed itself; `founds`: it is to found a cluster, if it finds none. */
  | { readonly kind: "waits"; readonly id: string; readonly founds: boolean }
  /** It is this very node. */
  | { readonly kind: "itself" }
  /** A member, and why it does not take this node; said of its address. */
  | { readonly kind: "refuses"; readonly reason: string };

/** The field of an error by which a node tells that it waits itself: its incarnation, and whether it founds a cluster. */
export interface Waiting {
  readonly incarnation: number;
  readonly founds: boolean;
}

/** `me`: the node that has asked. */
export function readAnswer(
  me: { readonly id: string; readonly incarnation: number },
  from: string,
  body: Body,
): SeedAnswer {
  if (body.type === "join_ok") return readFound(body);
  if (body.type !== "error") {
    return { kind: "refuses", reason: "answers with something that is no list of members" };
  }
  const waiting = body["waiting"];
  if (isWaiting(waiting)) {
    const isItself = from === me.id && waiting.incarnation === me.incarnation;
    return isItself ? { kind: "itself" } : { kind: "waits", id: from, founds: waiting.founds };
  }
  const text = body["text"];
  return {
    kind: "refuses",
    reason: `refuses: ${typeof text === "string" ? shortened(text) : "it does not say why"}`,
  };
}

function readFound({ cluster_id: clusterId, members }: Body): SeedAnswer {
  return typeof clusterId === "string" && Array.isArray(members) && members.every(isMember)
    ? { kind: "found", found: { clusterId, members } }
    : { kind: "refuses", reason: "answers with something that is no list of members" };
}

function isWaiting(value: unknown): value is Waiting {
  return typeof value === "object" && value !== null && "incarnation" in value && "founds" in value &&
    typeof value.incarnation === "number" && typeof value.founds === "boolean";
}

function isMember(value: unknown): value is WireMember {
  if (!Array.isArray(value)) return false;
  const [id, epoch, incarnation, status, address, at] = value;
  return typeof id === "string" && typeof address === "string" && typeof at === "number" &&
    [epoch, incarnation, status].every((count) => Number.isSafeInteger(count) && count >= 0);
}
