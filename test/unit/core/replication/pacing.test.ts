/** How much may be on its way to a peer, and how long that may take: what a line has carried decides. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { type Run, runOf } from "../../../../lib/core/log/runs.ts";
import {
  ALLOWANCE_BYTES_MAX,
  BATCH_BYTES_MIN,
  FIRST_BYTES,
  JOINED_BYTES_MAX,
  LIGHT_BYTES,
  LOADS_MAX,
  Pacing,
  QUEUE_MS,
  RATE_FLOOR,
  SLOWDOWN,
} from "../../../../lib/core/replication/pacing.ts";
import { BATCH_BYTES_MAX } from "../../../../lib/core/replication/pacing.ts";

const RTT_MS = 10;

interface Sent {
  readonly bytes: number;
  readonly at?: number;
  readonly cut?: boolean;
  readonly asked?: boolean;
  readonly runs?: readonly Run[];
}

function send(pacing: Pacing, n: number, { bytes, at = 0, cut = true, asked = true, runs = [] }: Sent): void {
  pacing.left(n, { runs, gaps: [], bytes, more: cut }, asked, RTT_MS, at);
}

/** A line of so many bytes a millisecond that is kept full for so many batches; returns the time that is then. */
function fill(pacing: Pacing, rate: number, batches: number, from = 0): number {
  const queue: { readonly n: number; readonly doneAt: number }[] = [];
  let now = from;
  let freeAt = from;
  for (let n = 1; n <= batches;) {
    for (let room = pacing.room(RTT_MS); room > 0 && n <= batches; room = pacing.room(RTT_MS)) {
      send(pacing, n, { bytes: room, at: now });
      freeAt = Math.max(now, freeAt) + room / rate;
      queue.push({ n: n++, doneAt: freeAt });
    }
    const first = queue.shift();
    now = (first?.doneAt ?? now) + RTT_MS;
    pacing.landed(first?.n ?? 0, RTT_MS, now);
  }
  for (const { n, doneAt } of queue) {
    now = doneAt + RTT_MS;
    pacing.landed(n, RTT_MS, now);
  }
  return now;
}

test("Pacing: with a known round trip FIRST_BYTES may leave at first, LIGHT_BYTES without, and no more until they landed [F3]", () => {
  for (const [rttMs, bytes] of [[RTT_MS, FIRST_BYTES], [undefined, LIGHT_BYTES]] as const) {
    const pacing = new Pacing();
    equal(pacing.room(rttMs), bytes);
    send(pacing, 1, { bytes });
    equal(pacing.room(rttMs), 0);
    pacing.landed(1, RTT_MS, 100);
    ok(pacing.room(RTT_MS) >= BATCH_BYTES_MIN);
  }
});

test("Pacing: as much is on its way as the line takes within a round trip and QUEUE_MS, half of that in one batch [F1] [F2]", () => {
  for (const rate of [64, 250, 1_000]) {
    const pacing = new Pacing();
    fill(pacing, rate, 20);
    const batch = pacing.room(RTT_MS);
    const due = rate * (RTT_MS + QUEUE_MS) / 2;
    const wanted = Math.max(BATCH_BYTES_MIN, Math.min(BATCH_BYTES_MAX, due));
    ok(Math.abs(batch / wanted - 1) < 0.1, `${batch} bytes at ${rate} a millisecond, for ${wanted}`);
  }
});

test("Pacing: however thin or fast the line, a batch is between BATCH_BYTES_MIN and BATCH_BYTES_MAX, all within ALLOWANCE_BYTES_MAX [F1] [F2]", () => {
  const thin = new Pacing();
  fill(thin, 5, 10);
  equal(thin.room(RTT_MS), BATCH_BYTES_MIN);
  const fast = new Pacing();
  fill(fast, 1e6, 20);
  equal(fast.room(RTT_MS), BATCH_BYTES_MAX);
  let bytes = 0;
  for (let n = 100; fast.room(RTT_MS) > 0; n++) {
    bytes += fast.room(RTT_MS);
    send(fast, n, { bytes: fast.room(RTT_MS), at: 1e6 });
  }
  equal(bytes, ALLOWANCE_BYTES_MAX);
});

test("Pacing: a line that has become thin is known for one after few batches, and one that stood still once is not [F3]", () => {
  const pacing = new Pacing();
  const now = fill(pacing, 6_250, 20);
  fill(pacing, 64, 8, now);
  equal(pacing.room(RTT_MS), BATCH_BYTES_MIN);
  const steady = new Pacing();
  const then = fill(steady, 250, 20);
  const before = steady.room(RTT_MS);
  send(steady, 50, { bytes: before, at: then });
  steady.landed(50, RTT_MS, then + 3_000);
  ok(steady.room(RTT_MS) >= 0.45 * before, `${steady.room(RTT_MS)} bytes, ${before} before`);
});

test("Pacing: a line that was not full is not taken for a thin one [F3]", () => {
  const pacing = new Pacing();
  const now = fill(pacing, 1_000, 20);
  const before = pacing.room(RTT_MS);
  for (let i = 1; i < 10; i++) {
    send(pacing, 50 + i, { bytes: 2 * LIGHT_BYTES, cut: false, at: now + 1_000 * i });
    pacing.landed(50 + i, RTT_MS, now + 1_000 * i + 900);
  }
  equal(pacing.room(RTT_MS), before);
});

