/** Positions in the stream of values: read, written, and put on the wire within its bounds. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { DIGEST_BYTES_MAX, Position } from "../../../lib/client/position.ts";
import { isWatch, ORIGINS_MAX, SPANS_MAX } from "../../../lib/core/message.ts";

const texts = ["", "n1.k3:1-50", "n1.k3:1-50;n2.x:1-7,9-12", "n1.k3:7", "n1.k3:2,4,6-8", "a%3Bb%3A%20c:1"];

test("a position is read as it is written", () => {
  for (const text of texts) equal(String(Position.parse(text)), text);
  equal(String(Position.parse(" n1.k3:1-50\n")), "n1.k3:1-50");
});

test("a position is read from a JSON digest", () => {
  equal(String(Position.parse(`[["n1.k3",[1,50]],["a;b",[1,1,3,9]]]`)), "n1.k3:1-50;a%3Bb:1,3-9");
  equal(String(Position.parse("[]")), "");
});

test("intervals that touch or overlap are one", () => {
  equal(String(Position.parse("n1.k3:1-5,6-9,4-7;n1.k3:10")), "n1.k3:1-10");
});

test("what is no position is none", () => {
  const bad = [
    "x",
    "n1",
    "n1:",
    ":1",
    "n1:0",
    "n1:2-1",
    "n1:1-",
    "n1:1;",
    "n1:1,,2",
    "n1:a",
    "%:1",
    "[1]",
    "[",
  ];
  bad.push(
    `[["n1",[1]]]`,
    `[["n1",[1,"2"]]]`,
    `[["n1",[2,1]]]`,
    `[["",[1,1]]]`,
    `[["n1",[1,1.5]]]`,
    `{"n1":[1,1]}`,
  );
  bad.push(`n1:${Number.MAX_SAFE_INTEGER + 1}`);
  for (const text of bad) equal(Position.parse(text), undefined, text);
});

test("a position has what was added to it", () => {
  const position = Position.parse("n1:3-4") ?? new Position();
  position.add("n2", 1, 1);
  deepEqual(
    [["n1", 2], ["n1", 3], ["n1", 4], ["n1", 5], ["n2", 1], ["n3", 1]].map(([origin, seq]) =>
      position.has(String(origin), Number(seq))
    ),
    [false, true, true, false, true, false],
  );
  deepEqual(position.digest(), [["n1", [3, 4]], ["n2", [1, 1]]]);
});

test("a digest names at most ORIGINS_MAX origins, and SPANS_MAX intervals of each: the longest", () => {
  const many = new Position();
  for (let i = 0; i <= ORIGINS_MAX; i++) many.add(`n${i}`, 1, 1);
  equal(many.digest().length, ORIGINS_MAX);
  const gaps = new Position();
  for (let i = 0; i <= SPANS_MAX; i++) gaps.add("n1", 10 * i + 1, 10 * i + (i === 5 ? 1 : 2));
  const spans = gaps.digest()[0]?.[1] ?? [];
  equal(spans.length, 2 * SPANS_MAX);
  ok(!spans.includes(51), "the shortest is left out");
  deepEqual(spans, spans.toSorted((a, b) => a - b));
  for (const position of [many, gaps]) ok(isWatch({ type: "watch", from: position.digest() }));
});

test("a digest takes at most DIGEST_BYTES_MAX bytes", () => {
  const position = new Position();
  for (let i = 0; i < ORIGINS_MAX; i++) {
    for (let n = 0; n < SPANS_MAX; n++) position.add(`n${i}`, 2 ** 50 + 3 * n, 2 ** 50 + 3 * n + 1);
  }
  const bytes = Buffer.byteLength(JSON.stringify(position.digest()));
  ok(bytes <= DIGEST_BYTES_MAX && bytes > DIGEST_BYTES_MAX - 4096, `${bytes} bytes`);
});
