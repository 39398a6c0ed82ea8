/** Cuts that take time are made and healed in the order in which they were wanted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OrderlyCuts } from "../../../../lib/workbench/faults/partitioner.ts";
import { until } from "../../../shared/until.ts";

test("cuts in order: a heal waits for the cut before it, failed or not; after the end nothing is cut", async () => {
  const log: string[] = [];
  const gates: ((error?: Error) => void)[] = [];
  const work = (what: string) => {
    log.push(what);
    return new Promise<void>((resolve, reject) => gates.push((error) => error ? reject(error) : resolve()));
  };
  const cuts = new OrderlyCuts({ partition: () => work("cut"), heal: () => work("heal") });
  const [cut, healed] = [cuts.partition(new Map()), cuts.heal()];
  await until(() => log.length === 1);
  assert.deepEqual(log, ["cut"]);
  gates[0]?.(new Error("no"));
  await assert.rejects(cut, /^Error: no$/);
  await until(() => log.length === 2);
  gates[1]?.();
  await healed;
  const [ended, uncut] = [cuts.end(), cuts.partition(new Map())];
  await until(() => log.length === 3);
  gates[2]?.();
  await Promise.all([ended, uncut]);
  assert.deepEqual(log, ["cut", "heal", "heal"]);
});
