/** What is new in the list of members, for people. */
import type { MemberRecord } from "../../core/membership/record.ts";

/** A sentence for each; none of `me`. `before`: what was known, by id. */
export function newsOf(
  me: string,
  news: readonly MemberRecord[],
  before: ReadonlyMap<string, MemberRecord>,
): string[] {
  return news.flatMap((record) => record.id === me ? [] : newsOfOne(record, before.get(record.id)) ?? []);
}

function newsOfOne(record: MemberRecord, before: MemberRecord | undefined): string | undefined {
  const { id, status, epoch, address } = record;
  const where = address === "" ? "" : ` at ${address}`;
  if (status !== "joined" && before?.status === status) return undefined;
  if (status === "left") return `${id} left`;
  if (status === "removed") return `${id} was removed`;
  if (before?.status !== "joined") return `${id} joined${where}`;
  if (before.epoch === epoch && before.incarnation === record.incarnation) return undefined;
  if (before.epoch !== epoch) return `${id} joined anew${where}`;
  return before.address === address
    ? `${id} is another process now`
    : `${id} is${where} now, and was at ${before.address}`;
}
