/** Ended lives of which nothing is left: forgotten for good, by each node that kept nothing of them. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { lifeOf, originOf } from "../../../../lib/core/incarnation.ts";
import { Log } from "../../../../lib/core/log/log.ts";
import { MemoryEntries } from "../../../../lib/core/log/memory_entries.ts";
import { allBut } from "../../../../lib/core/mechanisms.ts";
import { composeRetired, RETIRED_BYTES_MAX } from "../../../../lib/core/replication/compose.ts";
import { RetentionPolicy } from "../../../../lib/core/retention/policy.ts";
import { RetiredLives } from "../../../../lib/core/retention/retired_lives.ts";
import { ABSENCE_MAX_MS, RETIRE_MS, Retirement } from "../../../../lib/core/retention/retirement.ts";
import type { Rule } from "../../../../lib/core/retention/rules.ts";
import { KeepingCluster } from "../../../sim/retention/kept.ts";
import { add } from "../../../shared/entries.ts";

const HOUR: readonly Rule[] = [{ pattern: "*", ageMs: RETIRE_MS }];
const FOREVER: readonly Rule[] = [];
const DAY_MS = 86_400_000;

test("a life is read from the name of its origin, whatever dots the node's id has", () => {
  deepEqual(lifeOf(originOf("a.b", 77)), { node: "a.b", incarnation: 77 });
  for (const name of ["", "n1", "n1.", "n1.5!", "n1.A"]) ok(Number.isNaN(lifeOf(name).incarnation), name);
  const lives = new RetiredLives();
  equal(lives.add(["n1", 5]), true);
  equal(lives.add(["n1", 5]), false);
  deepEqual(["n1.5", "n1.4", "n1.6", "n2.1", "n1"].map((origin) => lives.covers(origin)), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

test("[G7] a life is retired once it ended long ago and nothing of it, or of those before it, is left", () => {
  const entries = new MemoryEntries();
  const log = new Log(entries, new RetentionPolicy(HOUR));
  let latest = 5;
  const retirement = new Retirement({ log, on: allBut([]), latestOf: () => latest }, 0);
  for (const [i, origin] of ["n1.1", "n1.5", "n2.3"].entries()) add(log, { origin, seq: 1, value: i }, 0);
  const retired = (now: number) => {
    retirement.dropped(now - RETIRE_MS);
    retirement.wake(now);
    return [...log.retired];
  };
  deepEqual(retired(20 * DAY_MS), [], "all of them are kept");
  while (log.expire(20 * DAY_MS) !== undefined);
  deepEqual(retired(5 + ABSENCE_MAX_MS - 1), []);
  deepEqual(retired(5 + ABSENCE_MAX_MS), [["n1", 1], ["n2", 3]]);
  latest = 9;
  deepEqual(retired(9 + ABSENCE_MAX_MS), [["n1", 5], ["n2", 3]]);
  deepEqual([...new Log(entries).retired], [["n1", 5], ["n2", 3]], "a restart knows it");
  deepEqual([...entries.notes()].map(([name]) => name), ["retired"]);
  deepEqual(log.grownSince(0), []);
  equal(retirement.deadline, Infinity);
});

test("[G7] nothing is said of a retired life to those that retired it, and nothing of it comes back", () => {
  const nodes = new KeepingCluster({ n0: FOREVER, n1: HOUR, n2: HOUR });
  const { cluster } = nodes;
  for (let day = 1; day <= 3; day++) {
    cluster.run(1_000);
    nodes.tell("n2", `day ${day}`);
    cluster.run(DAY_MS - 1_000);
    cluster.kill("n2");
    cluster.start("n2", true, day * DAY_MS);
  }
  cluster.run(ABSENCE_MAX_MS + DAY_MS);
  const all = ["day 1", "day 2", "day 3"];
  for (const restarts of ["none", "n1", "n0"]) {
    if (restarts !== "none") {
      cluster.kill(restarts);
      cluster.run(1_000);
      cluster.start(restarts, false);
    }
    cluster.run(60_000);
    deepEqual([nodes.read("n0"), nodes.read("n1")], [all, []], restarts);
    const before = nodes.messages;
    cluster.run(600_000);
    equal(nodes.messages, before, "all is at rest");
    for (const { id, lag, ahead } of cluster.status("n1").peers) {
      if (id === "n0") deepEqual([lag, ahead], [0, 0]);
    }
    for (const { id, lag } of cluster.status("n0").peers) if (id === "n1") equal(lag, 0);
  }
  nodes.tell("n1", "new");
  cluster.run(5_000);
  deepEqual(nodes.read("n0"), [...all, "new"]);
});

test("[F8] of many nodes, a message tells as many retired lives as have room, and the next one the rest", () => {
  const lives = new RetiredLives();
  const COUNT = 1_000;
  for (let i = 0; i < COUNT; i++) lives.add([`${"n".repeat(150)}${i}`, 1]);
  const first = composeRetired(lives, 0);
  ok(first.retired.length < COUNT && JSON.stringify(first.retired).length <= RETIRED_BYTES_MAX);
  const told = [...first.retired];
  for (let since = first.revision; since < lives.revision;) {
    const { retired, revision } = composeRetired(lives, since);
    told.push(...retired);
    ok(revision > since);
    since = revision;
  }
  deepEqual(told, [...lives]);
  deepEqual(composeRetired(lives, lives.revision).retired, []);
});
