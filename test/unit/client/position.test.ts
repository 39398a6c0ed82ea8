/** Positions in the stream of values: read and written as text. */
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { parsePosition, positionText } from "../../../lib/client/position.ts";

const texts = ["", "n1.k3:1-50", "n1.k3:1-50;n2.x:1-7,9-12", "n1.k3:7", "n1.k3:2,4,6-8", "a%3Bb%3A%20c:1"];

test("a position is read as it is written", () => {
  for (const text of texts) equal(written(text), text);
  equal(written(" n1.k3:1-50\n"), "n1.k3:1-50");
});

test("a position is read from a JSON digest", () => {
  equal(written(`[["n1.k3",[1,50]],["a;b",[1,1,3,9]]]`), "n1.k3:1-50;a%3Bb:1,3-9");
  equal(written("[]"), "");
});

test("intervals that touch or overlap are one", () => {
  equal(written("n1.k3:1-5,6-9,4-7;n1.k3:10"), "n1.k3:1-10");
});

test("a text that is no position is refused", () => {
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
  for (const text of bad) equal(parsePosition(text), undefined, text);
});

function written(text: string): string | undefined {
  const position = parsePosition(text);
  return position === undefined ? undefined : positionText(position);
}
