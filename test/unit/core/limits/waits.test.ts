/** How long a node waits before it says or asks something, and how often it asks: each limit, met. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { HELLO_MS } from "../../../../lib/core/replication/flush_schedule.ts";
import { BACKGROUND_PROBE_MS } from "../../../../lib/core/liveness/prober.ts";
import { MISSES_MAX } from "../../../../lib/core/replication/progress.ts";
import {
  ACK_DELAY_MS,
  RTT_GUESS_MS,
  WINDOW_MIN_MS,
} from "../../../../lib/core/replication/round_trips/timing.ts";
import { Pair } from "../pair.ts";
import { count, entries } from "./gathered.ts";

/** No longer than this is a peer left alone that does not answer (a probe interval of two, and more than a retry). */
const SILENCE_MS_MAX = 2_000;

test("the first word goes to the relay at once, and from the relay after HELLO_MS [D1]", () => {
  const pair = new Pair(1);
  pair.cut = true;
  pair.run(HELLO_MS);
  const firsts = ["n0", "n1"].map((id) => pair.sent.find(({ src }) => src === id)?.at);
  deepEqual(firsts, [HELLO_MS, 0]);
});

test("a bare acknowledgement waits ACK_DELAY_MS, and not much longer [E4] [E5]", () => {
  for (const id of ["n0", "n1"]) {
    const pair = new Pair(10);
    pair.run(5_000);
    pair.sent.length = 0;
    pair.broadcast(id, ["x"]);
    pair.run(20_000);
    const [brought, ...after] = pair.sent;
    const acked = after.find(({ src }) => src !== id);
    const waited = (acked?.at ?? Infinity) - (brought?.at ?? 0) - 10;
    ok(waited >= ACK_DELAY_MS && waited <= ACK_DELAY_MS + 4 * RTT_GUESS_MS, `${waited} ms`);
    equal(pair.sent.length, 2, "one message brings it and one says that it came");
  }
});

test("a peer that never answers gets MISSES_MAX requests, then small probes, and no more than those [T7]", () => {
  const pair = new Pair();
  pair.cut = true;
  pair.broadcast("n1", count(0, 100));
  pair.run(60_000);
  const said = pair.sent.filter(({ src }) => src === "n1");
  const loaded = said.filter((each) => entries(each) > 0);
  ok(loaded.length <= MISSES_MAX, `${loaded.length} messages with entries`);
  const late = said.filter(({ at }) => at > 10_000);
  ok(
    late.length >= 50_000 / (4 * BACKGROUND_PROBE_MS) && late.length <= 50_000 / (BACKGROUND_PROBE_MS / 2),
    `${late.length} probes`,
  );
  for (const { bytes } of late) ok(bytes < 300, `a probe of ${bytes} bytes`);
});

test("a peer that falls silent is asked again within SILENCE_MS_MAX, and probed until it answers [T7]", () => {
  const pair = new Pair(100);
  pair.run(3_000);
  pair.cut = true;
  pair.sent.length = 0;
  pair.broadcast("n1", [1]);
  pair.run(60_000);
  const times = pair.sent.filter(({ src }) => src === "n1").map(({ at }) => at);
  for (const [i, at] of times.slice(1).entries()) {
    ok(at - (times[i] ?? 0) <= SILENCE_MS_MAX, `silent from ${times[i]} to ${at} ms`);
  }
});

test("a peer that stood still for a while is retried about as soon as one that did not [T3] [T7]", () => {
  for (const still of ["n0", "n1"]) {
    const pair = new Pair();
    const other = still === "n0" ? "n1" : "n0";
    pair.run(3_000);
    pair.still = still;
    pair.broadcast(other, ["before"]);
    pair.run(30_000);
    pair.still = undefined;
    pair.run(60_000);
    // One message is lost, and then the network is well again.
    pair.cut = true;
    pair.broadcast(other, ["after"]);
    pair.run(1);
    pair.cut = false;
    pair.run(2 * SILENCE_MS_MAX);
    deepEqual(pair.read(still), ["before", "after"], `${still} stood still`);
  }
});

test("a relay's window under WINDOW_MIN_MS is none: what enters leaves for it at once [V4] [V8]", () => {
  for (const latencyMs of [0, 1, 50]) {
    const pair = new Pair(latencyMs);
    pair.run(2_000);
    const waits = count(0, 40).map((n) => {
      pair.sent.length = 0;
      pair.broadcast("n1", [n]);
      const left = pair.sent.some((each) => each.src === "n1" && entries(each) > 0);
      pair.broadcast("n0", [`${n}`]);
      pair.run(9);
      return left;
    });
    const window = 2 * 2 * latencyMs;
    equal(waits.every((left) => left), window < WINDOW_MIN_MS, `${latencyMs} ms`);
  }
});

test("a relay whose window is under WINDOW_MIN_MS passes on at once what comes right after the last [V4]", () => {
  const pair = new Pair(1);
  pair.run(2_000);
  pair.sent.length = 0;
  pair.broadcast("n0", ["first", "second"]);
  equal(pair.sent.filter((each) => entries(each) > 0).length, 2);
});
