/** What is said of a list of members that changed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MemberRecord } from "../../../../lib/core/membership/record.ts";
import { newsOf } from "../../../../lib/service/discovery/news.ts";

const n2: MemberRecord = { id: "n2", epoch: 5, incarnation: 5, status: "joined", address: "a:1", at: 1 };

test("news: who joined, came back, moved, left or was removed is said once; of this node, and of nothing, nothing", () => {
  const after = (record: MemberRecord, before?: MemberRecord) =>
    newsOf("n1", [record], new Map(before === undefined ? [] : [[before.id, before]]));
  assert.deepEqual(after(n2), ["n2 joined at a:1"]);
  assert.deepEqual(after({ ...n2, address: "" }), ["n2 joined"]);
  assert.deepEqual(after({ ...n2, epoch: 6 }, n2), ["n2 joined anew at a:1"]);
  assert.deepEqual(after({ ...n2, epoch: 6 }, { ...n2, status: "removed" }), ["n2 joined at a:1"]);
  assert.deepEqual(after({ ...n2, incarnation: 6 }, n2), ["n2 is another process now"]);
  assert.deepEqual(after({ ...n2, incarnation: 6, address: "b:1" }, n2), [
    "n2 is at b:1 now, and was at a:1",
  ]);
  assert.deepEqual(after({ ...n2, status: "left" }, n2), ["n2 left"]);
  assert.deepEqual(after({ ...n2, status: "removed" }, n2), ["n2 was removed"]);
  assert.deepEqual(after(n2, n2), []);
  assert.deepEqual(after({ ...n2, status: "left" }, { ...n2, status: "left" }), []);
  assert.deepEqual(after({ ...n2, id: "n1" }), []);
});
