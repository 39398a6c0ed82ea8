/** The texts of a block that may grow: few objects hold them, and any range is read as it came. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { OpenTexts, PACKED_PARTS } from "../../../../lib/core/log/kept/open_texts.ts";
import { Texts } from "../../../../lib/core/log/texts.ts";

const COUNT = 1_000;

const kinds: Record<string, (i: number) => Texts> = {
  "whole numbers": (i) => Texts.ofWholes([i]),
  texts: (i) => Texts.of([`"ä${i}"`]),
  "one and the other": (i) => i % 3 === 0 ? Texts.of([`"${i}"`, `[${i}]`]) : Texts.ofWholes([i]),
};

for (const [name, make] of Object.entries(kinds)) {
  test(`of ${name} that come one by one, few parts are held, and each range is read`, () => {
    const open = new OpenTexts();
    const values: string[] = [];
    for (let i = 0; i < COUNT; i++) {
      const part = make(i);
      open.add(part);
      values.push(...part);
      ok(open.parts < 2 * PACKED_PARTS + COUNT / PACKED_PARTS, `${open.parts} parts`);
    }
    equal(open.own().text, values.join(","));
    for (
      const [first, count] of [[0, 1], [1, 31], [31, 2], [30, 40], [64, 64], [900, 100], [999, 1]] as const
    ) {
      const read = open.read(first, count);
      equal(read.length, count);
      deepEqual([...read], values.slice(first, first + count));
    }
  });
}

test("all are read as they came, however often that is asked", () => {
  for (const every of [1, 2, 7, 31, 32, 33, 63, 64, 65, 90, 400]) {
    const open = new OpenTexts();
    const values: number[] = [];
    for (let i = 1; i <= COUNT; i++) {
      open.add(Texts.ofWholes([i]));
      values.push(i);
      if (i % every === 0) equal(open.read(0, i).text, values.join(","), `every ${every}, after ${i}`);
    }
  }
});

test("what came last is read as it came", () => {
  const open = new OpenTexts();
  for (let i = 0; i < COUNT; i++) {
    const part = Texts.ofWholes([i]);
    open.add(part);
    equal(open.read(i, 1), part);
  }
});
