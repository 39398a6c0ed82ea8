/** Which values are held: equal hashes alone make no value a repeat. */
import { deepEqual, equal, fail } from "node:assert/strict";
import { test } from "node:test";
import { Log } from "../../../../lib/core/log/log.ts";
import { MemoryEntries } from "../../../../lib/core/log/memory_entries.ts";
import type { Block } from "../../../../lib/core/log/entry_store.ts";
import { Texts } from "../../../../lib/core/log/texts.ts";
import { add, readOf } from "../../../shared/entries.ts";

/** As if every text had the hashes of every other. */
class Colliding extends MemoryEntries {
  looked = 0;

  override block(id: number): Block | undefined {
    this.looked++;
    const block = super.block(id);
    return block && { ...block, texts: colliding([...block.texts]) };
  }

  override *blocks(): Iterable<Block> {
    for (const { id } of super.blocks()) yield this.block(id) ?? fail();
  }
}

function colliding(texts: readonly string[]): Texts {
  const { ends, ...found } = Texts.of(texts).scanned;
  const hashes = new Int32Array(2 * texts.length).fill(7);
  return new Texts(texts.join(","), texts.length, { ...found, ends, hashes });
}

test("two values with the same hashes are both held, as they are looked up [L8]", () => {
  const entries = new Colliding();
  const log = new Log(entries);
  log.addRun({ origin: "a", seq: 1, texts: colliding(['"x"', '"y"', '"x"']) }, 0);
  deepEqual(readOf(log), ["x", "y"]);
  equal(log.count, 2);
  equal(log.holdsValue(colliding(['"y"'])), true);
  equal(log.holdsValue(colliding(['"z"'])), false);
  equal(entries.looked > 0, true);
});

test("of many that are restored at once, those that were repeats are again, and equal hashes make none [N9]", () => {
  const entries = new Colliding();
  const log = new Log(entries);
  log.addRun({ origin: "a", seq: 1, texts: colliding(['"x"', '"y"', '"x"', '"y"']) }, 0);
  const again = new Log(entries);
  deepEqual([again.count, again.digest, readOf(again)], [2, log.digest, ["x", "y"]]);
  deepEqual([1, 2, 3, 4].map((seq) => again.isRepeat("a", seq)), [false, false, true, true]);
});

test("a log of repeats in many blocks is restored as it was", () => {
  const entries = new MemoryEntries();
  const log = new Log(entries);
  const [each, runs] = [1_000, 10];
  for (const origin of ["a", "b"]) {
    for (let run = 0; run < runs; run++) {
      const texts = Texts.of(Array.from({ length: each }, (_, i) => `"${run * each + i}"`));
      log.addRun({ origin, seq: 1 + run * each, texts }, 0);
    }
  }
  const again = new Log(entries);
  deepEqual([again.count, again.digest], [runs * each, log.digest]);
  for (let seq = 1; seq <= runs * each; seq += 7) {
    deepEqual([again.isRepeat("a", seq), again.isRepeat("b", seq)], [false, true]);
    deepEqual([...again.shown.twinsOf("a", seq) ?? []].map((twin) => twin.seq), [seq]);
  }
});

test("a value is kept as the text that it came as, the order of its keys included [L7]", () => {
  const log = new Log();
  add(log, { origin: "a", seq: 1, value: { b: 1, a: { d: 2, c: 3 } } });
  equal(log.read(Infinity), '[{"b":1,"a":{"d":2,"c":3}}]');
  equal(add(log, { origin: "a", seq: 2, value: { a: { c: 3, d: 2 }, b: 1 } }), true, "an entry is new");
  equal(log.count, 1);
});

test("a read that is over its limit gives nothing [N3]", () => {
  const log = new Log();
  add(log, { origin: "a", seq: 1, value: "x".repeat(100) });
  equal(log.read(50), undefined);
  equal(log.read(102), `["${"x".repeat(100)}"]`);
});
