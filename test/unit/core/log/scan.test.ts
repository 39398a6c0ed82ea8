/** What the scan refuses, where it ends, and what its hashes tell apart. */
import { deepEqual, equal, notEqual } from "node:assert/strict";
import { test } from "node:test";
import { VALUE_DEPTH_MAX } from "../../../../lib/core/log/canonical.ts";
import { isAscii, scan, Scanner } from "../../../../lib/core/log/scan.ts";
import { SCANNED_BYTES_MAX } from "../../../../lib/core/log/scanning/value.ts";

test("scan() ends where the text does, or before the bracket that ends the list [L3]", () => {
  deepEqual([...scan('1,"a,]",[2],{"b":3},null')?.ends ?? []], [1, 7, 11, 19, 24]);
  equal(scan("[[1,2],3]", 2)?.end, 5);
  equal(scan("[[1,2],3]", 2)?.count, 2);
});

test("scan() refuses what ends too early, or goes on otherwise [L3]", () => {
  const cut = [
    "",
    ",",
    "1,",
    ",1",
    "[",
    "[1",
    "[1,",
    "{",
    '{"a',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '"',
    '"a',
    '"a\\',
  ];
  const bad = [
    "1}",
    "1 ",
    " 1",
    "1:",
    "[1,]",
    "{1:2}",
    '{"a"1}',
    '{"a":1,}',
    "nul",
    "tru",
    "x",
    "[1}",
    '{"a":1]',
    '"a"b',
  ];
  for (const text of [...cut, ...bad, "]"]) equal(scan(text), undefined, text);
  equal(scan("1", 1), undefined);
  equal(scan("1", 2), undefined);
});

test("scan() refuses numbers that JSON.stringify writes otherwise [L3]", () => {
  const other = [
    "-0",
    "00",
    "01",
    "-",
    "-01",
    "1.0",
    "1.",
    ".5",
    "1e5",
    "1E400",
    "1e999",
    "0.0000001",
    "1e+5",
    "0.10",
  ];
  for (
    const text of [
      ...other,
      "9007199254740993",
      "+1",
      "1e",
      "--1",
      "1-1",
      "9".repeat(99),
      `0.${"1".repeat(99)}`,
    ]
  ) {
    equal(scan(text), undefined, text);
  }
  const numbers = [
    0,
    -1,
    0.000001,
    1e-7,
    1e21,
    1.5e300,
    5e-324,
    2 ** 53,
    0.1 + 0.2,
    123456789012345680000,
    -0.5,
  ];
  for (const number of numbers) equal(scan(JSON.stringify(number))?.count, 1, String(number));
});

test("scan() refuses strings that JSON.stringify writes otherwise [L3]", () => {
  const bad = [
    "\n",
    "\u0000",
    "\\x",
    "\\/",
    "\\u0041",
    "\\u000a",
    "\\u001F",
    "\\u00",
    "\ud800",
    "\udc00",
    "\ud800a",
  ];
  for (const text of [...bad, "\\ud83d\\ude00", "\\uD800", "\\ud83d\ude00", "\ud83d\\ude00"]) {
    for (const before of ["", "abc", "abcd", "é", "…"]) equal(scan(`"${before}${text}"`), undefined, text);
  }
  for (const text of ["\ud800", "\udc00\ud800", "\u001f", "a\nb", "😀", "\u2028", '"\\']) {
    equal(scan(JSON.stringify(text))?.count, 1, text);
  }
});

test("scan() refuses an object with a key twice, also one with many keys [L3]", () => {
  for (const size of [1, 2, 15, 16, 17, 40]) {
    const fields = Array.from({ length: size }, (_, i) => `"key ${i}":${i}`);
    equal(scan(`{${fields}}`)?.count, 1);
    for (const i of [0, Math.floor(size / 2), size - 1]) equal(scan(`{${fields},"key ${i}":0}`), undefined);
  }
  equal(scan('{"a":{"a":1},"b":{"a":1}}')?.count, 1);
});

test("scan() goes VALUE_DEPTH_MAX deep and no deeper [L6]", () => {
  const deep = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  const nested = (depth: number) => '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
  for (const text of [deep, nested]) {
    equal(scan(text(VALUE_DEPTH_MAX))?.count, 1);
    equal(scan(text(VALUE_DEPTH_MAX + 1)), undefined);
  }
  equal(scan("[".repeat(1_000_000)), undefined);
});

test("scan() has room for as many values as there are [L3]", () => {
  const many = Array.from({ length: 5_000 }, (_, i) => i);
  const found = scan(many.join(","));
  equal(found?.count, 5_000);
  equal(found?.ends.length, 5_000);
  equal(new Set(Array.from(many, (i) => `${found?.hashes[2 * i]} ${found?.hashes[2 * i + 1]}`)).size, 5_000);
});

