/** What is known of one member: who, since when, at which address, and whether it is still one. */
import type { Exchange } from "../message.ts";
import { VERSION_MAX } from "../incarnation.ts";
import { MEMBER_ID } from "./member_id.ts";

export type MemberStatus = "joined" | "left" | "removed";

export interface MemberRecord {
  readonly id: string;
  /** Grows with each join of this id; 0 in a list that was given. */
  readonly epoch: number;
  /** Of the process that said so; 0 in a list that was given. */
  readonly incarnation: number;
  readonly status: MemberStatus;
  /** Where others reach it, as "host:port"; empty where that is not known. */
  readonly address: string;
  /** When it joined, left or was removed, ms since 1970. */
  readonly at: number;
}

export type WireMember = NonNullable<Exchange["members"]>[number];

const statuses: readonly MemberStatus[] = ["joined", "left", "removed"];

/** Undefined for one that no later one could outrank, or that no node may have. */
export function readMember(
  [id, epoch, incarnation, status, address, at]: WireMember,
): MemberRecord | undefined {
  const named = statuses[status];
  if (named === undefined || !MEMBER_ID.test(id)) return undefined;
  if (epoch >= VERSION_MAX || incarnation >= VERSION_MAX) return undefined;
  return { id, epoch, incarnation, status: named, address, at };
}

export function writeMember({ id, epoch, incarnation, status, address, at }: MemberRecord): WireMember {
  return [id, epoch, incarnation, statuses.indexOf(status), address, at];
}

/** A member of a list that was given. */
export function givenMember(id: string, address = ""): MemberRecord {
  return { id, epoch: 0, incarnation: 0, status: "joined", address, at: 0 };
}

/**
 * Of two records of one id the later counts [M1]: that of the later join, and within one that of the later process. Whoever left or
 * was removed has no later process: only a later join brings it back.
 */
export function isLaterMember(a: MemberRecord, b: MemberRecord): boolean {
  const [epochA, epochB] = [epochOf(a), epochOf(b)];
  if (epochA !== epochB) return epochA > epochB;
  const [processA, processB] = [processOf(a), processOf(b)];
  if (processA !== processB) return processA > processB;
  // Two members may have been told the same, each at its own time.
  if (a.at !== b.at) return a.at < b.at;
  return a.address === b.address ? a.status > b.status : a.address > b.address;
}

/** The lowest epoch of which a record outranks this one, whatever it says. */
export function epochAbove(record: MemberRecord): number {
  return epochOf(record) + 1;
}

function epochOf({ epoch, incarnation, status }: MemberRecord): number {
  return status === "joined" ? epoch : Math.max(epoch, incarnation);
}

function processOf({ incarnation, status }: MemberRecord): number {
  return status === "joined" ? incarnation : Infinity;
}
