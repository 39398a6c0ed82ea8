/** Any list of events into a node: it never throws, never spins, and never says what it should not. */
import { test } from "node:test";
import fc from "fast-check";
import { mechanisms } from "../../lib/core/mechanisms.ts";
import { seeded } from "../../lib/core/random.ts";
import { holds } from "../property/holds.ts";
import { AuditedNode } from "./audit.ts";
import { gets, happenings } from "./events.ts";

const options = fc.record({
  incarnation: fc.constantFrom(0, 1, 2),
  without: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.subarray([...mechanisms])),
  seed: fc.nat(99),
});

test("Node.step() takes any list of events, and what it answers is always in order [I1] [I3] [N8] [H3]", () => {
  holds(
    fc.property(options, happenings, ({ seed, ...rest }, list) => {
      const node = new AuditedNode({ ...rest, random: seeded(seed) });
      for (const { afterMs, envelope, arriving, storage } of list) {
        if (storage !== undefined) node.storage(storage || undefined, afterMs);
        else if (arriving !== undefined) node.arriving(arriving, afterMs);
        else if (envelope === undefined) node.wake(afterMs);
        else node.hear(envelope, afterMs);
      }
      node.run(30);
      for (const envelope of gets) node.hear(envelope, 0);
    }),
    1_000,
  );
});
