/** A value that comes again soon is told from a new one, and memory is bounded. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Recent, RECENT_CHARS_MAX, RECENT_VALUES_MAX } from "../../../lib/client/recent.ts";
import { scan } from "../../../lib/core/log/scan.ts";

/** Whether each of these is new, in turn. */
function news(recent: Recent, ...texts: readonly string[]): boolean[] {
  return texts.map((text) => {
    const [high = 0, low = 0] = scan(text)?.hashes ?? [];
    return recent.add(high, low, { text });
  });
}

test("an equal value is new once, whatever the order of its keys", () => {
  const texts = ['{"a":1,"b":[2]}', '{"b":[2],"a":1}', '{"a":1,"b":[3]}', "1", '"1"', "[1]", "1", '"1"'];
  deepEqual(news(new Recent(), ...texts), [true, false, true, true, true, true, false, false]);
});

test("an equal hash is a reason to compare, and not believed", () => {
  const recent = new Recent();
  deepEqual(["1", "2", "2", "1"].map((text) => recent.add(7, 7, { text })), [true, true, false, true]);
});

test("at most RECENT_VALUES_MAX values are remembered, and the last half of them surely", () => {
  const recent = new Recent();
  const add = (n: number) => recent.add(n, n, { text: `${n}` });
  const count = 3 * RECENT_VALUES_MAX;
  for (let n = 1; n <= count; n++) {
    ok(add(n));
    if (recent.size > RECENT_VALUES_MAX) equal(recent.size, RECENT_VALUES_MAX);
  }
  for (let n = count - RECENT_VALUES_MAX / 2 + 1; n <= count; n++) equal(add(n), false);
  equal(add(1), true);
});

test("values of RECENT_CHARS_MAX characters together are remembered, and no more", () => {
  const recent = new Recent();
  const chars = RECENT_CHARS_MAX / 16;
  const texts = Array.from({ length: 40 }, (_, i) => `"${i}`.padEnd(chars - 1, "x") + '"');
  for (const [i, text] of texts.entries()) {
    ok(recent.add(i, i, { text }));
    ok(recent.size <= 16);
  }
  deepEqual(texts.slice(-8).map((text, i) => recent.add(32 + i, 32 + i, { text })), Array(8).fill(false));
  equal(recent.add(0, 0, { text: texts[0] ?? "" }), true);
});
