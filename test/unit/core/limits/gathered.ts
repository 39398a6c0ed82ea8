/** A pair of nodes of which one has gathered values, and what is said of them. */
import { equal, ok } from "node:assert/strict";
import { Pair, type Sent } from "../pair.ts";
import { entriesIn } from "../../../../lib/core/log/runs.ts";

export function count(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Batches may overtake each other, so a node reads them in any order. */
export function equalSets(read: unknown, values: readonly (number | string)[]): void {
  ok(Array.isArray(read));
  equal(read.length, values.length);
  const held = new Set<unknown>(read);
  ok(values.every((value) => held.has(value)));
}

export function entries({ body }: Sent): number {
  return entriesIn(body.runs?.runs ?? []);
}

/** A pair in which n1 has gathered these values while it could not reach n0. */
export function gathered(values: readonly (number | string)[], latencyMs = 0): Pair {
  const pair = new Pair(latencyMs);
  pair.run(2_000);
  pair.cut = true;
  pair.broadcast("n1", values);
  pair.run(20_000);
  pair.sent.length = 0;
  pair.cut = false;
  pair.run(30_000);
  return pair;
}
