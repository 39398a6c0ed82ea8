/** A digest on the wire: written within its bounds, and read again. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { Digest, WIRE_DIGEST_BYTES_MAX } from "../../../../lib/core/log/digest.ts";
import { ORIGINS_MAX, SPANS_MAX } from "../../../../lib/core/message.ts";
import { isWatch } from "../../../../lib/core/requests.ts";

test("a digest is read from the wire as it was written, and has what was added to it", () => {
  const digest = Digest.fromWire([["n1", [3, 4]]]);
  digest.addSpan("n2", 1, 1);
  const numbers = [["n1", 2], ["n1", 3], ["n1", 4], ["n1", 5], ["n2", 1], ["n3", 1]] as const;
  deepEqual(numbers.map(([origin, seq]) => digest.has(origin, seq)), [false, true, true, false, true, false]);
  deepEqual(digest.toWire(), [["n1", [3, 4]], ["n2", [1, 1]]]);
  deepEqual(Digest.fromWire(digest.toWire()).toWire(), digest.toWire());
});

test("an interval on the wire that ends before it begins, or not at all, is passed over", () => {
  deepEqual(Digest.fromWire([["n1", [5, 4, 7, 8, 9]]]).toWire(), [["n1", [7, 8]]]);
});

test("a digest names at most ORIGINS_MAX origins, and SPANS_MAX intervals of each: the longest", () => {
  const many = new Digest();
  for (let i = 0; i <= ORIGINS_MAX; i++) many.addSpan(`n${i}`, 1, 1);
  equal(many.toWire().length, ORIGINS_MAX);
  const gaps = new Digest();
  for (let i = 0; i <= SPANS_MAX; i++) gaps.addSpan("n1", 10 * i + 1, 10 * i + (i === 5 ? 1 : 2));
  const spans = gaps.toWire()[0]?.[1] ?? [];
  equal(spans.length, 2 * SPANS_MAX);
  ok(!spans.includes(51), "the shortest is left out");
  deepEqual(spans, spans.toSorted((a, b) => a - b));
  for (const digest of [many, gaps]) ok(isWatch({ type: "watch", from: digest.toWire() }));
});

test("a digest takes at most WIRE_DIGEST_BYTES_MAX bytes", () => {
  const digest = new Digest();
  for (let i = 0; i < ORIGINS_MAX; i++) {
    for (let n = 0; n < SPANS_MAX; n++) digest.addSpan(`n${i}`, 2 ** 50 + 3 * n, 2 ** 50 + 3 * n + 1);
  }
  const bytes = Buffer.byteLength(JSON.stringify(digest.toWire()));
  ok(bytes <= WIRE_DIGEST_BYTES_MAX && bytes > WIRE_DIGEST_BYTES_MAX - 4096, `${bytes} bytes`);
});
