/** Every order of arrival ends in the same latest entries. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { comparePuts, Latest, type Put } from "../../../lib/core/keys/latest.ts";
import { holds } from "../holds.ts";

/** Few topics, keys, stamps and origins, so that they meet; each (origin, seq) is one entry. */
const puts = fc.uniqueArray(
  fc.record({
    topic: fc.constantFrom("", "a", "b"),
    key: fc.constantFrom("k", "l", "é"),
    stamp: fc.integer({ min: 1, max: 4 }),
    origin: fc.constantFrom("n1.a", "n10.a", "n2.a"),
    seq: fc.integer({ min: 1, max: 20 }),
    deleted: fc.boolean(),
  }),
  { selector: ({ origin, seq }) => `${origin} ${seq}`, maxLength: 30 },
);

test("whatever the order, and however often they come, the latest are the same, and all others are superseded once", () => {
  holds(
    fc.property(
      puts.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([
        all,
        order,
      ]) => {
        const latest = new Latest();
        const superseded: string[] = [];
        for (const { topic, key, ...put } of order) {
          const gone = latest.note(topic, key, put);
          if (gone !== undefined) superseded.push(`${gone.origin} ${gone.seq}`);
        }
        for (const { topic, key, ...put } of all) latest.note(topic, key, put);
        const byKey = Map.groupBy(all, ({ topic, key }) => `${topic}/${key}`);
        equal(latest.size, byKey.size);
        for (const group of byKey.values()) {
          const last = group.reduce((a, b) => comparePuts(a, b) > 0 ? a : b);
          const { topic, key, ...put } = last;
          deepEqual(latest.get(topic, key), put);
          for (const each of group) {
            equal(latest.isLatest(topic, key, each.origin, each.seq), each === last);
            equal(superseded.includes(`${each.origin} ${each.seq}`), each !== last);
          }
        }
        equal(new Set(superseded).size, superseded.length);
        equal([...latest.entries(["*"])].length, byKey.size);
      },
    ),
    500,
  );
});

test("keys that are noted and forgotten are as in a Map", () => {
  const act = fc.record({
    key: fc.integer({ min: 0, max: 150 }),
    stamp: fc.integer({ min: 1, max: 9 }),
    forget: fc.boolean(),
  });
  holds(
    fc.property(fc.array(act, { maxLength: 400 }), (acts) => {
      const [latest, map] = [new Latest(), new Map<string, Put>()];
      for (const [i, { key: number, stamp, forget }] of acts.entries()) {
        const key = "k".repeat(number);
        if (number === 0) continue;
        const put = { stamp, origin: `n${number % 3}`, seq: i + 1, deleted: number % 2 === 0 };
        if (forget) {
          latest.forget("t", key);
          map.delete(key);
          continue;
        }
        latest.note("t", key, put);
        const held = map.get(key);
        if (held === undefined || comparePuts(put, held) > 0) map.set(key, put);
      }
      equal(latest.size, map.size);
      const entries = [...latest.entries(["t"])].map((
        { topic: _, key, ...put },
      ): [string, Put] => [key, put]);
      deepEqual(new Map(entries), map);
    }),
    200,
  );
});
