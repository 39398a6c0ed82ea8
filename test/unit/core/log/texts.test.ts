/** The texts of consecutive values: one by one, in parts, and how many bytes they take. */
import { deepEqual, equal, throws } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { isWhole, PIECE_CHARS_MIN, Texts } from "../../../../lib/core/log/texts.ts";

const VALUES = ["1", '"a,b"', "[1,2]", '{"a":[1,{"b":2}],"c":","}', '"é…😀"', "null", '""', "-0.5"];

test("each text is there, by its place and one after the other", () => {
  const texts = Texts.of(VALUES);
  equal(texts.text, VALUES.join(","));
  equal(texts.length, VALUES.length);
  deepEqual([...texts], VALUES);
  deepEqual(VALUES.map((_, i) => texts.at(i)), VALUES);
  deepEqual([...Texts.of([])], []);
  deepEqual([...Texts.of(["7"])], ["7"]);
});

test("a part is like a list of the same values, and so is a part of a part", () => {
  for (let from = 0; from < VALUES.length; from++) {
    for (let to = from + 1; to <= VALUES.length; to++) {
      const part = Texts.of(VALUES).slice(from, to);
      const alone = Texts.of(VALUES.slice(from, to));
      equal(part.text, alone.text);
      deepEqual([...part], [...alone]);
      deepEqual([...part.scanned.ends], [...alone.scanned.ends]);
      deepEqual([...part.scanned.hashes], [...alone.scanned.hashes]);
      equal(part.scanned.end, alone.scanned.end);
      deepEqual([...part.slice(part.length - 1, part.length)], [VALUES[to - 1]]);
    }
  }
});

test("long texts that are joined stay in their pieces until somebody looks into them, and are one text then", () => {
  const [a, b] = [JSON.stringify("a".repeat(2_000)), JSON.stringify("é".repeat(2_000))];
  const parts = [Texts.of([a, "1"]), Texts.of([b])];
  for (const part of parts) equal(part.scanned.count, part.length);
  const joined = Texts.joined(parts);
  deepEqual(joined.pieces, [`${a},1`, b]);
  equal(joined.chars, a.length + b.length + 3);
  equal(joined.at(2), b);
  deepEqual(joined.pieces, [`${a},1,${b}`]);
  equal(Texts.joined([joined, parts[0] ?? joined]).apart().pieces.length, 1);
  deepEqual(Texts.joined([Texts.ofWholes([1]), Texts.ofWholes([2, 3])]).pieces, ["1,2,3"]);
});

test("texts that are joined stay in their pieces from PIECE_CHARS_MIN characters a piece on", () => {
  const joined = (chars: number) => {
    // The comma between the two counts as well.
    const texts = [PIECE_CHARS_MIN, chars - PIECE_CHARS_MIN - 1].map((all) => `"${"a".repeat(all - 2)}"`);
    return Texts.joined(texts.map((text) => Texts.of([text])));
  };
  for (const [chars, pieces] of [[2 * PIECE_CHARS_MIN, 2], [2 * PIECE_CHARS_MIN - 1, 1]] as const) {
    deepEqual([joined(chars).chars, joined(chars).pieces.length], [chars, pieces]);
  }
});

test("a part may end behind the last value, and may be empty", () => {
  const texts = Texts.of(VALUES);
  deepEqual([...texts.slice(6, 99)], VALUES.slice(6));
  equal(texts.slice(0, 99), texts);
  for (const [from, to] of [[0, 0], [3, 3], [8, 9]] as const) {
    const none = texts.slice(from, to);
    equal(none.length, 0);
    equal(none.text, "");
    equal(none.bytes, 0);
  }
});

test("bytes are no less than the text takes as UTF-8, and just these where it is ASCII", () => {
  for (
    const text of [
      ...VALUES,
      `"${"\uffff".repeat(9)}"`,
      '"\u007f\u0080"',
      '"\u07ff\u0800"',
      '"\\ud800"',
      '"\uffff"',
      '"😀😀😀😀"',
    ]
  ) {
    for (const texts of [[text], [text, "1"], ["1", text, '"x"']]) {
      const { text: all, bytes, scanned } = Texts.of(texts);
      const length = Buffer.byteLength(all);
      equal(bytes >= length, true, all);
      equal(scanned.isAscii, length === all.length, all);
      if (scanned.isAscii) equal(bytes, length);
    }
  }
  equal(Texts.of([]).bytes, 0);
});

test("whole numbers are spelled as JSON.stringify does, and nothing else is one", () => {
  const wholes = [0, -0, 7, -7, 1e15 - 1, 1 - 1e15].filter(isWhole);
  equal(wholes.length, 6);
  const [texts, same] = [Texts.ofWholes(wholes), Texts.of(wholes.map((each) => JSON.stringify(each)))];
  equal(texts.bytes, same.bytes);
  deepEqual([...texts], [...same]);
  deepEqual([...texts.slice(1, 3)], [...same.slice(1, 3)]);
  deepEqual([...texts.hashes], [...same.hashes]);
  for (const other of [1e15, -1e15, 0.5, NaN, Infinity, "7", null, [7]]) equal(isWhole(other), false);
});

test("a text that lists another number of values, or none, is a mistake of who made it", () => {
  for (const text of ["1,2", "1,", "x"]) {
    throws(() => new Texts(text, 1).scanned, /as many values are listed/);
  }
});
