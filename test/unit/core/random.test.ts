/** Chance: the same numbers for the same seed, everywhere. */
import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { below, fork, pick, type Random, seeded, shuffle } from "../../../lib/core/random.ts";

function first(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.next());
}

test("seeded() gives the numbers that it always gave: a change here changes every pinned story", () => {
  deepEqual(first(seeded(1), 3).map((n) => Math.floor(n * 2 ** 32)), [2693262067, 11749833, 2265367787]);
});

test("seeded() stays in [0, 1), and takes any number for a seed", () => {
  for (const seed of [0, 1, -1, 0.5, 2 ** 32 - 1, 2 ** 40]) {
    for (const n of first(seeded(seed), 1000)) ok(n >= 0 && n < 1);
  }
});

test("fork() gives one purpose the same numbers, and another purpose others", () => {
  deepEqual(first(fork(7, "node:n0"), 5), first(fork(7, "node:n0"), 5));
  notDeepEqual(first(fork(7, "node:n0"), 5), first(fork(7, "node:n1"), 5));
  notDeepEqual(first(fork(7, "node:n0"), 5), first(fork(8, "node:n0"), 5));
});

test("below() is a whole number under its limit, and every one of them", () => {
  const random = seeded(3);
  const seen = new Set(Array.from({ length: 200 }, () => below(random, 6)));
  deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5]);
});

test("pick() is one of the items, and undefined of none", () => {
  const random = seeded(4);
  equal(pick(random, []), undefined);
  deepEqual(
    new Set(Array.from({ length: 100 }, () => pick(random, ["a", "b", "c"]))),
    new Set(["a", "b", "c"]),
  );
});

test("shuffle() is a copy with the same items, and every order comes up", () => {
  const random = seeded(5);
  const items = ["a", "b", "c"];
  const orders = new Set(Array.from({ length: 200 }, () => shuffle(random, items).join("")));
  equal(orders.size, 6);
  deepEqual(items, ["a", "b", "c"]);
});
