/** The timers of one peer: each is set, cleared and asked by its name. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { TimerTable } from "../../../lib/core/timers/timer_table.ts";

test("TimerTable: the next is the earliest of those that are set", () => {
  const timers = new TimerTable(() => {});
  equal(timers.nextAt, Infinity);
  timers.set("send", 30);
  timers.set("ack", 20);
  equal(timers.nextAt, 20);
  timers.clear("ack");
  deepEqual([timers.nextAt, timers.isSet("ack"), timers.isSet("send")], [30, false, true]);
  deepEqual([timers.isDue("send", 29), timers.isDue("send", 30), timers.isDue("ack", 30)], [
    false,
    true,
    false,
  ]);
});

test("TimerTable.setEarlier() never puts one off, and who is told of changes hears of no other", () => {
  let changes = 0;
  const timers = new TimerTable(() => changes++);
  timers.setEarlier("pull", 50);
  timers.setEarlier("pull", 60);
  timers.set("pull", 50);
  deepEqual([timers.at("pull"), changes], [50, 1]);
  timers.setEarlier("pull", 40);
  deepEqual([timers.at("pull"), changes], [40, 2]);
});
