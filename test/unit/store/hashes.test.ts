/** The hashes that are kept beside a block: what is restored from them is what its values would give. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Log } from "../../../lib/core/log/log.ts";
import { Texts } from "../../../lib/core/log/texts.ts";
import type { Json } from "../../../lib/core/message.ts";
import { hashesToKeep, textsWith } from "../../../lib/store/hashes.ts";
import { add, readOf } from "../../shared/entries.ts";
import { inFolder, open } from "./folder.ts";

const long = (n: number): Json => ({ id: n, text: "x".repeat(40), nested: { b: n, a: [n] } });

test(
  "a log that is opened again knows its values by the hashes that were kept, and takes none twice",
  inFolder((dir) => {
    const first = open(dir);
    const before = new Log(first);
    const values: Json[] = [long(1), long(2), "y".repeat(50), 7, long(3)];
    values.forEach((value, i) => add(before, { origin: "n1.1", seq: i + 1, value }));
    first.commit();
    first.close();
    const again = open(dir);
    const log = new Log(again);
    deepEqual([log.digest, log.count, readOf(log)], [before.digest, 5, values]);
    add(log, { origin: "n2.1", seq: 1, value: { nested: { a: [2], b: 2 }, text: "x".repeat(40), id: 2 } });
    equal(log.count, 5);
    again.close();
  }),
);

test("hashes are kept where values are long and none is a whole number", () => {
  const texts = (...values: Json[]) => Texts.of(values.map((value) => JSON.stringify(value)));
  const short = texts(1, 2, 3);
  equal(hashesToKeep(short), null);
  equal(short.isScanned, false, "of short ones they are not even looked for");
  equal(hashesToKeep(texts(long(1), 7)), null);
  const kept = texts(long(1), 0.5, long(2));
  const hashes = hashesToKeep(kept);
  for (const each of [hashes, null]) equalTexts(textsWith(utf8(kept), 3, each), kept);
});

test("what is restored with hashes has the text that was kept, whatever its letters", () => {
  for (const letter of ["x", "é", "水", "😀"]) {
    const kept = Texts.of([JSON.stringify(letter.repeat(40)), "0.5", '{"a":[]}']);
    equalTexts(textsWith(utf8(kept), 3, hashesToKeep(kept)), kept);
  }
});

const utf8 = ({ text }: Texts) => new TextEncoder().encode(text);

function equalTexts(again: Texts, kept: Texts): void {
  const all = ({ length, chars, bytes, isAscii, text }: Texts) => [length, chars, bytes, isAscii, text];
  deepEqual([...again.hashes], [...kept.scanned.hashes]);
  deepEqual([all(again), [...again]], [all(kept), [...kept]]);
}
