/** An examination from its setup to its last reads: what it waits for, and what ends it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Examination } from "../../../lib/workbench/examination.ts";
import type { Results } from "../../../lib/workbench/verdict/results.ts";
import { RealScheduler, VirtualScheduler } from "../../../lib/workbench/world/scheduler.ts";
import { defaults, type Settings } from "../../../lib/workbench/settings.ts";
import type { HostFactory, Scheduler } from "../../../lib/workbench/world/world.ts";
import { naiveHosts } from "../../sim/naive.ts";
import { type Answer, answering, examine, ok } from "./load/examined.ts";

test("Examination: the end of a fault has one moment, though time goes on while it is noted", () => {
  const virtual = new VirtualScheduler();
  let [ticking, aheadMs] = [false, 0];
  const scheduler: Scheduler = {
    now: () => virtual.now() + (ticking ? ++aheadMs : aheadMs),
    at: (when, run) =>
      virtual.at(when - aheadMs, () => {
        ticking = false;
        run();
      }),
    takeLateMs: () => 0,
  };
  const hosts: HostFactory = (id, events) => ({
    ...answering(scheduler, ok)(id, events),
    resume: () => void (ticking = true),
  });
  let results: Results | undefined;
  const settings: Settings = { ...defaults, nodeCount: 3, nemesis: ["pause"], nemesisIntervalS: 1 };
  new Examination({ settings, scheduler, hosts, seesInside: true }).start((found) => results = found);
  virtual.run();
  const stops = results?.nemesis.filter(({ what }) => what === "stop").map((event) => event["at-ms"]);
  assert.ok(stops !== undefined && stops.length > 1);
  assert.deepEqual(results?.["everywhere-after-heal-ms"].map((heal) => heal["at-ms"]), stops);
});

test("Examination: a node that does not answer topology ends it within 10 s", () => {
  const deaf: Answer = (body, asked) => body.type === "topology" ? undefined : ok(body, asked);
  const results = examine(deaf);
  assert.deepEqual(results.failures, ["Setup: no answer to init or topology from n0; 10 s are given."]);
  assert.deepEqual([results["time-ms"], results.workload.valid], [10_000, false]);
});

test("Examination: a node that crashes as it comes up ends it at once, and what it said comes first", () => {
  const scheduler = new VirtualScheduler();
  const hosts: HostFactory = (id, events) => {
    const host = answering(scheduler, ok)(id, events);
    const crash = (): void => events.misbehaved("crashed", "no module 'that'");
    const start = (): void => void scheduler.at(scheduler.now() + 30, crash);
    return id === "n0" ? host : { ...host, start, receive: () => {} };
  };
  let results: Results | undefined;
  new Examination({ settings: { ...defaults, nodeCount: 3 }, scheduler, hosts, seesInside: true })
    .start((found) => results = found);
  scheduler.run();
  assert.deepEqual([results?.failures, results?.["time-ms"]], [[
    "Misbehaved: n1, n2: crashed: no module 'that'",
    "Setup: ended before it answered init and topology: n1, n2.",
  ], 30]);
});

test("Examination: last reads wait for killed nodes that are still coming up", () => {
  const slow: Answer = (body, { nth }) => ({
    body: { type: `${body.type}_ok`, messages: [] },
    afterMs: nth > 0 && (body.type === "init" || body.type === "topology") ? 300 : 0,
  });
  const { nemesis, workload } = examine(slow, { nemesis: ["kill"], nemesisIntervalS: 1e6, recoveryS: 0 });
  assert.deepEqual(nemesis.map(({ what }) => what), ["start", "stop"]);
  assert.deepEqual(workload["no-final-read"], []);
});

test("Examination: last reads do not wait for a node that fails to come up again", () => {
  const gone: Answer = (body, asked) => body.type === "init" && asked.nth > 0 ? undefined : ok(body, asked);
  const results = examine(gone, { nemesis: ["kill"], nemesisIntervalS: 1e6, recoveryS: 0 });
  assert.deepEqual(results.workload["no-final-read"], ["n0"]);
  assert.match(results.failures[0] ?? "", /init-unanswered: no init_ok after a restart/);
});

test("Examination: runs in real time as it does in virtual time", async () => {
  const scheduler = new RealScheduler();
  const settings: Settings = { ...defaults, rate: 200, timeLimitS: 0.4, recoveryS: 1, latencyMs: 5 };
  const phases = new Set<string>();
  const results = await new Promise<Results>((resolve) => {
    const hosts = naiveHosts(1, scheduler, {});
    const onProgress = ({ phase }: { readonly phase: string }): unknown => phases.add(phase);
    new Examination({ settings, scheduler, hosts, seesInside: true, onProgress }).start(resolve);
  });
  scheduler.close();
  assert.deepEqual(results.failures, []);
  assert.ok(results.workload["stable-count"] > 10);
  assert.ok((results["true-latencies"]?.["0"] ?? 0) >= 5);
  // Progress is told now and then, so short phases may go unseen.
  assert.deepEqual(["setup", "main", "done"].filter((phase) => !phases.has(phase)), []);
});
