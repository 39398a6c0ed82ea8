/** What is gone from everywhere with rollbacks, and nobody can be asked for. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { Survival } from "../../../../lib/workbench/verdict/survival.ts";

const gone = (survival: Survival) => [1, 2, 3].filter((value) => survival.goneWith(value) !== undefined);

test("Survival: a rollback takes with it what no other node holds, and nothing else", () => {
  const survival = new Survival();
  survival.lost([1, 2], "rollback", [2, 3]);
  deepEqual(gone(survival), [1]);
});

test("Survival: what is rolled back at one node and at another before it came back is gone, too", () => {
  const survival = new Survival();
  survival.lost([1, 2], "rollback", [1, 2]);
  survival.lost([1], "rollback", [2]);
  deepEqual(gone(survival), [1]);
});

test("Survival: a kill excuses nothing but what was lost by a rollback where it was safe", () => {
  const survival = new Survival();
  survival.lost([1, 2], "kill", []);
  deepEqual(gone(survival), []);
  survival.lost([1], "rollback", [1]);
  survival.lost([1, 2], "kill", []);
  deepEqual(gone(survival), [1]);
});

test("Survival: what goes with a removed member, or with memory, is gone where no other holds it; it is said with what", () => {
  const survival = new Survival();
  survival.lost([1, 2], "removal", [2]);
  survival.lost([2, 3], "memory", [3]);
  deepEqual([1, 2, 3].map((value) => survival.goneWith(value)), ["removal", "memory", undefined]);
});

test("Survival: what a member handed over to a node that lost it for good before it left is gone", () => {
  const survival = new Survival();
  // Who stays holds 2, who leaves 1, 2 and 3.
  survival.lost([1, 2], "rollback", [2], [1, 2, 3]);
  deepEqual(gone(survival), []);
  survival.lost([1, 2, 3], "departure", [2]);
  deepEqual([1, 2, 3].map((value) => survival.goneWith(value)), ["rollback", undefined, undefined]);
});
