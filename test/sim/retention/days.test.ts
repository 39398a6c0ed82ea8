/** Days that are told in minutes: what is held stays the same from day to day. */
import { ok } from "node:assert/strict";
import { test } from "node:test";
import { Days } from "./days.ts";

test("[G2] [G3] days with cuts and restarts: nothing comes back, nothing is there twice, and nothing grows", () => {
  const days = [...new Days({ days: 3, hourMs: 60_000, perSecond: 10, seed: 1 }).run()];
  const [, second, last] = days;
  ok(second !== undefined && last !== undefined);
  ok(last.bytes <= 1.1 * second.bytes, `${last.bytes} bytes, of ${second.bytes}`);
  ok(last.values <= 1.1 * second.values, `${last.values} values, of ${second.values}`);
  ok(last.values > 0 && last.named <= second.named + 4, `${last.named} origins, of ${second.named}`);
});
