/** What a carrier is told of the list of members. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADDRESS_CHARS_MAX, addressText, parseAddress } from "../../../transports/address.ts";
import type { MemberRecord } from "../../../lib/core/membership/record.ts";
import { membershipOf } from "../../../transports/membership.ts";

const AT = Date.UTC(2026, 10, 26, 7);
const ID = "4f00112233445566";

test("membershipOf tells this node, its peers and who is gone apart", () => {
  const records: MemberRecord[] = [
    { id: "n1", epoch: 5, incarnation: 6, status: "joined", address: "10.0.0.1:7000", at: AT },
    { id: "n2", epoch: 7, incarnation: 9, status: "joined", address: "n2.example:7000", at: AT },
    { id: "n3", epoch: 0, incarnation: 0, status: "joined", address: "", at: AT },
    { id: "n4", epoch: 8, incarnation: 12, status: "left", address: "10.0.0.4:7000", at: AT },
    { id: "n5", epoch: 9, incarnation: 3, status: "removed", address: "", at: AT },
    { id: "n6", epoch: 9, incarnation: 3, status: "removed", address: "", at: NaN },
  ];
  assert.deepEqual(membershipOf("n1", ID, records), {
    clusterId: ID,
    self: { address: { host: "10.0.0.1", port: 7000 }, epoch: 5, incarnation: 6 },
    peers: new Map([
      ["n2", { address: { host: "n2.example", port: 7000 }, epoch: 7, incarnation: 9 }],
      ["n3", { epoch: 0, incarnation: 0 }],
    ]),
    gone: new Map([
      ["n4", {
        through: 12,
        reason:
          "n4 has left the cluster (2026-11-26T07:00:00.000Z): it comes back by a join with an empty log",
        left: { address: { host: "10.0.0.4", port: 7000 }, epoch: 8, incarnation: 12 },
      }],
      ["n5", {
        through: 9,
        reason:
          "n5 was removed from the cluster (2026-11-26T07:00:00.000Z): it comes back by a join with an empty log",
      }],
      ["n6", {
        through: 9,
        reason: "n6 was removed from the cluster: it comes back by a join with an empty log",
      }],
    ]),
  });
});

test("a node that has not joined, or is gone, is nothing to itself", () => {
  assert.deepEqual(membershipOf("n1", "", []), { clusterId: "", peers: new Map(), gone: new Map() });
  assert.equal(
    membershipOf("n1", ID, [{ id: "n1", epoch: 1, incarnation: 1, status: "removed", address: "", at: AT }])
      .self,
    undefined,
  );
});

test("an address is read as it was written, up to ADDRESS_CHARS_MAX", () => {
  for (const host of ["n2.example", "127.0.0.1", "::1"]) {
    assert.deepEqual(parseAddress(addressText({ host, port: 7000 })), { host, port: 7000 });
  }
  const name = "x".repeat(ADDRESS_CHARS_MAX - ":7000".length);
  assert.deepEqual(parseAddress(`${name}:7000`), { host: name, port: 7000 });
  assert.deepEqual(parseAddress("[::1]", 7000), { host: "::1", port: 7000 });
  for (const text of [`${name}x:7000`, "", "n2", "n2:", "n2:65536", ":7000", "n 2:7000", "a,b:1"]) {
    assert.equal(parseAddress(text), undefined, text);
  }
});
