/** The latest entry of each key: what supersedes what, how many keys there may be, and how little each takes. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Latest, type Put } from "../../../../lib/core/keys/latest.ts";
import { KEY_BYTES_MAX } from "../../../../lib/core/keys/names.ts";

function put(stamp: number, origin = "n1.a", seq = stamp, deleted = false): Put {
  return { stamp, origin, seq, deleted };
}

test("a later entry supersedes an earlier one, and one that comes late is superseded at once", () => {
  const latest = new Latest();
  equal(latest.note("flags", "on", put(5)), undefined);
  deepEqual(latest.note("flags", "on", put(7)), { origin: "n1.a", seq: 5 });
  deepEqual(latest.note("flags", "on", put(6, "n2.b")), { origin: "n2.b", seq: 6 });
  equal(latest.note("flags", "on", put(7)), undefined, "the same again changes nothing");
  deepEqual(latest.get("flags", "on"), put(7));
  equal(latest.isLatest("flags", "on", "n1.a", 7), true);
  equal(latest.isLatest("flags", "on", "n1.a", 5), false);
  equal(latest.isLatest("flags", "on", "n2.b", 7), false);
  equal(latest.isLatest("flags", "off", "n1.a", 7), false);
});

test("equal stamps are decided by the origin as text, then by the number", () => {
  const latest = new Latest();
  latest.note("", "k", put(5, "n10.a", 9));
  deepEqual(latest.note("", "k", put(5, "n2.a", 1)), { origin: "n10.a", seq: 9 });
  deepEqual(latest.note("", "k", put(5, "n2.a", 2)), { origin: "n2.a", seq: 1 });
  deepEqual(latest.note("", "k", put(5, "n10.a", 10)), { origin: "n10.a", seq: 10 });
});

test("a key is one of its topic only, and a deletion is an entry as any other", () => {
  const latest = new Latest();
  latest.note("a", "k", put(1));
  latest.note("b", "k", put(2));
  latest.note("a", "k", put(3, "n1.a", 3, true));
  deepEqual(latest.get("a", "k"), put(3, "n1.a", 3, true));
  deepEqual(latest.get("b", "k"), put(2));
  equal(latest.get("c", "k"), undefined);
  equal(latest.size, 2);
});

test("the keys of topics are gone through by patterns", () => {
  const latest = new Latest();
  for (const topic of ["", "flags", "flags.eu", "jobs"]) latest.note(topic, `of ${topic}`, put(1));
  const keysOf = (...patterns: string[]) => [...latest.entries(patterns)].map(({ key }) => key).sort();
  deepEqual(keysOf("flags*"), ["of flags", "of flags.eu"]);
  deepEqual(keysOf("", "jobs"), ["of ", "of jobs"]);
  deepEqual(keysOf("none"), []);
  deepEqual([...latest.entries(["jobs"])], [{ topic: "jobs", key: "of jobs", ...put(1) }]);
});

test("nothing is left of a key that is forgotten, and its room is used again", () => {
  const latest = new Latest();
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 40; i++) {
      latest.note(`t${round}`, `${"long ".repeat(20)}${i}`, put(i + 1, `n.${round}`));
    }
    for (let i = 0; i < 40; i++) latest.forget(`t${round}`, `${"long ".repeat(20)}${i}`);
    latest.forget("none", "k");
  }
  equal(latest.size, 0);
  deepEqual([...latest.entries(["*"])], []);
  ok(latest.bytes < 20_000, `${latest.bytes} bytes`);
});

test("keys are found whatever their characters and their length", () => {
  const latest = new Latest();
  const keys = [
    "a",
    "é",
    "\u{1f680}",
    "\u0000",
    "x".repeat(KEY_BYTES_MAX),
    "\u{1f680}".repeat(KEY_BYTES_MAX / 4),
  ];
  for (const [i, key] of keys.entries()) latest.note("t", key, put(i + 1));
  deepEqual(keys.map((key) => latest.get("t", key)?.seq), [1, 2, 3, 4, 5, 6]);
  deepEqual([...latest.entries(["t"])].map(({ key }) => key), keys);
});
