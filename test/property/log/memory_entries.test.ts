/** Entries in memory against the plainest model there is: a map of texts by origin and number. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  BLOCK_BYTES_MAX,
  BLOCK_ENTRIES_MAX,
  BLOCK_MS_MAX,
  type Placed,
} from "../../../lib/core/log/entry_store.ts";
import { MemoryEntries } from "../../../lib/core/log/memory_entries.ts";
import { scan } from "../../../lib/core/log/scan.ts";
import { Texts } from "../../../lib/core/log/texts.ts";
import { holds } from "../holds.ts";
import { json } from "../json.ts";

interface Entry {
  readonly text: string;
  readonly topic: string | undefined;
  readonly block: number;
  readonly at: number;
}

/** Some values, now and then one that fills half a block, or very many of them. */
const texts = fc.oneof(
  { weight: 8, arbitrary: fc.array(json, { minLength: 1, maxLength: 4 }) },
  fc.constantFrom(["x".repeat(BLOCK_BYTES_MAX / 2)], ["é".repeat(BLOCK_BYTES_MAX / 4), "€"]),
  fc.constant(Array.from({ length: 4 }, () => "€".repeat(BLOCK_BYTES_MAX / 6))),
  fc.integer({ min: 1, max: 2_048 }).map((length) => Array.from({ length }, (_, i) => i)),
).map((values) => values.map((value) => JSON.stringify(value)));

const put = fc.record({
  origin: fc.constantFrom("a", "b"),
  /** After the last entry; or in the first gap, or behind another one. */
  place: fc.constantFrom("last", "last", "last", "gap", "far"),
  topic: fc.constantFrom(undefined, undefined, "", "t"),
  texts,
  ms: fc.constantFrom(0, 0, 1, BLOCK_MS_MAX / 2, BLOCK_MS_MAX),
});
const step = fc.oneof(
  { weight: 4, arbitrary: put },
  fc.record({ drop: fc.nat() }),
  fc.record({
    from: fc.nat(),
    length: fc.integer({ min: 1, max: 2_000 }),
    origin: fc.constantFrom("a", "b"),
  }),
);

/** What is kept by origin and number, and when each came. */
class Model {
  readonly entries = new MemoryEntries();
  readonly kept = new Map<string, Map<number, Entry>>([["a", new Map()], ["b", new Map()]]);
  #now = 0;

  of(origin: string): Map<number, Entry> {
    return this.kept.get(origin) ?? new Map();
  }

  put({ origin, place, topic, texts, ms }: typeof put extends fc.Arbitrary<infer T> ? T : never): void {
    this.#now += ms;
    const numbers = [...this.of(origin).keys()].sort((a, b) => a - b);
    const last = numbers.at(-1) ?? 0;
    let seq = place === "far" ? last + 3_000 : last + 1;
    let count = texts.length;
    if (place === "gap") {
      seq = 1;
      while (this.of(origin).has(seq)) seq++;
      count = 1;
      while (count < texts.length && !this.of(origin).has(seq + count)) count++;
    }
    const run = { origin, seq, texts: Texts.of(texts.slice(0, count)), topic };
    const placed = this.entries.put(run, this.#now);
    equal(sum(placed), count);
    placed.flatMap(({ block, count }) => Array.from({ length: count }, () => block)).forEach((block, i) => {
      this.of(origin).set(seq + i, { text: texts[i] ?? "", topic, block, at: this.#now });
    });
    // All that has just come is there, and everyone gets the same.
    for (let from = seq; from < seq + count;) from += this.take(origin, from, seq + count - 1);
  }

  /** Returns how many it got. */
  take(origin: string, from: number, to: number): number {
    const run = this.entries.take(origin, from, to);
    equal(this.entries.take(origin, from, to).texts, run.texts);
    const first = this.of(origin).get(from);
    const texts: (string | undefined)[] = [];
    for (let seq = from; seq <= to && this.of(origin).get(seq)?.block === first?.block; seq++) {
      texts.push(this.of(origin).get(seq)?.text);
    }
    deepEqual([...run.texts], texts);
    const { end, count, ends, hashes, isAscii } = run.texts.scanned;
    const found = scan(run.texts.text);
    deepEqual({ end, count, ends: [...ends], hashes: [...hashes] }, {
      ...{
        end: found?.end,
        count: found?.count,
        ends: [...found?.ends ?? []],
        hashes: [...found?.hashes ?? []],
      },
    });
    equal(found?.isAscii || !isAscii, true);
    deepEqual([run.origin, run.seq, run.topic], [origin, from, first?.topic]);
    return texts.length;
  }

  /** What a block holds by the model, in order. */
  block(id: number): { origin: string; seq: number; entry: Entry }[] {
    return [...this.kept].flatMap(([origin, entries]) =>
      [...entries].filter(([, { block }]) => block === id).map(([seq, entry]) => ({ origin, seq, entry }))
    ).sort((a, b) => a.seq - b.seq);
  }

  drop(id: number): void {
    this.entries.drop(id);
    for (const { origin, seq } of this.block(id)) this.of(origin).delete(seq);
    equal(this.entries.block(id), undefined);
  }

  check(): void {
    let bytes = 0;
    let last = 0;
    let count = 0;
    for (const { id, origin, seq, texts, topic, at } of this.entries.blocks()) {
      equal(id > last, true, "ids ascend");
      last = id;
      const model = this.block(id);
      deepEqual([...texts], model.map(({ entry }) => entry.text));
      deepEqual({ origin, seq, topic, at }, {
        ...{ origin: model[0]?.origin, seq: model[0]?.seq, topic: model[0]?.entry.topic },
        at: model.at(-1)?.entry.at,
      });
      const times = model.map((each) => each.entry.at);
      equal(Math.max(...times) - Math.min(...times) < BLOCK_MS_MAX, true);
      equal(texts.length <= BLOCK_ENTRIES_MAX, true);
      const size = Buffer.byteLength(texts.text);
      equal(size - Buffer.byteLength(texts.at(texts.length - 1)) <= BLOCK_BYTES_MAX, true);
      bytes += size;
      count += texts.length;
    }
    equal(this.entries.bytes, bytes);
    equal(count, this.of("a").size + this.of("b").size);
  }
}

function sum(placed: readonly Placed[]): number {
  return placed.reduce((all, { count }) => all + count, 0);
}

test("MemoryEntries keeps what was put and not dropped, within the limits of blocks, and gives all the same texts", () => {
  holds(
    fc.property(fc.array(step, { maxLength: 24, size: "max" }), (steps) => {
      const model = new Model();
      for (const each of steps) {
        const ids = [...model.entries.blocks()].map(({ id }) => id);
        if ("texts" in each) model.put(each);
        else if ("drop" in each) model.drop(ids[each.drop % ids.length] ?? 0);
        else {
          const numbers = [...model.of(each.origin).keys()];
          const from = numbers[each.from % numbers.length];
          if (from !== undefined) model.take(each.origin, from, from + each.length - 1);
        }
      }
      model.check();
      for (const { id } of model.entries.blocks()) model.drop(id);
      equal(model.entries.bytes, 0);
    }),
    60,
  );
});