test("Pacing.waitMs() is what the line takes for all that is on its way, at RATE_FLOOR before a sample, 0 for LIGHT_BYTES [T6] [F6]", () => {
  const pacing = new Pacing();
  send(pacing, 1, { bytes: LIGHT_BYTES });
  deepEqual([pacing.heavy, pacing.waitMs(0)], [false, 0]);
  send(pacing, 2, { bytes: FIRST_BYTES });
  deepEqual([pacing.heavy, pacing.waitMs(0)], [true, (LIGHT_BYTES + FIRST_BYTES) / RATE_FLOOR]);
  const known = new Pacing();
  const now = fill(known, 1_000, 20);
  send(known, 50, { bytes: 200_000, at: now });
  ok(known.waitMs(0) >= 200 && known.waitMs(0) < 400, `${known.waitMs(0)} ms`);
  ok(known.waitMs(1) >= SLOWDOWN * 200, "an answer that is overdue makes it doubtful");
});

test("Pacing: what is on its way is moving, where it is more than LIGHT_BYTES, until it landed, expired or was given up [F5]", () => {
  const run = (seq: number): Run => runOf("a", seq, seq);
  const pacing = new Pacing();
  send(pacing, 1, { bytes: LIGHT_BYTES, runs: [run(1)] });
  const moving = () => [...pacing.moving()].map(({ seq }) => seq);
  deepEqual(moving(), []);
  for (const n of [2, 3, 4]) send(pacing, n, { bytes: FIRST_BYTES, runs: [run(n)], at: 1_000 * n });
  deepEqual(moving(), [1, 2, 3, 4]);
  pacing.landed(2, RTT_MS, 4_000);
  deepEqual(moving(), [3, 4]);
  pacing.expire(5_000);
  deepEqual(moving(), [3, 4]);
  pacing.expire(60_000);
  deepEqual(moving(), []);
  send(pacing, 5, { bytes: FIRST_BYTES, runs: [run(5)], at: 60_000 });
  pacing.forget();
  deepEqual([moving(), pacing.heavy], [[], false]);
});

test("Pacing: the echo of what was given up says how slow the line is, and that of a later word says nothing [F3]", () => {
  const late = new Pacing();
  send(late, 1, { bytes: FIRST_BYTES });
  late.forget();
  late.landed(1, RTT_MS, 10_000);
  equal(late.room(RTT_MS), BATCH_BYTES_MIN);
  const gone = new Pacing();
  send(gone, 1, { bytes: FIRST_BYTES });
  gone.forget();
  gone.landed(2, RTT_MS, 10_000);
  equal(gone.room(RTT_MS), FIRST_BYTES);
});

test("Pacing: answers are asked for each half of what may be on its way, and not for what is confirmed anyway [F4]", () => {
  const pacing = new Pacing();
  const some = 2_000;
  let n = 0;
  while (!pacing.asks(some)) send(pacing, ++n, { bytes: some, asked: false, cut: false });
  ok(n * some <= FIRST_BYTES / 2 && (n + 1) * some > FIRST_BYTES / 2, `after ${n} times ${some} bytes`);
  send(pacing, ++n, { bytes: some, asked: true, cut: false });
  equal(pacing.asks(some), false);
  pacing.landed(n, RTT_MS, 20);
  for (let i = 0; i < 100; i++) {
    equal(pacing.asks(some), false);
    send(pacing, ++n, { bytes: some, asked: false, cut: false, at: 100 * i });
    pacing.landed(n, RTT_MS, 100 * i + 20);
  }
});

test("Pacing: many small messages are few loads, and of more than LOADS_MAX the oldest are forgotten [T9]", () => {
  const tiny = new Pacing();
  const count = 2 * FIRST_BYTES / 64;
  let n = 0;
  while (n < count && tiny.room(RTT_MS) > 0) send(tiny, ++n, { bytes: 64, asked: false, cut: false });
  ok(n < count, "small messages add up");
  const small = new Pacing();
  const loads = LOADS_MAX + 10;
  for (let i = 1; i <= loads; i++) send(small, i, { bytes: JOINED_BYTES_MAX, asked: false, cut: false });
  const bytes = Math.round(small.waitMs(0) * RATE_FLOOR);
  equal(bytes, LOADS_MAX * JOINED_BYTES_MAX);
});

test("Pacing: what claims to have arrived before it left has arrived then, and makes no wait shorter than none [F3]", () => {
  const pacing = new Pacing();
  send(pacing, 1, { bytes: FIRST_BYTES, at: 5 });
  pacing.landed(1, RTT_MS, -1e308);
  send(pacing, 2, { bytes: FIRST_BYTES, at: 6 });
  pacing.landed(2, RTT_MS, -1e308);
  send(pacing, 3, { bytes: FIRST_BYTES, at: 7 });
  ok(pacing.waitMs(0) >= 0, `${pacing.waitMs(0)} ms`);
});
