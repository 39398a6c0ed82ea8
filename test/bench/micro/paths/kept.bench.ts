/** What a log keeps: entries as bytes, a set of hashes beside a set of texts, and the texts that are asked for again. */
import { do_not_optimize } from "mitata";
import { Fingerprints } from "../../../../lib/core/log/fingerprints.ts";
import { TextsCache } from "../../../../lib/core/log/kept/texts_cache.ts";
import { MemoryEntries } from "../../../../lib/core/log/memory_entries.ts";
import type { Run } from "../../../../lib/core/log/runs.ts";
import { Texts } from "../../../../lib/core/log/texts.ts";
import { WholeNumbers } from "../../../../lib/core/log/whole_numbers.ts";
import { figure, type Group, type Sizes, timed, weighed } from "../cases.ts";
import { ORIGIN } from "../rig.ts";

/** So many entries are taken at a time. */
const TAKEN = 100;
/** So many of them come in a block. */
const IN_BLOCK = 1_024;
/** So many values come in a millisecond. */
const PER_MS = 100;

export function kept({ many }: Sizes): Group[] {
  return [...hashSets(many), ...numberSets(many), ...entries(many), cached()];
}

// Which values are held.

function hashSets(many: number): Group[] {
  return [
    timed(`remember ${figure(many)} objects`, "value", many, () => {
      const { texts, hashes } = objects(many);
      return [
        { name: "Fingerprints", start: () => () => fingerprintsOf(hashes) },
        { name: "Set<string>, texts at hand", start: () => () => new Set(texts) },
      ];
    }),
    timed(`look up ${figure(many)} objects that are held`, "value", many, () => lookUps(many, 0)),
    timed(`look up ${figure(many)} objects that are not held`, "value", many, () => lookUps(many, many)),
    weighed(`memory of a set of ${figure(many)} objects`, "value", many, () => [
      { name: "Fingerprints", start: () => () => fingerprintsOf(objects(many).hashes) },
      { name: "Set<string>, with the texts", start: () => () => new Set(objects(many).texts) },
    ]),
  ];
}

function lookUps(many: number, from: number): ReturnType<Group["cases"]> {
  const held = objects(many);
  const asked = objects(many, from);
  return [
    {
      name: "Fingerprints",
      start: () => {
        const set = fingerprintsOf(held.hashes);
        return () => lookUp(asked.hashes, (high, low) => set.find(high, low, () => true));
      },
    },
    {
      name: "Set<string>, texts at hand",
      start: () => {
        const set = new Set(held.texts);
        return () => asked.texts.filter((text) => set.has(text)).length;
      },
    },
  ];
}

/** The texts of so many objects, and their hashes, two a value. */
function objects(count: number, from = 0): { texts: string[]; hashes: Int32Array } {
  const texts = Array.from({ length: count }, (_, i) => `{"id":${from + i},"name":"user ${from + i}"}`);
  return { texts, hashes: Int32Array.from(texts.flatMap((text) => [...new Texts(text, 1).scanned.hashes])) };
}

function fingerprintsOf(hashes: Int32Array): Fingerprints {
  const set = new Fingerprints();
  for (let i = 0; i < hashes.length; i += 2) set.addNew(hashes[i] ?? 0, hashes[i + 1] ?? 0, blockOf(i / 2));
  return set;
}

function lookUp(hashes: Int32Array, isHeld: (high: number, low: number) => boolean): number {
  let found = 0;
  for (let i = 0; i < hashes.length; i += 2) if (isHeld(hashes[i] ?? 0, hashes[i + 1] ?? 0)) found++;
  return found;
}

function blockOf(i: number): number {
  return 1 + Math.floor(i / IN_BLOCK);
}

function numberSets(many: number): Group[] {
  return [
    timed(`remember ${figure(many)} whole numbers`, "number", many, () => [
      { name: "WholeNumbers", start: () => () => added(new WholeNumbers(), many) },
      { name: "Set<number>", start: () => () => added(new Set(), many) },
    ]),
  ];
}

function added<Numbers extends { add(n: number): unknown }>(set: Numbers, many: number): Numbers {
  for (let n = 1; n <= many; n++) set.add(n);
  return set;
}

// Entries, and their texts again.

function entries(many: number): Group[] {
  return [
    timed(`keep ${figure(many)} small integers, one by one`, "value", many, () => {
      const runs = Array.from({ length: many }, (_, i) => runOf(i + 1, 1));
      return [
        { name: "MemoryEntries", start: () => () => put(new MemoryEntries(), runs) },
        { name: "list of texts", start: () => () => runs.map(({ texts }) => texts.text) },
      ];
    }),
    weighed(`memory of ${figure(many)} small integers`, "value", many, () => [
      {
        name: "MemoryEntries and WholeNumbers",
        start: () => () => [filled(many, new MemoryEntries()), added(new WholeNumbers(), many)],
      },
      {
        name: "list and Set<number>",
        start: () => () => [Array.from({ length: many }, (_, i) => i + 1), added(new Set(), many)],
      },
    ]),
  ];
}

function cached(): Group {
  const texts = runOf(1, TAKEN).texts;
  return timed(`take ${TAKEN} entries of a sealed block`, "take", 1, () => [
    {
      name: "TextsCache, a hit",
      start: () => {
        const cache = new TextsCache();
        cache.keep(1, 0, texts);
        return () => do_not_optimize(cache.find(1, 0, TAKEN));
      },
    },
    { name: "MemoryEntries, a hit", start: () => taking(filled(3 * IN_BLOCK, new MemoryEntries())) },
    { name: "MemoryEntries, a miss", start: () => taking(filled(3 * IN_BLOCK, new MemoryEntries(0, 0))) },
  ]);
}

function taking(entries: MemoryEntries): () => unknown {
  return () => do_not_optimize(entries.take(ORIGIN, TAKEN + 1, 2 * TAKEN));
}

function filled(many: number, entries: MemoryEntries): MemoryEntries {
  for (let seq = 1; seq <= many; seq++) entries.put(runOf(seq, 1), seq / PER_MS);
  return entries;
}

function put(entries: MemoryEntries, runs: readonly Run[]): MemoryEntries {
  for (const run of runs) entries.put(run, run.seq / PER_MS);
  return entries;
}

function runOf(seq: number, count: number): Run {
  const texts = Texts.of(Array.from({ length: count }, (_, i) => String(seq + i)));
  // As it is when a log has looked whether the values are new.
  do_not_optimize(texts.scanned);
  return { origin: ORIGIN, seq, texts };
}
