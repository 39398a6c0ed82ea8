/** Fingerprints against the plainest model there is: a map of pairs. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Fingerprints } from "../../../lib/core/log/fingerprints.ts";
import { GATHERED_MAX } from "../../../lib/core/log/kept/gathered.ts";
import { seeded } from "../../../lib/core/random.ts";
import { holds } from "../holds.ts";

type Pair = readonly [high: number, low: number, block: number];

/** Few hashes and few blocks, so that many pairs have either in common; block ids on both sides of 2^32. */
const pair: fc.Arbitrary<Pair> = fc.tuple(
  fc.constantFrom(0, 1, -1, 0x7fffffff, -0x80000000),
  fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -0x80000000, max: 0x7fffffff })),
  fc.oneof(fc.integer({ min: 3, max: 6 }), fc.integer({ min: 2 ** 32 - 2, max: 2 ** 32 + 1 })),
);
const change = fc.record({ pair, isGone: fc.boolean() });

function candidates(set: Fingerprints, high: number, low: number): number[] {
  const blocks: number[] = [];
  equal(set.find(high, low, (block) => blocks.push(block) === 0), false);
  return blocks.sort((a, b) => a - b);
}

test("Fingerprints asks about just the blocks that were added with these hashes, each once", () => {
  holds(
    fc.property(fc.array(change, { maxLength: 120, size: "max" }), (changes) => {
      const set = new Fingerprints();
      const model = new Map<string, Pair>();
      for (const { pair: [high, low, block], isGone } of changes) {
        const key = `${high} ${low} ${block}`;
        if (isGone) equal(set.delete(high, low, block), model.delete(key));
        else {
          // What this adds need not be added, and what it does not is.
          const isNew = set.addNew(high, low, block);
          equal(isNew, ![...model.values()].some((each) => each[0] === high && each[1] === low));
          if (!isNew) set.add(high, low, block);
          model.set(key, [high, low, block]);
        }
        equal(set.size, model.size);
      }
      for (const { pair: [high, low] } of changes) {
        const blocks = [...model.values()].filter((each) => each[0] === high && each[1] === low);
        deepEqual(candidates(set, high, low), blocks.map(([, , block]) => block).sort((a, b) => a - b));
      }
      for (const each of model.values()) equal(set.delete(...each), true);
      deepEqual([set.size, set.bytes], [0, 0]);
    }),
    400,
  );
});

test("what Fingerprints gathers is added as if one by one, and it is told of the others in their order", () => {
  const hash = fc.constantFrom(0, 1, 2, 3, -1);
  const gathered = fc.array(fc.tuple(hash, hash, fc.integer({ min: 1, max: 9 })), { maxLength: 60 });
  holds(
    fc.property(gathered, (pairs) => {
      const [set, model] = [new Fingerprints(5), new Fingerprints()];
      const [held, expected]: [number[], number[]] = [[], []];
      const onHeld = (block: number, i: number) => {
        equal(block, pairs[i]?.[2]);
        held.push(i);
      };
      pairs.forEach(([high, low, block], i) => {
        set.gather(high, low, block, i, onHeld);
        if (!model.addNew(high, low, block)) expected.push(i);
      });
      equal(set.size, 0);
      set.settle(onHeld);
      equal(set.size, model.size);
      // Those of one hash are told in the order in which they came.
      for (const [high, low] of pairs) {
        const same = (i: number) => pairs[i]?.[0] === high && pairs[i][1] === low;
        deepEqual(held.filter(same), expected.filter(same));
        deepEqual(candidates(set, high, low), candidates(model, high, low));
      }
    }),
    400,
  );
});

test("no more wait in a bucket of Fingerprints than GATHERED_MAX", () => {
  const set = new Fingerprints();
  const never = () => equal(true, false, "all are new");
  for (let i = 1; i < GATHERED_MAX; i++) set.gather(7, i, 1, i, never);
  equal(set.size, 0);
  set.gather(7, GATHERED_MAX, 1, 0, never);
  equal(set.size, GATHERED_MAX);
});

test("Fingerprints has room for as many as it expects, and grows a little at a time", () => {
  const random = seeded(2);
  const hash = () => random.next() * 2 ** 32 | 0;
  const [set, expecting] = [new Fingerprints(), new Fingerprints(100_000)];
  const sizes = new Set<number>();
  for (let i = 1; i <= 200_000; i++) {
    const [high, low] = [hash(), hash()];
    set.add(high, low, i);
    const each = set.bytes / set.size;
    if (i > 50_000) equal(each > 10.9 && each < 11.6, true, `${each} bytes each, of ${i}`);
    if (i > 90_000) continue;
    expecting.add(high, low, i);
    if (i > 10_000) sizes.add(expecting.bytes);
  }
  equal(sizes.size < 5, true, `${sizes.size} sizes`);
});

test("Fingerprints stops asking at the first block that has the value", () => {
  const set = new Fingerprints();
  for (const block of [1, 2, 3]) set.add(7, 8, block);
  let asked = 0;
  equal(set.find(7, 8, () => ++asked === 2), true);
  equal(asked, 2);
});

test("Fingerprints restores the ids of old blocks when new ones have passed 2^32", () => {
  const set = new Fingerprints();
  const ids = [2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 3 * 2 ** 32 - 2];
  for (const block of ids.slice(0, 3)) set.add(1, 2, block);
  deepEqual(candidates(set, 1, 2), ids.slice(0, 3));
  for (const block of ids.slice(0, 3)) equal(set.delete(1, 2, block), true);
  set.add(1, 2, 3 * 2 ** 32 - 2);
  set.add(1, 2, 2 * 2 ** 32);
  deepEqual(candidates(set, 1, 2), [2 * 2 ** 32, 3 * 2 ** 32 - 2]);
});

test("200,000 random hashes in Fingerprints take 10 to 16 bytes each, none is taken for another, and all can go", () => {
  const random = seeded(1);
  const hashes = Int32Array.from({ length: 400_000 }, () => random.next() * 2 ** 32);
  const set = new Fingerprints();
  let strangers = 0;
  for (let i = 0; i < hashes.length; i += 2) {
    const [high = 0, low = 0] = hashes.subarray(i, i + 2);
    set.find(high, low, () => ++strangers < 0);
    set.add(high, low, i);
  }
  equal(strangers, 0);
  equal(set.bytes >= 10 * set.size && set.bytes <= 16 * set.size, true, `${set.bytes / set.size} bytes each`);
  for (let i = 0; i < hashes.length; i += 2) {
    const [high = 0, low = 0] = hashes.subarray(i, i + 2);
    equal(set.find(high, low, (block) => block === i), true);
    if (i % 20 !== 0) equal(set.delete(high, low, i), true);
  }
  equal(set.size, 20_000);
  equal(set.bytes <= 20 * set.size, true, `${set.bytes / set.size} bytes each, once most are gone`);
});
