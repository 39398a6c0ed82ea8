/** Blocks that were read lately: which are still held, and how much of them. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Texts } from "../../../lib/core/log/texts.ts";
import { BlockCache, CACHED_TEXTS_BYTES_MAX } from "../../../lib/store/block_cache.ts";

/** As a block of a thousand values that are told together. */
const CHARS = 65_536;
const COUNT = CACHED_TEXTS_BYTES_MAX / CHARS;

test("the texts of the last blocks are held, and no more of all than CACHED_TEXTS_BYTES_MAX", () => {
  const cache = new BlockCache();
  const ids = Array.from({ length: COUNT }, (_, i) => i + 1);
  for (const id of ids) {
    const texts = Texts.of([`"${"x".repeat(CHARS - 2)}"`]);
    cache.keep({ id, origin: "a", seq: id, topic: undefined, at: 0, texts });
  }
  // What is found is used once more: the last ones are looked for first.
  const held = ids.toReversed().filter((id) => cache.find(id) !== undefined).toReversed();
  ok(held.length >= COUNT / 8, `of ${COUNT} blocks ${held.length} are held`);
  deepEqual(held, ids.slice(-held.length));
  // A character takes up to two bytes.
  ok(2 * CHARS * held.length <= CACHED_TEXTS_BYTES_MAX, `${held.length} blocks are held`);
  equal(cache.find(ids.length)?.texts.text.length, CHARS);
});
