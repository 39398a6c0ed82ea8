/** The clients: pace, one request at a time, timeouts and late replies, errors, and the last reads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Envelope } from "../../../../lib/core/message.ts";
import { Examination } from "../../../../lib/workbench/examination.ts";
import { SAMPLE_EACH_MS, SAMPLES_HZ_MAX } from "../../../../lib/workbench/load/read_sampler.ts";
import type { Results } from "../../../../lib/workbench/verdict/results.ts";
import { VirtualScheduler } from "../../../../lib/workbench/world/scheduler.ts";
import { defaults, type Settings } from "../../../../lib/workbench/settings.ts";
import type { HostFactory, Scheduler } from "../../../../lib/workbench/world/world.ts";
import { type Answer, answering, examine, ok } from "./examined.ts";

test("Workload: operations come at the rate, half of them broadcasts, and one final read per node", () => {
  const { stats } = examine(ok, { nodeCount: 3, rate: 100, timeLimitS: 100 });
  assert.ok(Math.abs(stats.count - 10_000) < 300);
  assert.ok(Math.abs(stats["by-f"].broadcast.count - 5000) < 200);
  assert.equal(examine(ok, { nodeCount: 3, rate: 0 }).stats.count, 3);
});

test("Workload: a script changes the rate, from none and to none, too", () => {
  const script = "10000 rate 100; 20000 rate 10; 60000 rate 0; 80000 broadcast n0 1";
  const { stats } = examine(ok, { nodeCount: 3, rate: 0, timeLimitS: 100, script });
  assert.ok(Math.abs(stats.count - 1_400) < 100, `${stats.count}`);
  // Slow nodes that are all busy when the load ends are asked nothing any more.
  const slow: Answer = (body) => ({ body: { type: `${body.type}_ok`, messages: [] }, afterMs: 400 });
  const ended = examine(slow, { nodeCount: 1, rate: 100, timeLimitS: 20, script: "1000 rate 0" });
  assert.ok(ended.stats.count <= 5, `${ended.stats.count}`);
});

test("Workload: timers that ring late do not slow the rate; a longer delay is not made up for", () => {
  const opsWith = (lateMs: (when: number) => number): number => {
    const scheduler = new VirtualScheduler();
    const late: Scheduler = {
      now: () => scheduler.now(),
      at: (when, run) => scheduler.at(when + lateMs(when), run),
      takeLateMs: () => 0,
    };
    const settings: Settings = { ...defaults, nodeCount: 5, rate: 200, timeLimitS: 100 };
    let results: Results | undefined;
    new Examination({ settings, scheduler: late, hosts: answering(late, ok), seesInside: true })
      .start((found) => results = found);
    scheduler.run();
    return results?.stats.count ?? 0;
  };
  // As setTimeout rings at whole milliseconds.
  const coarse = opsWith((when) => Math.ceil(when) + 1 - when);
  assert.ok(Math.abs(coarse - 20_000) < 500, `${coarse}`);
  // Ten seconds asleep in the middle: what was not asked then is not asked all at once after it.
  const asleep = opsWith((when) => when > 50_000 && when < 60_000 ? 60_000 - when : 0);
  assert.ok(Math.abs(asleep - 18_000) < 500, `${asleep}`);
});

test("Workload: a node is asked one thing at a time, however slow it is", () => {
  const slow: Answer = (body, { nth }) => ({
    body: { type: `${body.type}_ok`, messages: [] },
    afterMs: nth === 0 ? 0 : 1000,
  });
  const { stats } = examine(slow, { rate: 100 });
  assert.ok(stats.count >= 20 && stats.count <= 25);
  assert.equal(stats["ok-count"], stats.count);
});

test("Workload: what is open at a node that goes out of reach ends at once, and until it is back it is asked nothing", () => {
  const scheduler = new VirtualScheduler();
  const hosts: HostFactory = (id, events) => {
    const sound = answering(scheduler, ok)(id, { ...events });
    let left = 3;
    const receive = (envelope: Envelope): void => {
      if (envelope.body.type !== "broadcast" || --left !== 0) return void sound.receive(envelope);
      scheduler.at(scheduler.now() + 100, () => events.gone("h:1 closed the connection"));
      scheduler.at(scheduler.now() + 2100, () => events.back(false));
    };
    return { ...sound, receive };
  };
  let results: Results | undefined;
  const settings: Settings = { ...defaults, nodeCount: 1, rate: 50, timeLimitS: 6 };
  new Examination({ settings, scheduler, hosts, seesInside: true }).start((found) => results = found);
  scheduler.run();
  assert.ok(results !== undefined);
  const { stats, nemesis } = results;
  assert.equal(stats["info-count"], 1);
  // At 50 a second, for two seconds.
  assert.ok(stats["fail-count"] > 80 && stats["fail-count"] < 120, `${stats["fail-count"]}`);
  const [start, stop] = nemesis.map((event) => event["at-ms"]);
  assert.ok(start !== undefined && stop === start + 2000);
  assert.deepEqual(results.workload.unanswered, []);
});

test("Workload: what is not answered in 5 s stays open; a late reply is counted and not used", () => {
  const clients: string[] = [];
  const late: Answer = (body, { nth, src }) => {
    if (body.type !== "init" && body.type !== "topology") clients.push(src);
    const afterMs = body.type === "broadcast" && nth === 0 ? 5001 : 0;
    return { body: { type: `${body.type}_ok`, messages: [] }, afterMs };
  };
  const { stats, net, workload } = examine(late, { rate: 1 });
  assert.deepEqual([stats["info-count"], net["late-replies"]], [1, 1]);
  assert.equal(workload["acknowledged-count"], workload["attempt-count"] - 1);
  // The client that gave up is not used again, as in Jepsen.
  assert.equal(new Set(clients).size, 2);
});

test("Workload: a reply that comes twice is not late", () => {
  const scheduler = new VirtualScheduler();
  const hosts: HostFactory = (id, events) =>
    answering(scheduler, ok)(id, {
      ...events,
      sent(envelope) {
        events.sent(envelope);
        events.sent(envelope);
      },
    });
  let results: Results | undefined;
  new Examination({ settings: { ...defaults, nodeCount: 1 }, scheduler, hosts, seesInside: true })
    .start((found) => results = found);
  scheduler.run();
  assert.equal(results?.net["late-replies"], 0);
  const [second, ...more] = results?.unusual ?? [];
  assert.deepEqual([second?.kind, second?.nodes], ["second-reply", ["n0"]]);
  // Those to init and topology, too; the one to the last read comes when all is over.
  assert.equal(second?.count, (results?.stats.count ?? 0) + 2 - 1);
  // Its broadcasts are answered with messages.
  assert.deepEqual(more.map(({ kind }) => kind), ["odd-reply"]);
});

test("Workload: null for the messages of a read is none of them, and a field too many is said", () => {
  const nulls: Answer = (body) => ({
    body: { type: `${body.type}_ok`, ...body.type === "read" ? { messages: null } : { more: 1 } },
  });
  const { stats, workload, unusual = [] } = examine(nulls);
  assert.equal(stats["ok-count"], stats.count);
  assert.equal(workload["violation-count"], 0);
  const counts = unusual.map(({ kind, count }) => [kind, count]);
  const { broadcast, read } = stats["by-f"];
  assert.deepEqual(Object.fromEntries(counts), { "odd-reply": broadcast.count, "null-messages": read.count });
});

test("Workload: the client that asked init is gone, and a message to it is one to nobody", () => {
  let asker = "";
  const late: Answer = (body, asked) => {
    if (body.type === "init") asker = asked.src;
    return ok(body, asked);
  };
  const scheduler = new VirtualScheduler();
  const hosts: HostFactory = (id, events) => {
    const host = answering(scheduler, late)(id, events);
    const hello = () => events.sent({ src: id, dest: asker, body: { type: "hello" } });
    return { ...host, start: () => void scheduler.at(scheduler.now() + 5_000, hello) };
  };
  let results: Results | undefined;
  new Examination({ settings: { ...defaults, nodeCount: 1 }, scheduler, hosts, seesInside: true })
    .start((found) => results = found);
  scheduler.run();
  const [violation, ...more] = results?.workload.violations ?? [];
  assert.deepEqual([violation?.kind, more], ["unknown-destination", []]);
});

test("Workload: what a node answers to its last read instead of values is said once", () => {
  const refusing: Answer = (body, asked) =>
    body.type === "read" ? { body: { type: "error", code: 11, text: "not ready" } } : ok(body, asked);
  assert.equal(
    examine(refusing, { nodeCount: 2 }).failures[0],
    'No final read: it failed at n0, n1; n0 answered error 11 "not ready".',
  );
});

test("Workload: a definite error fails an operation, an indefinite one leaves it open", () => {
  const error = (code: number): Answer => (body, asked) =>
    body.type === "broadcast" ? { body: { type: "error", code, text: "no" } } : ok(body, asked);
  const [refused, crashed] = [11, 13].map((code) => examine(error(code)).stats["by-f"].broadcast);
  assert.ok(refused !== undefined && refused["fail-count"] > 0 && refused["fail-count"] === refused.count);
  assert.ok(crashed !== undefined && crashed["info-count"] > 0 && crashed["info-count"] === crashed.count);
});

test("Workload: a reply of the wrong type is a violation and leaves the operation open", () => {
  const wrong: Answer = (body, asked) =>
    body.type === "read" ? { body: { type: "broadcast_ok" } } : ok(body, asked);
  const { stats, workload } = examine(wrong);
  assert.equal(stats["by-f"].read["info-count"], stats["by-f"].read.count);
  assert.ok(workload.violations.every(({ kind }) => kind === "malformed-reply"));
});

/** Answers nothing while `mute` says so, nor anything that was asked then. */
function muteWhile(mute: (now: number) => boolean): Answer {
  return (body, asked) => mute(asked.now) ? undefined : ok(body, asked);
}

