/** Links that are cut one by one become the cut that a script has for them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseGrudge } from "../../../../lib/workbench/faults/grudge.ts";
import { cutLinksOf, grudgeText, linkOf } from "../../../../lib/workbench/session/cut_links.ts";
import { nodeIds } from "../../../../lib/workbench/settings.ts";
import { seeded } from "../../../../lib/core/random.ts";

const nodes = nodeIds(5);

function text(...links: readonly (readonly [number, number])[]): string | undefined {
  return grudgeText(new Set(links.map(([a, b]) => linkOf(a, b))), nodes);
}

test("grudgeText(): sides where the cut has such, else links", () => {
  assert.equal(text(), undefined);
  assert.equal(text([2, 0]), "n0-n2");
  assert.equal(text([0, 1], [0, 2], [0, 3], [0, 4]), "n0|rest");
  assert.equal(text([0, 1], [0, 2], [0, 3], [0, 4], [1, 2]), "n0-n1,n0-n2,n0-n3,n0-n4,n1-n2");
  assert.equal(text([0, 2], [0, 3], [0, 4], [1, 2], [1, 3], [1, 4]), "n0,n1|rest");
  assert.equal(text([0, 2], [0, 3], [0, 4], [1, 2], [1, 3], [1, 4], [2, 3], [2, 4]), "n3,n4|n2|rest");
});

test("cutLinksOf(): a grudge that is printed cuts the same links, both ways", () => {
  const all = nodes.flatMap((_, a) => nodes.flatMap((_, b) => a < b ? [linkOf(a, b)] : []));
  fc.assert(fc.property(fc.subarray(all, { minLength: 1 }), (links) => {
    const parsed = parseGrudge(grudgeText(new Set(links), nodes), nodes);
    assert.ok(parsed.ok);
    const { grudge } = parsed.draw(seeded(1));
    assert.deepEqual([...cutLinksOf(grudge, nodes)].sort(), links.toSorted());
    for (const [node, others] of grudge) for (const other of others) assert.ok(grudge.get(other)?.has(node));
  }));
});
