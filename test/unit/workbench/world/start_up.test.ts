/** How many nodes start at once on one machine: when each is there, and how slow it is meanwhile. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../../../lib/core/random.ts";
import {
  RUN_MS_MAX,
  STALL_MS_MAX,
  START_MS_MAX,
  START_MS_PER_NODE,
  startUpMsOf,
  startUpStalls,
} from "../../../../lib/workbench/world/start_up.ts";

test("startUpMsOf() grows with the nodes, up to START_MS_MAX", () => {
  deepEqual([1, 5, 1_000].map(startUpMsOf), [START_MS_PER_NODE, 5 * START_MS_PER_NODE, START_MS_MAX]);
});

test("startUpStalls(): the first ends when the node is there, the last begins before all are", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const [first, ...rest] = startUpStalls(300, 1_000, seeded(seed));
    deepEqual(first, { from: 0, to: 300 });
    ok(rest.length > 0);
    let before = 300;
    for (const { from, to } of rest) {
      ok(from - before <= RUN_MS_MAX && to - from <= STALL_MS_MAX && from >= before && from < 1_000);
      before = to;
    }
  }
});

test("startUpStalls(): nodes that are there at once have none", () => {
  equal(startUpStalls(0, 0, seeded(1)).length, 0);
});
