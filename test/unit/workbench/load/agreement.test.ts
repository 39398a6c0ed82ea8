/** A rest ends early once all nodes have read the same often enough, and what is promised; or where no rest can help. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../../lib/core/message.ts";
import { Agreement, rest } from "../../../../lib/workbench/load/agreement.ts";
import { VirtualScheduler } from "../../../../lib/workbench/world/scheduler.ts";

function agreement(promised: readonly Json[], violations = { count: 0 }): Agreement {
  const known = { setFull: { knows: (value: Json) => value !== 99 }, violations, promised };
  return new Agreement(["n0", "n1"], known);
}

/** Each node is read so often, with these values. */
function readBoth(agreement: Agreement, values: readonly Json[], times: number): void {
  for (let i = 0; i < times; i++) for (const node of ["n0", "n1"]) agreement.saw(node, values);
}

test("Agreement: it takes the same values three times of every node, in any order", () => {
  const reached = agreement([1, 2]);
  readBoth(reached, [1, 2], 2);
  assert.equal(reached.isOver, false);
  readBoth(reached, [2, 1], 1);
  assert.equal(reached.isOver, true);
});

test("Agreement: another value begins the count anew, and so it goes on while nodes differ", () => {
  const broken = agreement([1]);
  readBoth(broken, [1], 2);
  broken.saw("n1", [1, 2]);
  readBoth(broken, [1], 2);
  assert.equal(broken.isOver, false);
  readBoth(broken, [1], 1);
  assert.equal(broken.isOver, true);
});

test("Agreement: nodes that agree on too little are waited for", () => {
  const poor = agreement([1, 2]);
  readBoth(poor, [1], 5);
  assert.equal(poor.isOver, false);
});

test("Agreement: a value that nobody broadcast, or what no node may do, ends it at once", () => {
  const phantom = agreement([1]);
  phantom.saw("n0", [1, 99]);
  assert.equal(phantom.isOver, true);
  const violations = { count: 0 };
  const accused = agreement([1], violations);
  assert.equal(accused.isOver, false);
  violations.count = 1;
  assert.equal(accused.isOver, true);
});

test("rest(): as long as it says without an agreement, and until it is reached with one", () => {
  const endOf = (agreement: Agreement | undefined, reachedAt: number) => {
    const scheduler = new VirtualScheduler();
    let ended = NaN;
    scheduler.at(reachedAt, () => agreement && readBoth(agreement, [1], 3));
    rest(scheduler, 1_000, agreement, () => void (ended = scheduler.now()));
    scheduler.run();
    return ended;
  };
  assert.equal(endOf(undefined, 100), 1_000);
  assert.equal(endOf(agreement([1]), 310), 320);
  assert.equal(endOf(agreement([2]), 310), 1_000);
});
