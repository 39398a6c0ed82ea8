/** What is believed of one peer: what it holds, how far it is, whether it is still the one that it was. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Digest } from "../../../../lib/core/log/digest.ts";
import { LIGHT_BYTES } from "../../../../lib/core/replication/pacing.ts";
import { FLIGHTS_MAX } from "../../../../lib/core/replication/flights.ts";
import { Progress, type ProgressState } from "../../../../lib/core/replication/progress.ts";
import { runOf } from "../../../../lib/core/log/runs.ts";
import { logOf, met, MY_LIFE, OWN, send, word } from "./peer.ts";

test("Progress: before a word it is behind any entry, ahead of none, and due nothing [E1]", () => {
  const peer = new Progress("n1");
  deepEqual([
    peer.holdings.isBehind(logOf()),
    peer.holdings.isUnacked(logOf()),
    peer.holdings.isAhead(logOf(), OWN),
  ], [
    false,
    false,
    false,
  ]);
  deepEqual([
    peer.holdings.isBehind(logOf(1)),
    peer.holdings.isUnacked(logOf(1)),
    peer.holdings.isAhead(logOf(1), OWN),
  ], [
    true,
    true,
    false,
  ]);
  deepEqual([peer.dueAt, peer.heard.ack(0), peer.awaited, peer.rtt], [Infinity, undefined, false, undefined]);
});

test("Progress.hear() believes what it says that it holds, gaps included [E1]", () => {
  const peer = new Progress("n1");
  peer.hear(word({ digest: [["a", [1, 2, 5, 6]]] }), MY_LIFE, 0);
  deepEqual([peer.holdings.isBehind(logOf(1, 2, 6)), peer.holdings.isUnacked(logOf(1, 2, 6))], [
    false,
    false,
  ]);
  deepEqual([peer.holdings.isBehind(logOf(3)), peer.holdings.isAhead(logOf(1, 2, 3, 5), OWN)], [true, true]);
  equal(peer.holdings.isAhead(logOf(1, 2, 3, 4, 5, 6), OWN), false);
});

test("Progress.hear() passes over an interval that runs backwards, or lacks its end [E1]", () => {
  const peer = new Progress("n1");
  peer.hear(word({ digest: [["a", [1, 10, 20, 5, 12, 12, 30]]] }), MY_LIFE, 0);
  for (const seq of [1, 5, 7, 10, 12]) equal(peer.holdings.isUnacked(logOf(seq)), false, `it holds ${seq}`);
  for (const seq of [11, 15, 20, 30]) {
    equal(peer.holdings.isUnacked(logOf(seq)), true, `it does not hold ${seq}`);
  }
});

test("Progress: what is on its way is neither behind nor acked, and forgetSent() gives it up [E2]", () => {
  const peer = new Progress("n1");
  peer.hear(word({ digest: [["a", [1, 1]]] }), MY_LIFE, 0);
  peer.assume(new Digest([["a", logHeld(1, 2)]]));
  deepEqual([peer.holdings.isBehind(logOf(1, 2)), peer.holdings.isUnacked(logOf(1, 2)), peer.assumed], [
    false,
    true,
    true,
  ]);
  peer.forgetSent();
  deepEqual([peer.holdings.isBehind(logOf(1, 2)), peer.holdings.isBehind(logOf(1)), peer.assumed], [
    true,
    false,
    false,
  ]);
});

test("Progress.holdsSpan() takes what it sent for what it holds [E1]", () => {
  const peer = new Progress("n1");
  peer.holdings.add("a", [2, 2]);
  deepEqual([
    peer.holdings.isUnacked(logOf(2)),
    peer.holdings.isUnacked(logOf(1, 2)),
    peer.holdings.isAhead(logOf(1), OWN),
  ], [
    false,
    true,
    true,
  ]);
});

test("Progress: what it holds of this node's own origin is no news [E7]", () => {
  const peer = new Progress("n1");
  peer.hear(word({ digest: [[OWN, [1, 9]]] }), MY_LIFE, 0);
  equal(peer.holdings.isAhead(logOf(), OWN), false);
});

test("Progress: a batch of which a later message is confirmed, and nothing is held, was lost; one that is on its way is not [F5]", () => {
  const peer = new Progress("n1");
  const log = logOf(1, 2, 3);
  for (const seq of [1, 2, 3]) {
    peer.holdings.take(log, 1, []);
    const runs = [runOf("a", seq, seq)];
    peer.pacing.left(
      peer.flights.nextSeq,
      { runs, gaps: [], bytes: 2 * LIGHT_BYTES, more: true },
      true,
      10,
      0,
    );
    send(peer, 0, 300);
  }
  equal(peer.holdings.isBehind(log), false);
  peer.hear(word({ ack: [MY_LIFE, 2, 0], digest: [["a", [2, 2]]] }), MY_LIFE, 50);
  deepEqual(
    [[1], [2], [3]].map((seqs) =>
      peer.holdings.isMissing(seqs.map((seq) => ({ origin: "a", seq, count: 1 })))
    ),
    [
      true,
      false,
      false,
    ],
  );
});

test("Progress.echo() names the newest message heard and how long it has lain here [T1]", () => {
  const peer = new Progress("n1");
  peer.hear(word({ seq: 4 }), MY_LIFE, 100);
  peer.hear(word({ seq: 2 }), MY_LIFE, 150);
  deepEqual(peer.heard.ack(175), [3, 4, 75]);
});

test("Progress: a later life has forgotten everything, and starts counting anew [B1]", () => {
  const peer = new Progress("n1");
  send(peer, 0, 300, 4, 2);
  peer.hear(word({ seq: 9, ack: [MY_LIFE, 1, 0], digest: [["a", [1, 3]]] }), MY_LIFE, 10);
  send(peer, 20, 300);
  peer.hear(word({ incarnation: 4, seq: 1, digest: [["b", [1, 1]]] }), MY_LIFE, 30);
  deepEqual([peer.heard.incarnation, peer.holdings.isUnacked(logOf(1)), peer.holdings.isBehind(logOf(1))], [
    4,
    true,
    true,
  ]);
  deepEqual(
    [peer.flights.confirmed.log, peer.flights.confirmed.links, peer.awaited, peer.timers.at("retry")],
    [0, 0, false, Infinity],
  );
  deepEqual(peer.heard.ack(30), [4, 1, 0]);
});

test("Progress: a message of an earlier life is of somebody who is no more [B1]", () => {
  const peer = new Progress("n1");
  peer.hear(word({ incarnation: 4 }), MY_LIFE, 10);
  equal(peer.hear(word({ seq: 7, digest: [["a", [1, 3]]] }), MY_LIFE, 20), false);
  deepEqual(
    [peer.heard.incarnation, peer.heard.at, peer.holdings.isAhead(logOf(), OWN), peer.heard.ack(20)],
    [4, 10, false, [
      4,
      1,
      10,
    ]],
  );
});

test("Progress: while an answer is overdue, no entries follow what takes its time; little on its way keeps none back [F6]", () => {
  for (const [bytes, mayFollow] of [[LIGHT_BYTES, true], [LIGHT_BYTES + 1, false]] as const) {
    const peer = met();
    send(peer, 0);
    hearAck(peer, 1);
    peer.pacing.left(2, { bytes, runs: [], gaps: [], more: false }, true, 10, 10);
    send(peer, 10, 300);
    ok(peer.room > 0);
    peer.miss();
    equal(peer.room > 0, mayFollow);
  }
});

test("Progress: any word ends a row of misses [T7]", () => {
  const peer = new Progress("n1");
  peer.miss();
  peer.hear(word(), MY_LIFE, 0);
  equal(peer.misses, 0);
});

test("Progress: awaits the echoes of at most FLIGHTS_MAX messages, the newest ones [T4]", () => {
  const peer = met();
  for (let n = 1; n <= FLIGHTS_MAX + 1; n++) send(peer, n);
  equal(peer.flights.nextSeq, FLIGHTS_MAX + 2);
  peer.hear(word({ ack: [MY_LIFE, 1, 0] }), MY_LIFE, 500);
  equal(peer.rtt, undefined);
  peer.hear(word({ seq: 2, ack: [MY_LIFE, 2, 0] }), MY_LIFE, 502);
  deepEqual(peer.rtt, { mean: 500, deviation: 0, isBound: false });
});

test("Progress.expectNothing() leaves no moment at which an answer is missed [T7]", () => {
  const peer = new Progress("n1");
  send(peer, 0, 300);
  for (const name of ["send", "pull"] as const) peer.timers.set(name, 200);
  peer.miss();
  peer.expectNothing();
  deepEqual([peer.dueAt, peer.awaited, peer.misses], [Infinity, false, 0]);
});

test("Progress.dueAt is the earliest of what it is due", () => {
  const peer = new Progress("n1");
  peer.timers.set("ack", 40);
  peer.timers.set("pull", 30);
  send(peer, 0, 50);
  equal(peer.dueAt, 30);
});

/** Each transition of the table in progress.ts, from a peer that was just made. */
const transitions: [to: ProgressState, by: string, how: (peer: Progress) => void][] = [
  ["unknown", "nothing", () => {}],
  ["unknown", "a question of which nothing is expected", (peer) => send(peer, 0)],
  ["unknown", "a supposition", (peer) => peer.assume(new Digest())],
  ["probing", "a question under a supposition", (peer) => ask(peer)],
  ["unknown", "a word under a supposition", (peer) => [ask(peer), hearAck(peer, 1)]],
  ["streaming", "a word, and no supposition", (peer) => [ask(peer), hearAck(peer, 1), peer.forgetSent()]],
  ["throttled", "a message that leaves something out", (peer) => leaveOut(peer)],
  ["streaming", "a message that leaves nothing out", (peer) => [leaveOut(peer), send(peer, 1)]],
  ["probing", "a miss", (peer) => [leaveOut(peer), peer.miss()]],
  [
    "throttled",
    "a word after a miss",
    (peer) => [leaveOut(peer), peer.miss(), peer.hear(word(), MY_LIFE, 2)],
  ],
  ["probing", "its last chance", (peer) => [peer.hear(word(), MY_LIFE, 0), peer.lastChance()]],
  ["suspected", "too many misses", (peer) => [ask(peer), peer.miss(), peer.miss(), peer.suspect(9)]],
  [
    "streaming",
    "a word of one that was suspected",
    (peer) => [peer.suspect(9), peer.hear(word(), MY_LIFE, 10)],
  ],
  [
    "probing",
    "a supposition, with an answer expected",
    (peer) => [leaveOut(peer), peer.assume(new Digest())],
  ],
];

