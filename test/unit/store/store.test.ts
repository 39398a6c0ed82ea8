/** Both stores: committed entries are held in order, and a life is later than the ones before. */
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { INCARNATION_LEAP_MAX } from "../../../lib/core/incarnation.ts";
import type { Entry } from "../../../lib/core/log/log.ts";
import type { Json } from "../../../lib/core/message.ts";
import { memoryStore } from "../../../lib/store/memory.ts";
import type { Store } from "../../../lib/store/store.ts";
import { fileIn, inFolder, open } from "./folder.ts";

const now = 1_000;
const first: Entry = { origin: "n1.rs", seq: 1, value: "one" };
const second: Entry = { origin: "n2.a", seq: 7, value: { two: [2] } };
const third: Entry = { origin: "n1.rs", seq: 2, value: null };

const kinds: readonly (readonly [name: string, durable: boolean, make: (dir: string) => Store])[] = [
  ["memory store", false, () => memoryStore({ now })],
  ["durable store", true, (dir) => open(dir, { now })],
];

for (const [name, durable, make] of kinds) {
  test(
    `${name} holds what was committed, in the order in which it came`,
    inFolder((dir) => {
      const store = make(dir);
      store.append([second, first]);
      store.append([]);
      store.append([third]);
      deepEqual([...store.entries()], []);
      store.commit();
      deepEqual([...store.entries()], [second, first, third]);
      store.close();
    }),
  );

  test(
    `${name} commits nothing where nothing was appended`,
    inFolder((dir) => {
      const store = make(dir);
      store.commit();
      store.append([first]);
      store.commit();
      store.commit();
      deepEqual([...store.entries()], [first]);
      store.close();
    }),
  );

  test(
    `${name} takes more while it is being read`,
    inFolder((dir) => {
      const store = make(dir);
      store.append([first, second]);
      store.commit();
      const reader = store.entries()[Symbol.iterator]();
      deepEqual(reader.next().value, first);
      store.append([third]);
      store.commit();
      deepEqual(reader.next().value, second);
      equal(reader.next().done, true);
      deepEqual([...store.entries()], [first, second, third]);
      store.close();
    }),
  );

  test(
    `${name} begins with the moment as its incarnation, and says whether it lasts`,
    inFolder((dir) => {
      const store = make(dir);
      equal(store.incarnation, now);
      equal(store.durable, durable);
      store.close();
    }),
  );
}

test(
  "a log is the same one when it is opened again",
  inFolder((dir) => {
    const before = open(dir);
    before.append([first, second]);
    before.commit();
    before.append([third]);
    before.commit();
    before.close();
    const after = open(dir, { now: now + 5 });
    deepEqual([...after.entries()], [first, second, third]);
    after.append([{ ...first, seq: 3 }, { ...second, origin: "n3.c" }]);
    after.commit();
    deepEqual([...after.entries()].slice(3), [{ ...first, seq: 3 }, { ...second, origin: "n3.c" }]);
    after.close();
  }),
);

test(
  "a later opening has a larger incarnation, even if the clock went back [B3]",
  inFolder((dir) => {
    const incarnations = [now, now + 10, now - 500, now - 500, 1_000_000].map((moment) => {
      const store = open(dir, { now: moment });
      store.close();
      return store.incarnation;
    });
    const [first = 0, second = 0, third = 0, fourth = 0, last] = incarnations;
    deepEqual([first, second, last], [1_000, 1_010, 1_000_000]);
    for (const [life, past] of [[third, second], [fourth, third]] as const) {
      ok(life > past && life <= past + INCARNATION_LEAP_MAX, `${life} after ${past}`);
    }
  }),
);

test(
  "what was appended and not committed is gone when the log is opened again",
  inFolder((dir) => {
    const before = open(dir);
    before.append([first]);
    before.commit();
    before.append([second]);
    before.close();
    const after = open(dir);
    deepEqual([...after.entries()], [first]);
    after.close();
  }),
);

test(
  "a log gives back every value as it was",
  inFolder((dir) => {
    const strange = [
      "",
      "\u0000",
      "\ud800",
      "\u2028",
      "'; DROP TABLE entries",
      "é",
      "𝄞",
      "\n".repeat(70_000),
    ];
    const numbers = [0, -1, 1e308, 5e-324, 9_007_199_254_740_991, 0.1];
    const values: Json[] = [...strange, ...numbers, true, false, null, [], {}, {
      "__proto__x": [{ "": null }],
    }];
    const entries = values.map((value, i) => ({ origin: `"n'${i % 3}".\u{1f600}`, seq: i + 1, value }));
    const before = open(dir);
    before.append(entries);
    before.commit();
    before.close();
    const after = open(dir);
    deepEqual([...after.entries()], entries);
    after.close();
  }),
);

test(
  "a commit reaches the disk before it returns, and one of nothing does not touch it",
  inFolder((dir) => {
    const store = open(dir);
    const ahead = () => statSync(`${fileIn(dir)}-wal`).size;
    const before = ahead();
    store.commit();
    equal(ahead(), before);
    store.append([{ ...first, value: "x".repeat(10_000) }]);
    equal(ahead(), before);
    store.commit();
    ok(ahead() >= before + 10_000);
    store.close();
  }),
);

test(
  "a commit takes all that was appended or nothing of it",
  inFolder((dir) => {
    const store = open(dir);
    store.append([first]);
    store.commit();
    // No node makes such a number; it stands for whatever may go wrong half-way.
    store.append([{ ...third, origin: "n4.d" }, { ...third, seq: 0.5 }]);
    throws(() => store.commit());
    deepEqual([...store.entries()], [first]);
    store.append([{ ...third, origin: "n5.e" }, { ...third, origin: "n4.d" }]);
    store.commit();
    store.close();
    const after = open(dir);
    deepEqual([...after.entries()], [first, { ...third, origin: "n5.e" }, { ...third, origin: "n4.d" }]);
    after.close();
  }),
);

test(
  "a directory is made where it is missing",
  inFolder((dir) => {
    const deep = join(dir, "a", "b", "c");
    open(deep).close();
    ok(existsSync(fileIn(deep)));
  }),
);