test("Workload: a node that is mute late in the main phase, or at the final read only, has stopped answering", () => {
  const mute = (from: number, to: number): readonly string[] =>
    examine(muteWhile((now) => now >= from && now < to)).workload.unanswered;
  assert.deepEqual(mute(8_000, 25_000), ["n0"]);
  assert.deepEqual(mute(25_000, Infinity), ["n0"]);
  assert.deepEqual(mute(3_000, 14_000), []);
});

test("Workload: a node that was paused is excused for what it did not answer", () => {
  const results = examine(ok, { nemesis: ["pause"], nemesisIntervalS: 1e6 });
  assert.ok(results.stats["info-count"] > 0);
  assert.deepEqual(results.workload.unanswered, []);
});

test("ReadSampler: reads each node in turn, counted apart from operations and messages", () => {
  const { net, stats, ...results } = examine(ok, { nodeCount: 5, timeLimitS: 10, recoveryS: 10 }, false);
  assert.equal(results["observed-every-ms"], SAMPLE_EACH_MS);
  assert.ok(Math.abs(net.observer["send-count"] - 2 * 20 * 5 * 1000 / SAMPLE_EACH_MS) <= 4);
  assert.equal(net.clients["send-count"], 2 * (10 + stats.count));
});

test("ReadSampler: looks SAMPLES_HZ_MAX times a second at most, however many nodes there are", () => {
  const { net, ...results } = examine(ok, { nodeCount: 50, timeLimitS: 10, recoveryS: 10 }, false);
  assert.equal(results["observed-every-ms"], 50 * 1000 / SAMPLES_HZ_MAX);
  assert.ok(Math.abs(net.observer["send-count"] - 2 * 20 * SAMPLES_HZ_MAX) <= 4);
});

test("ReadSampler: sees true times where a node cannot be seen into", () => {
  const values: number[] = [];
  const one: Answer = (body) => {
    if (body.type === "broadcast" && typeof body["message"] === "number") values.push(body["message"]);
    return { body: { type: `${body.type}_ok`, messages: [...values] } };
  };
  const results = examine(one, {}, false);
  assert.deepEqual(results.failures, []);
  const max = results["true-latencies"]?.["1"] ?? Infinity;
  assert.ok(max > 0 && max <= results["observed-every-ms"]);
});
