/** Who sees whom: any order of the same words, and any repetition, makes one table. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Advertisement } from "../../lib/core/topology/advertisement.ts";
import { Layout } from "../../lib/core/topology/layout.ts";
import { LinkState } from "../../lib/core/topology/link_state.ts";
import { holds } from "./holds.ts";

const nodes = [0, 1, 2, 3];
const layout = new Layout(nodes.length, 0);
const ME = 0;
/** A node beside these, which knows only what they advertise. */
const EXAMINER = nodes.length;
const MY_LIFE = 3;

type Said = readonly [node: number, row: Advertisement];

const some = fc.subarray(nodes).map((list): ReadonlySet<number> => new Set(list));
const said: fc.Arbitrary<Said> = fc.tuple(
  fc.constantFrom(...nodes),
  fc.record({ incarnation: fc.nat(4), version: fc.nat(4), suspected: some, heard: some }),
);
/** One node says one thing under one life and version. */
const words = fc.uniqueArray(said, {
  maxLength: 24,
  selector: ([node, { incarnation, version }]) => `${node} ${incarnation} ${version}`,
});
const shuffled = words.chain((list) =>
  fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: 2 * list.length }))
);

function tell(linkState: LinkState, list: readonly Said[]): LinkState {
  for (const [node, row] of list) linkState.merge(node, row);
  return linkState;
}

/** What a node says of itself; before its first word, nothing is below. */
function ownRow(linkState: LinkState): Rank {
  return [...linkState.advertisements].find(([node]) => node === ME)?.[1] ?? { incarnation: -1, version: -1 };
}

type Rank = Pick<Advertisement, "incarnation" | "version">;

function isAbove(a: Rank, b: Rank): boolean {
  return a.incarnation > b.incarnation || (a.incarnation === b.incarnation && a.version > b.version);
}

function table(linkState: LinkState): unknown {
  const rows = [...linkState.advertisements].map(([node, { incarnation, version, suspected, heard }]) => [
    node,
    incarnation,
    version,
    [...suspected].sort(),
    [...heard].sort(),
  ]);
  return rows.sort((a, b) => Number(a[0]) - Number(b[0]));
}

test("LinkState.merge() in any order, and any number of times, makes one table [K1]", () => {
  holds(
    fc.property(shuffled, ([list, again]) => {
      const mine = tell(new LinkState(EXAMINER, 1, layout), list);
      deepEqual(table(tell(new LinkState(EXAMINER, 1, layout), again)), table(mine));
    }),
    400,
  );
});

test("LinkState.merge() of what is known changes nothing and counts no change [K1]", () => {
  holds(
    fc.property(shuffled, ([list, again]) => {
      const linkState = tell(new LinkState(EXAMINER, 1, layout), list);
      const { revision } = linkState;
      const before = table(linkState);
      for (const [node, row] of again) equal(linkState.merge(node, row), undefined);
      equal(linkState.revision, revision);
      deepEqual(table(linkState), before);
    }),
    400,
  );
});

test("LinkState says of itself only what it saw, above all that others say it said [K1] [I6]", () => {
  const deeds = fc.array(fc.tuple(fc.boolean(), fc.constantFrom(1, 2, 3)), { maxLength: 6 });
  holds(
    fc.property(words, deeds, (list, done) => {
      const linkState = new LinkState(ME, MY_LIFE, layout);
      for (const [seen, other] of done) seen ? linkState.hear(other) : linkState.suspect(other);
      ok(linkState.suspected.isDisjointFrom(linkState.heard), "none is both heard and suspected");
      const own = { suspected: [...linkState.suspected], heard: [...linkState.heard] };
      const before = ownRow(linkState);
      // Under its present life only the node itself has spoken; a clock that was set back leaves words of later ones.
      const others = list.filter(([node, { incarnation }]) => node !== ME || incarnation !== MY_LIFE);
      tell(linkState, others);
      deepEqual({ suspected: [...linkState.suspected], heard: [...linkState.heard] }, own);
      const after = ownRow(linkState);
      for (const [, word] of others.filter(([node]) => node === ME)) {
        ok(isAbove(after, word) || !isAbove(word, before), `it says ${after.version} over ${word.version}`);
      }
    }),
    400,
  );
});

test("LinkState says of an advertisement when it changed: what is news is above the revision before it, all else is not [K1]", () => {
  holds(
    fc.property(words, fc.nat(24), (list, cut) => {
      const linkState = tell(new LinkState(EXAMINER, 1, layout), list.slice(0, cut));
      const { revision } = linkState;
      const changed = list.slice(cut).filter(([node, row]) => linkState.merge(node, row) !== undefined);
      deepEqual(
        new Set(
          [...linkState.advertisements].filter(([, row]) => row.changedAt > revision).map(([node]) => node),
        ),
        new Set(changed.map(([node]) => node)),
      );
    }),
    400,
  );
});
