/** Records of members: which counts, what of the list one message tells, and what is no record. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { VERSION_MAX } from "../../../../lib/core/incarnation.ts";
import { MemberList } from "../../../../lib/core/membership/member_list.ts";
import { isLaterMember, type MemberRecord, readMember } from "../../../../lib/core/membership/record.ts";
import { MEMBERS_PER_MESSAGE, readPeerMessage } from "../../../../lib/core/message.ts";
import { composeMembers, MEMBERS_BYTES_MAX } from "../../../../lib/core/replication/compose.ts";

function member(
  id: string,
  epoch: number,
  incarnation: number,
  status: MemberRecord["status"],
): MemberRecord {
  return { id, epoch, incarnation, status, address: "", at: 1 };
}

test("records of one id are in one order, whatever they say: all lists end alike [M1]", () => {
  const statuses = ["joined", "left", "removed"] as const;
  const all = [1, 2, 3].flatMap((epoch) =>
    [1, 2, 3].flatMap((incarnation) => statuses.map((status) => member("n1", epoch, incarnation, status)))
  );
  for (const a of all) {
    for (const b of all) {
      ok(!(isLaterMember(a, b) && isLaterMember(b, a)));
      const isSame = a.epoch === b.epoch && a.incarnation === b.incarnation && a.status === b.status;
      const isGone = a.status !== "joined" && a.status === b.status;
      ok(isSame || isGone || isLaterMember(a, b) || isLaterMember(b, a), JSON.stringify([a, b]));
      for (const c of all) {
        if (isLaterMember(a, b) && isLaterMember(b, c)) ok(isLaterMember(a, c), JSON.stringify([a, b, c]));
      }
    }
  }
  ok(
    isLaterMember(member("n1", 1, 3, "removed"), member("n1", 3, 9, "joined")),
    "no process of a join before it",
  );
  ok(isLaterMember(member("n1", 4, 4, "joined"), member("n1", 1, 3, "removed")), "a later join");
});

test("one message tells of no more members than MEMBERS_BYTES_MAX, and the next of the rest [M4]", () => {
  const list = new MemberList([]);
  const records = Array.from({ length: 700 }, (_, i) => ({
    ...member(`member-${i}`, 5, 5, "joined" as const),
    address: "h".repeat(200),
  }));
  list.merge(records, 10);
  const told: string[] = [];
  for (let since = 0; since < list.revision;) {
    const { members, revision } = composeMembers(list, since);
    ok(JSON.stringify(members).length <= MEMBERS_BYTES_MAX);
    ok(revision > since);
    told.push(...members.map(([id]) => id));
    since = revision;
  }
  deepEqual(told, records.map(({ id }) => id));
  deepEqual(composeMembers(list, list.revision), { members: [], revision: list.revision });
});

test("a message of more than MEMBERS_PER_MESSAGE members is malformed", () => {
  const of = (count: number) =>
    readPeerMessage({ type: "members", members: Array(count).fill(["n1", 1, 1, 0, "", 1]) })?.type;
  equal(of(MEMBERS_PER_MESSAGE), "members");
  equal(of(MEMBERS_PER_MESSAGE + 1), "malformed");
});

test("what could not be outranked, or no node may be called, is no record", () => {
  ok(readMember(["n1", VERSION_MAX - 1, 1, 0, "", 1]));
  equal(readMember(["n1", VERSION_MAX, 1, 0, "", 1]), undefined);
  equal(readMember(["n1", 1, VERSION_MAX, 0, "", 1]), undefined);
  equal(readMember(["n#1", 1, 1, 0, "", 1]), undefined);
});
