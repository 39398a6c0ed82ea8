/** The end of a turn: planned functions run in order, and in one go. */
import { deepEqual } from "node:assert/strict";
import { setImmediate } from "node:timers";
import { test } from "node:test";
import { atEndOfTurn } from "../../../transports/end_of_turn.ts";

test("atEndOfTurn() runs what is planned in order, and what that plans at the same end [S9]", async () => {
  const log: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  atEndOfTurn(() => {
    log.push("first");
    atEndOfTurn(() => log.push("follows"));
  });
  atEndOfTurn(() => log.push("second"));
  setImmediate(() => {
    log.push("next turn");
    resolve();
  });
  log.push("turn");
  await promise;
  deepEqual(log, ["turn", "first", "second", "follows", "next turn"]);
});
