/** The cache of texts against a model that remembers everything, in order of use. */
import { equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { copied, ENTRY_CACHE_BYTES_MAX, TextsCache } from "../../../lib/core/log/kept/texts_cache.ts";
import { Texts } from "../../../lib/core/log/texts.ts";
import { holds } from "../holds.ts";

const BYTES_MAX = 40_000;

const step = fc.record({
  block: fc.integer({ min: 1, max: 3 }),
  first: fc.integer({ min: 0, max: 1 }),
  count: fc.integer({ min: 1, max: 2 }),
  size: fc.constantFrom(1, 500, 2_000, BYTES_MAX),
  kind: fc.constantFrom("take", "take", "take", "take", "drop"),
});

interface Use {
  readonly key: string;
  readonly texts: Texts;
}

test("TextsCache gives what it was given, forgets what was not used for longest, and stays within its limit", () => {
  holds(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const cache = new TextsCache(BYTES_MAX);
      const uses: Use[] = [];
      const known = new Map<string, Texts>();
      for (const { block, first, count, size, kind } of steps) {
        if (kind === "drop") {
          cache.drop(block);
          for (const key of known.keys()) if (key.startsWith(`${block} `)) known.delete(key);
          continue;
        }
        const key = `${block} ${first} ${count}`;
        const found = cache.find(block, first, count);
        if (found !== undefined) equal(found, known.get(key));
        else if (known.has(key)) {
          const since = uses.slice(uses.findLastIndex((use) => use.key === key));
          equal(2 * sum(since.map(({ texts }) => texts)) > BYTES_MAX, true, `${key} is there`);
        }
        const texts = found ??
          Texts.of(Array.from({ length: count }, () => JSON.stringify("x".repeat(size))));
        if (found === undefined) equal(cache.keep(block, first, texts), texts);
        uses.push({ key, texts });
        known.set(key, texts);
        equal(cache.bytes <= BYTES_MAX, true, `${cache.bytes} bytes`);
      }
      const held = [...known.keys()].flatMap((key) => {
        const [block = 0, first = 0, count = 0] = key.split(" ").map(Number);
        return cache.find(block, first, count) ?? [];
      });
      equal(sum(held) <= BYTES_MAX, true);
    }),
    500,
  );
});

/** What they take at most, bytes. */
function sum(all: readonly Texts[]): number {
  return all.reduce((bytes, { text, length }) => bytes + 320 + 2 * text.length + 12 * length, 0);
}

test("TextsCache holds thousands of ranges, and no more than ENTRY_CACHE_BYTES_MAX of them", () => {
  const cache = new TextsCache();
  const texts = Texts.of(Array.from({ length: 64 }, (_, i) => JSON.stringify("x".repeat(i))));
  for (let block = 1; block <= 20_000; block++) cache.keep(block, 0, texts);
  equal(cache.bytes <= ENTRY_CACHE_BYTES_MAX, true);
  const held = Array.from({ length: 20_000 }, (_, i) => cache.find(i + 1, 0, 64)).filter(Boolean).length;
  equal(held >= 1_000, true, `${held} are held`);
});

test("copied() is what a slice is", () => {
  const texts = Texts.of(["1", '"é"', "[2,3]", '{"a":4}']);
  for (let from = 0; from < 4; from++) {
    for (let to = from + 1; to <= 4; to++) {
      const [copy, slice] = [copied(texts, from, to), texts.slice(from, to)];
      equal(copy.text, slice.text);
      equal([...copy].join("|"), [...slice].join("|"));
    }
  }
});
