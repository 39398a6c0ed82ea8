/** `hearsay members`: who is a member, was one, and since when, as the first node that answers knows it. */
import type { MemberStatus, Status } from "../../client/answers.ts";
import { asking } from "../client/asking.ts";
import { duration } from "../../service/duration.ts";
import { parseMembers } from "../config/members/members.ts";
import {
  columnsOf,
  fail,
  type Io,
  OK,
  type Paint,
  paintFor,
  printLines,
  refuse,
  shownJson,
} from "../terminal/io.ts";
import { table } from "../terminal/table.ts";

export async function members(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseMembers(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  return await asking(config, io, async (client) => {
    const status = await client.status();
    const { id, members, waits_for_a_seed: waits } = status;
    if (members === undefined) {
      return fail(io, `${id} answers with no list of members: it may be of an earlier version`);
    }
    if (members.length === 0 && waits === undefined) {
      return fail(io, `${id} tells of its members only to clients with the right admin`);
    }
    if (config.verbose) io.err(`Answered by ${id}.\n`);
    if (config.json) io.out(`${shownJson(io, JSON.stringify(jsonOf(status, members)))}\n`);
    else printLines(io, linesOf(status, members, paintFor(io), columnsOf(io)));
    return OK;
  });
}

function jsonOf(status: Status, members: readonly MemberStatus[]) {
  const { id, cluster, cluster_id = "" } = status;
  return {
    ...{ by: id, cluster, cluster_id },
    members: members.map((member) => {
      const peer = status.peers.find((each) => each.id === member.id);
      return { ...member, connected: member.id === id || (peer?.connected ?? false), lag: peer?.lag ?? null };
    }),
  };
}

function linesOf(status: Status, members: readonly MemberStatus[], paint: Paint, columns: number): string[] {
  const { cluster, cluster_id, id, waits_for_a_seed: waits } = status;
  const joined = members.filter((member) => member.status === "joined").length;
  if (waits !== undefined) return [paint.bad(`${id} is no member yet: it waits for a seed: ${waits}`)];
  const named = cluster_id === undefined ? cluster : `${cluster} ${cluster_id}`;
  return [
    `${joined === 1 ? "One member" : `${joined} members`} of ${named}, as ${id} knows it.`,
    ...table([head, ...members.map((member) => cells(member, status, paint))], columns),
  ];
}

const head = ["member", "status", "since (UTC)", "address", "incarnation", "link", "lag"];

function cells(
  { id, status, address, since, incarnation }: MemberStatus,
  asked: Status,
  paint: Paint,
): string[] {
  const peer = asked.peers.find((each) => each.id === id);
  const isJoined = status === "joined";
  return [
    ...[id, isJoined ? status : paint.bad(status), since === null ? "given" : timeText(since)],
    ...[address ?? "", incarnation === 0 ? "" : String(incarnation)],
    isJoined ? id === asked.id ? "itself" : linkText(peer, paint) : "",
    isJoined ? String(peer?.lag ?? "") : "",
  ];
}

function linkText(peer: Status["peers"][number] | undefined, paint: Paint): string {
  if (peer?.link === undefined) return paint.bad("down");
  return peer.connected
    ? `up ${duration(peer.link.for_ms)}`
    : paint.bad(`down ${duration(peer.link.for_ms)}`);
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, "2026-11-26T07:18".length).replace("T", " ");
}
