/** The relay tree as words come in: moving one at a time makes the same tree as planting anew. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Plan } from "../../lib/core/plan.ts";
import { plant, replant } from "../../lib/core/relay.ts";
import { Sights } from "../../lib/core/sights.ts";
import type { Tree } from "../../lib/core/tree.ts";
import { holds } from "./holds.ts";

const ids = Array.from({ length: 10 }, (_, i) => `n${i}`);
const RELAYS = 3;

/** What one node says, now or later: mostly one that is no relay, of relays. */
interface Said {
  readonly node: string;
  readonly lost: readonly string[];
  readonly seen: readonly string[];
}

const relays = fc.subarray(ids.slice(0, 1 + RELAYS));
const said: fc.Arbitrary<Said> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ node: fc.constantFrom(...ids.slice(1 + RELAYS)), lost: relays, seen: relays }),
  },
  fc.record({ node: fc.constantFrom(...ids), lost: fc.subarray(ids), seen: fc.subarray(ids) }),
);
/** By how many at once they come. */
const turns = fc.array(fc.array(said, { minLength: 1, maxLength: 3 }), { maxLength: 12 });

function picture(tree: Tree): unknown {
  return [tree.root, tree.children, tree.size, ids.map((id) => [tree.has(id), tree.parentOf(id)])];
}

test("replant() makes the tree that plant() makes, whatever was said since [P8]", () => {
  holds(
    fc.property(fc.constantFrom(...ids), turns, (me, list) => {
      const sights = new Sights(me, 1, new Plan(ids, RELAYS));
      let tree = plant(sights, me);
      let version = 0;
      for (const words of list) {
        for (const { node, lost, seen } of words.filter((word) => word.node !== me)) {
          const gone = new Set(lost);
          sights.merge(node, {
            life: 1,
            version: ++version,
            lost: gone,
            seen: new Set(seen.filter((id) => !gone.has(id))),
          });
        }
        tree = replant(sights, me, tree, sights.takeChanged());
        deepEqual(picture(tree), picture(plant(sights, me)));
      }
    }),
    2_000,
  );
});

test("plant() makes the same tree for who alone has spoken as for who has heard only that [P8]", () => {
  const deeds = fc.array(fc.tuple(fc.boolean(), fc.constantFrom(...ids)), { minLength: 1, maxLength: 8 });
  holds(
    fc.property(fc.constantFrom(...ids), deeds, (me, done) => {
      const own = new Sights(me, 1, new Plan(ids, RELAYS));
      for (const [seen, other] of done.filter(([, id]) => id !== me)) seen ? own.see(other) : own.lose(other);
      const heard = new Sights("examiner", 1, new Plan(ids, RELAYS));
      for (const [node, row] of own.since(0)) heard.merge(node, row);
      deepEqual(picture(plant(own, me)), picture(plant(heard, me)));
    }),
    1_000,
  );
});