test("hashes tell kinds, boundaries and places apart [L3]", () => {
  const texts = [
    "1",
    '"1"',
    "[1]",
    '{"1":1}',
    "[[1]]",
    "[]",
    "{}",
    '""',
    "null",
    '"null"',
    "true",
    "false",
    "[1,2]",
  ];
  texts.push(
    "[2,1]",
    "[[1],2]",
    "[1,[2]]",
    '{"a":"b"}',
    '{"b":"a"}',
    '["a","b"]',
    '{"a":1,"b":2}',
    '{"a":2,"b":1}',
  );
  texts.push(
    "1.5",
    '"1.5"',
    '"a"',
    '"\\u0000"',
    '["",""]',
    '[""]',
    "4294967297",
    "-1",
    "4294967295",
    '{"a":{"b":1}}',
  );
  texts.push(
    '{"a":{},"b":1}',
    "9007199254740991",
    "-9007199254740991",
    '"…a"',
    '"a…"',
    '"…"',
    '"&…"',
    '"ab"',
    '"ba"',
  );
  for (const lane of [0, 1]) {
    const hashes = texts.map((text) => scan(text)?.hashes[lane]);
    equal(new Set(hashes).size, texts.length);
  }
  notEqual(scan('{"a":1}')?.hashes[0], scan('{"a":1,"b":1}')?.hashes[0]);
});

test("hashes of long texts differ wherever one character does [L3]", () => {
  const seen = new Set<string>();
  for (let at = 0; at < 64; at++) {
    for (const unit of ["b", "é", "…", "\\n"]) {
      seen.add(String(scan(`"${"a".repeat(at)}${unit}${"a".repeat(63 - at)}"`)?.hashes));
    }
  }
  equal(seen.size, 4 * 64);
});

test("a text of any length is scanned, a part at a time, and a value of SCANNED_BYTES_MAX is none [L3]", () => {
  const values = [
    "123456789",
    `"${"é…😀x".repeat(50)}"`,
    '{"a":[1,"😀"]}',
    `"${"x".repeat(SCANNED_BYTES_MAX / 2)}"`,
  ];
  const many = Array.from({ length: 3_000 }, (_, i) => values[i % 1_000 === 999 ? 3 : i % 3] ?? "");
  for (const kept of [many, many.filter((each) => each !== values[1] && each !== values[2])]) {
    const text = kept.join(",");
    const found = scan(`[${text}]`, 1);
    equal(found?.count, kept.length);
    equal(found?.end, 1 + text.length);
    let start = 0;
    for (const [i, each] of kept.entries()) {
      equal(text.slice(start, found?.ends[i]) === each, true);
      start += each.length + 1;
      const first = kept.indexOf(each);
      equal(found?.hashes[2 * i], found?.hashes[2 * first]);
    }
  }
  // A number may go on behind the end of a part.
  for (const digits of [1, 2, 3]) {
    const [long, number] = ["x".repeat(SCANNED_BYTES_MAX - 3 - digits), "12345"];
    deepEqual([...scan(`"${long}",${number}`)?.hashes ?? []].slice(2), [...scan(number)?.hashes ?? []]);
  }
  equal(scan(`"${"x".repeat(SCANNED_BYTES_MAX - 3)}"`)?.count, 1);
  equal(scan(`"${"x".repeat(SCANNED_BYTES_MAX - 2)}",1`), undefined);
  equal(scan(`"${"é".repeat(SCANNED_BYTES_MAX / 2)}"`), undefined);
});

test("several lists in one text are scanned, in any order, also while others are [L3]", () => {
  for (const between of ["x", "é", "😀"]) {
    const lists = [["1", '"…"'], ["[2]"], ['"😀"', "null", '{"a":"é"}']];
    const text = lists.map((list) => `[${list}]`).join(between);
    const scanner = new Scanner(text);
    for (const order of [[0, 1, 2], [2, 1, 0], [1, 1]]) {
      for (const i of order) {
        const list = lists[i] ?? [];
        const from = text.indexOf(`[${list}]`) + 1;
        const found = scanner.scan(from);
        equal(found?.end, from + list.join(",").length);
        deepEqual(found?.hashes, scan(list.join(","))?.hashes);
      }
    }
  }
});

test("isAscii() tells one character of two bytes or more, wherever it stands, and leaves a scanner its text", () => {
  const long = "x".repeat(SCANNED_BYTES_MAX);
  for (const text of ["", "x", `"${long}"`]) equal(isAscii(text), true);
  for (const text of ["é", `é${long}`, `${long}é`, `${long.slice(1)}𝄞${long}`, `${long}${long}\ud834`]) {
    equal(isAscii(text), false);
  }
  const scanner = new Scanner("[1,2],[3]");
  equal(scanner.scan(1)?.count, 2);
  equal(isAscii("something else that is longer"), true);
  equal(scanner.scan(7)?.count, 1);
});
