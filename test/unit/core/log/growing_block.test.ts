/** A block that grows, by values that are scanned already and by such as are not: it gives what it was given. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { at } from "../../../../lib/core/assert.ts";
import { MemoryBlock } from "../../../../lib/core/log/kept/memory_block.ts";
import { PACKED_PARTS } from "../../../../lib/core/log/kept/open_texts.ts";
import { scan } from "../../../../lib/core/log/scan.ts";
import { Texts } from "../../../../lib/core/log/texts.ts";

/** What comes at once: of one value, nothing is known. */
const stories = [
  [["1"], ["2"], ["30", "31"], ["4"]],
  [["30", "31"], ["4"], ["5"], ["6", "7"], ["8"]],
  [['"ä"', '"öß"'], ["1"], ["2"], ['"漢字"'], ["3", "4"]],
  [["1"], ['"ä"'], ["2"], ['"x"', '"😀"'], ["3"]],
];

test("a growing block gives each range of its values, and what a scan of them finds", () => {
  for (const story of stories) {
    const all = story.flat();
    for (let first = 0; first < all.length; first++) {
      for (let count = 1; first + count <= all.length; count++) {
        const block = new MemoryBlock(1, "n1.1", 1, undefined, 0);
        for (const values of story) {
          const texts = Texts.of(values);
          block.put(
            values.length === 1 ? texts : new Texts(texts.text, texts.length, scan(texts.text)),
            0,
            0,
          );
        }
        const { text, scanned } = block.read(first, count);
        const wanted = all.slice(first, first + count).join(",");
        equal(text, wanted);
        const { isAscii: _, ...found } = scanned;
        const { isAscii: __, ...expected } = scan(wanted) ?? scanned;
        deepEqual(found, expected);
      }
    }
  }
});

test("a growing block that is asked for all of it again puts only what has come since to its text", () => {
  const block = new MemoryBlock(1, "n1.1", 1, undefined, 0);
  let looks = 0;
  for (let i = 1; i <= 4; i++) {
    const texts = Texts.ofWholes([i]);
    block.put(texts, 0, 0);
    Object.defineProperty(texts, "text", { get: () => (looks++, `${i}`) });
    if (i > 1) equal(block.read(0, i).text, "1,2,3,4".slice(0, 2 * i - 1));
    equal(block.read(i - 1, 1), texts, "what came at once is as it came");
  }
  equal(block.read(0, 4).text, "1,2,3,4");
  equal(looks, 4);
});

test("a growing block gives all of it whenever it is asked, also where parts that it gave became one", () => {
  for (const every of [1, 7, 3 * PACKED_PARTS - 5]) {
    const block = new MemoryBlock(1, "n1.1", 1, undefined, 0);
    const all: string[] = [];
    for (let i = 0; i < 6 * PACKED_PARTS; i++) {
      all.push(i % 5 === 0 ? `"${i}"` : `${i}`);
      block.put(Texts.of([at(all, i)]), 0, 0);
      if (i % every !== 0) continue;
      const texts = block.read(0, all.length);
      deepEqual([texts.text, texts.scanned.count], [all.join(), all.length]);
      if (i > 0) equal(block.read(1, i).text, all.slice(1).join());
    }
    equal(block.read(0, all.length).text, all.join());
  }
});