function ask(peer: Progress): void {
  peer.assume(new Digest());
  send(peer, 0, 500);
}

function hearAck(peer: Progress, seq: number): void {
  peer.hear(word({ ack: [MY_LIFE, seq, 0] }), MY_LIFE, 10);
}

function leaveOut(peer: Progress): void {
  peer.hear(word(), MY_LIFE, 0);
  const unsaid = { logRevision: 0, linksRevision: 0, viewUpdateDue: false };
  peer.left({ ...unsaid, truncated: true }, 500, 0);
}

test("Progress.state follows from what was said and heard, as the table says [E2] [T7]", () => {
  for (const [to, by, how] of transitions) {
    const peer = new Progress("n1");
    how(peer);
    equal(peer.state, to, by);
  }
  const lost = new Progress("n1");
  lost.suspect(9);
  deepEqual([lost.suspectedAt, lost.misses, lost.awaited, lost.dueAt], [9, 0, false, Infinity]);
});

test("Progress: the retry timer is due when the first answer is, and a retry leaves only its own to be [T7]", () => {
  const peer = met();
  const retryAt = () => peer.timers.at("retry");
  for (const answerBy of [Infinity, 300, 200]) send(peer, 0, answerBy);
  equal(retryAt(), 200);
  peer.flights.postpone(250);
  equal(retryAt(), 250);
  peer.miss();
  equal(retryAt(), Infinity);
  send(peer, 260, 900);
  peer.flights.expect(800);
  equal(retryAt(), 800);
  hearAck(peer, 1);
  equal(retryAt(), 900, "what has arrived settles what was expected without a question");
});

function logHeld(...seqs: number[]) {
  const held = logOf(...seqs).held("a");
  if (held === undefined) throw new Error("the log holds something");
  return held;
}
