/** The log: the same entries in any order, with duplicates and gaps, are one log. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonical } from "../../lib/core/log/canonical.ts";
import { Log } from "../../lib/core/log/log.ts";
import { add, type Entry, readOf, valuesIn } from "../shared/entries.ts";
import { holds } from "./holds.ts";
import { json } from "./json.ts";

const origins = ["n0.1", "n1.1", "n1.2", "__proto__"];
const SEQ_MAX = 10;

/** Every entry that exists: few enough values that some are equal, whoever brought them. */
const world: fc.Arbitrary<Entry[]> = fc.array(json, { minLength: 1, maxLength: 15 }).map((pool) =>
  origins.flatMap((origin, i) =>
    Array.from({ length: SEQ_MAX }, (_, k) => ({
      origin,
      seq: k + 1,
      value: pool[(k * (i + 1) + i) % pool.length] ?? null,
    }))
  )
);

/** Some of the entries, and the same some again in another order with some of them doubled. */
const twice = world.chain((entries) => fc.shuffledSubarray(entries)).chain((some) =>
  fc.record({
    first: fc.constant(some),
    second: fc.tuple(
      fc.shuffledSubarray(some, { minLength: some.length }),
      fc.shuffledSubarray(some),
    ).map(([all, again]) => [...again, ...all, ...again]),
  })
);

function logOf(entries: readonly Entry[]): Log {
  const log = new Log();
  for (const entry of entries) add(log, entry);
  return log;
}

/** All that one can learn of a log, without the order in which it was learnt. */
function state(log: Log): unknown {
  const held = log.grownSince(0).map(({ name, held }) => [name, held.spans()]);
  const values = origins.map((origin) =>
    (log.held(origin)?.spans() ?? []).flatMap(([from, to]) => valuesIn(log, origin, from, to).map(canonical))
  );
  return {
    revision: log.revision,
    held: held.sort(),
    values,
    distinct: readOf(log).map((value) => String(canonical(value))).sort(),
  };
}

test("log.addRun() in any order, with duplicates and gaps, makes one log [L1] [L2]", () => {
  holds(
    fc.property(twice, ({ first, second }) => deepEqual(state(logOf(second)), state(logOf(first)))),
    200,
  );
});

test("log.addRun() is new once per entry, and holds exactly the entries that were added [L1] [L2] [I2]", () => {
  holds(
    fc.property(twice, ({ first, second }) => {
      const log = new Log();
      const news = second.filter((entry) => add(log, entry));
      equal(news.length, first.length);
      equal(log.revision, first.length);
      for (const { origin, seq, value } of first) {
        deepEqual(valuesIn(log, origin, seq, seq), [JSON.parse(JSON.stringify(value))]);
      }
    }),
    200,
  );
});

test("log.read() has each value once, and every value [L3] [I1]", () => {
  holds(
    fc.property(twice, ({ first, second }) => {
      const log = logOf(second);
      const keys = readOf(log).map((value) => canonical(value));
      equal(new Set(keys).size, keys.length);
      deepEqual(new Set(keys), new Set(first.map(({ value }) => canonical(value))));
    }),
    200,
  );
});

test("log.grownSince() names every origin that grew since, and no other [L5]", () => {
  holds(
    fc.property(twice, fc.nat(100), ({ second }, share) => {
      const cut = Math.floor(second.length * share / 101);
      const log = logOf(second.slice(0, cut));
      const { revision } = log;
      const grown = new Set(second.slice(cut).filter((entry) => add(log, entry)).map(({ origin }) => origin));
      deepEqual(new Set(log.grownSince(revision).map(({ name }) => name)), grown);
    }),
    200,
  );
});
