/** How a session stands is said in sentences that are right for none, one and many. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Session } from "../../../../lib/workbench/session/session.ts";
import { emptyStory } from "../../../../lib/workbench/session/story.ts";
import { duration, perOperation, summaryOf } from "../../../../lib/workbench/session/summary.ts";

test("summaryOf(): nodes, values and messages, as time goes by", () => {
  const session = new Session({ ...emptyStory, nodeCount: 3 });
  assert.match(
    summaryOf(session),
    /^At 0\.0 s: 3 nodes\. No value was told yet\. \d+ messages between nodes\.$/,
  );
  session.runTo(1_000);
  session.act({ kind: "broadcast", node: "n1", value: "A" });
  assert.match(
    summaryOf(session),
    /^At 1\.0 s: 3 nodes\. The value is not everywhere yet\. .* per operation\.$/,
  );
  session.runTo(2_000);
  assert.match(summaryOf(session), / The value is everywhere, the last after \d+ ms\. /);
  session.act({ kind: "cut", grudge: "n0|rest" });
  session.act({ kind: "pause", node: "n1" });
  session.act({ kind: "kill", node: "n2" });
  session.act({ kind: "broadcast", node: "n0", value: "B" });
  assert.match(
    summaryOf(session),
    /: 3 nodes, n2 down, n1 paused, some links cut\. 0 of 2 values are everywhere; the last one that got there took \d+ ms\. /,
  );
  for (
    const deed of [{ kind: "heal" }, { kind: "resume", node: "n1" }, { kind: "start", node: "n2" }] as const
  ) {
    session.act(deed);
  }
  session.runTo(10_000);
  assert.match(summaryOf(session), /^At 10\.0 s: 3 nodes\. All 2 values are everywhere, /);
});

test("times and shares are rounded to what one can read", () => {
  assert.deepEqual([0, 203.4, 999.4, 1_000, 1_234, 12_345].map(duration), [
    ...["0 ms", "203 ms", "999 ms", "1.00 s", "1.23 s", "12.3 s"],
  ]);
  assert.deepEqual([perOperation(3, 2), perOperation(2_404_000, 1_000)], ["1.50", "2,404"]);
});
