/** Entries in memory: what properties do not reach. */
import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { BLOCK_ENTRIES_MAX, BLOCK_MS_MAX } from "../../../../lib/core/log/entry_store.ts";
import { MemoryEntries } from "../../../../lib/core/log/memory_entries.ts";
import type { Run } from "../../../../lib/core/log/runs.ts";
import { Texts } from "../../../../lib/core/log/texts.ts";

function run(seq: number, count = 1, origin = "a"): Run {
  return { origin, seq, texts: Texts.of(Array.from({ length: count }, (_, i) => String(seq + i))) };
}

function filled(blocks: number): MemoryEntries {
  const entries = new MemoryEntries();
  for (let i = 0; i < blocks; i++) entries.put(run(10 * i + 1), 0);
  return entries;
}

test("blocks() goes on while blocks come and go, and knows nothing of those that came later", () => {
  const entries = filled(6);
  const seen: number[] = [];
  for (const { id, texts } of entries.blocks()) {
    seen.push(id);
    if (id === 2) { for (const gone of [1, 2, 4]) entries.drop(gone); }
    entries.put(run(1_000 * id), 0);
    equal(texts.text, String(10 * (id - 1) + 1), "a block that was dropped can still be read by who has it");
  }
  deepEqual(seen, [1, 2, 3, 5, 6]);
});

test("entries that fill a gap go on where those before it end, and stay blocks of their own", () => {
  const entries = new MemoryEntries();
  deepEqual(entries.put(run(1, 3), 0), [{ block: 1, count: 3 }]);
  deepEqual(entries.put(run(7, 3), 0), [{ block: 2, count: 3 }]);
  deepEqual(entries.put(run(4, 2), 0), [{ block: 1, count: 2 }]);
  deepEqual(entries.put(run(10), 0), [{ block: 2, count: 1 }]);
  deepEqual(entries.put(run(6), 0), [{ block: 1, count: 1 }]);
  equal(entries.take("a", 2, 9).texts.text, "2,3,4,5,6");
});

test("a run over the end of a block goes on in the next one [L9]", () => {
  const entries = new MemoryEntries();
  entries.put(run(1, 1_000), 0);
  deepEqual(entries.put(run(1_001, 2_048), 0), [
    { block: 1, count: BLOCK_ENTRIES_MAX - 1_000 },
    { block: 2, count: BLOCK_ENTRIES_MAX },
    { block: 3, count: 1_000 },
  ]);
  equal(entries.take("a", BLOCK_ENTRIES_MAX, 3_000).texts.text, String(BLOCK_ENTRIES_MAX));
});

test("a block takes nothing that comes BLOCK_MS_MAX after its first entry, also when the clock was set back [L9]", () => {
  const entries = new MemoryEntries();
  entries.put(run(1, 1, "b"), 5 * BLOCK_MS_MAX);
  for (const [seq, at, block] of [[1, 0, 2], [2, BLOCK_MS_MAX - 1, 2], [3, BLOCK_MS_MAX, 3]] as const) {
    deepEqual(entries.put(run(seq), at), [{ block, count: 1 }]);
  }
});

test("all who ask get the same texts: those that came, and once more came, those that are kept [L7]", () => {
  const entries = new MemoryEntries();
  const came = run(1, 100);
  entries.put(came, 0);
  equal(entries.take("a", 1, 100).texts, came.texts);
  entries.put(run(101), 0);
  for (const [from, to] of [[1, 100], [50, 101], [1, 101]] as const) {
    const { texts } = entries.take("a", from, to);
    equal(texts.length, to + 1 - from);
    equal(entries.take("a", from, to).texts, texts);
  }
});

test("whoever asks for a block that grows no more gets the texts as they came, known as they were", () => {
  const entries = new MemoryEntries();
  const texts = Array.from({ length: 3 }, (_, i) => Texts.of([JSON.stringify(String(i).repeat(40_000))]));
  for (const [i, each] of texts.entries()) {
    equal(each.scanned.count, 1);
    entries.put({ origin: "a", seq: i + 1, texts: each }, 0);
  }
  const taken = entries.take("a", 1, 2).texts;
  equal(taken.isScanned, true);
  deepEqual([...taken], texts.slice(0, 2).map(({ text }) => text));
});

test("what is not kept cannot be taken, and what is kept cannot be put again", () => {
  const entries = new MemoryEntries();
  entries.put(run(5, 5), 0);
  for (const from of [4, 10]) throws(() => entries.take("a", from, 10), /only what is kept is taken/);
  throws(() => entries.take("b", 5, 5), /only what is kept is taken/);
  throws(() => entries.take("a", 6, 5), /only what is kept is taken/);
  for (const [seq, count] of [[5, 1], [9, 1], [4, 2], [1, 20]] as const) {
    throws(() => entries.put(run(seq, count), 0), /no entry is kept twice/);
  }
  entries.drop(1);
  entries.drop(1);
  throws(() => entries.take("a", 5, 5), /only what is kept is taken/);
  deepEqual(entries.put(run(5), 0), [{ block: 2, count: 1 }]);
});

test("notes are kept under their names until they are taken back", () => {
  const entries = new MemoryEntries();
  entries.note("a", "1");
  entries.note("b", "2");
  entries.note("a", undefined);
  entries.note("b", "3");
  deepEqual([...entries.notes()], [["b", "3"]]);
  equal(entries.bytes, 0);
});

test("values told one by one share blocks, whose bytes are those of the texts and the commas between them", () => {
  const entries = new MemoryEntries();
  const count = 20_000;
  for (let seq = 1; seq <= count; seq++) entries.put(run(seq), seq / 100);
  const blocks = [...entries.blocks()].length;
  equal(blocks, Math.ceil(count / BLOCK_ENTRIES_MAX));
  const digits = Array.from({ length: count }, (_, i) => String(i + 1).length).reduce((a, b) => a + b);
  equal(entries.bytes, digits + count - blocks);
});
