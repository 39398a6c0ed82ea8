/** How the round trip to a peer is sampled by its echoes, and what an echo settles. */
import { deepEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { Progress } from "../../../../lib/core/replication/progress.ts";
import {
  BURST_MS,
  FIRST_SAMPLE_MAX_MS,
  SAMPLE_SLACK_MS,
} from "../../../../lib/core/replication/round_trips/rtt.ts";
import { met, MY_LIFE, send, word } from "./peer.ts";

test("Progress: a first sample, of one that was just starting, counts for little over FIRST_SAMPLE_MAX_MS [T3]", () => {
  const peer = new Progress("n1");
  send(peer, 0);
  peer.hear(word({ ack: [MY_LIFE, 1, 0] }), MY_LIFE, 60_000);
  ok((peer.rtt?.mean ?? Infinity) < 1.2 * FIRST_SAMPLE_MAX_MS, `${peer.rtt?.mean} ms`);
});

test("Progress: an echo samples the round trip, less what the message lay there [T1]", () => {
  const peer = met();
  send(peer, 1000);
  peer.hear(word({ ack: [MY_LIFE, 1, 40] }), MY_LIFE, 1240);
  deepEqual(peer.rtt, { mean: 200, deviation: 0, isBound: false });
  send(peer, 2000);
  peer.hear(word({ seq: 2, ack: [MY_LIFE, 2, 0] }), MY_LIFE, 2280);
  deepEqual(peer.rtt, { mean: 210, deviation: 20, isBound: false });
});

test("Progress: what went to it before it was heard is a bound, which the first sample replaces [T2]", () => {
  const peer = new Progress("n1");
  send(peer, 0);
  send(peer, 900);
  peer.hear(word({ ack: [MY_LIFE, 1, 0] }), MY_LIFE, 700);
  deepEqual(peer.rtt, { mean: 700, deviation: 0, isBound: true });
  peer.hear(word({ seq: 2, ack: [MY_LIFE, 2, 0] }), MY_LIFE, 990);
  deepEqual(peer.rtt, { mean: 700, deviation: 0, isBound: true });
  send(peer, 1_000);
  peer.hear(word({ seq: 3, ack: [MY_LIFE, 3, 0] }), MY_LIFE, 1_080);
  deepEqual(peer.rtt, { mean: 80, deviation: 0, isBound: false });
});

test("Progress: an echo that claims to have lain there longer than it took samples 0, not less [T1]", () => {
  const peer = met();
  send(peer, 0);
  peer.hear(word({ ack: [MY_LIFE, 1, 1e308] }), MY_LIFE, 10);
  deepEqual(peer.rtt, { mean: 0, deviation: 0, isBound: false });
});

test("Progress: a sample counts as at most twice what was expected and SAMPLE_SLACK_MS [T3]", () => {
  const peer = met();
  send(peer, 0);
  peer.hear(word({ ack: [MY_LIFE, 1, 0] }), MY_LIFE, 80);
  send(peer, 1000);
  peer.hear(word({ seq: 2, ack: [MY_LIFE, 2, 0] }), MY_LIFE, 31_000);
  const believed = 2 * 80 + SAMPLE_SLACK_MS;
  deepEqual(peer.rtt, { mean: 80 + (believed - 80) / 8, deviation: (believed - 80) / 4, isBound: false });
});

test("Progress: answers within BURST_MS are one sample, the last of them [T3]", () => {
  const peer = met();
  send(peer, 0);
  peer.hear(word({ ack: [MY_LIFE, 1, 0] }), MY_LIFE, 80);
  for (const at of [1000, 1100, 1200]) send(peer, at);
  peer.hear(word({ seq: 2, ack: [MY_LIFE, 2, 0] }), MY_LIFE, 1270);
  peer.hear(word({ seq: 3, ack: [MY_LIFE, 3, 0] }), MY_LIFE, 1280);
  peer.hear(word({ seq: 4, ack: [MY_LIFE, 4, 0] }), MY_LIFE, 1270 + BURST_MS);
  deepEqual(peer.rtt, { mean: 80 + 40 / 8, deviation: 40 / 4, isBound: false });
});

test("Progress: an echo of a message never sent, of one long landed or of another life says nothing [T1]", () => {
  const peer = new Progress("n1");
  send(peer, 0, 500);
  peer.hear(word({ ack: [MY_LIFE, 2, 0] }), MY_LIFE, 10);
  peer.hear(word({ seq: 2, ack: [MY_LIFE - 1, 1, 0] }), MY_LIFE, 10);
  deepEqual([peer.rtt, peer.awaited, peer.timers.at("retry")], [undefined, true, 500]);
  peer.hear(word({ seq: 3, ack: [MY_LIFE, 1, 0] }), MY_LIFE, 20);
  peer.hear(word({ seq: 4, ack: [MY_LIFE, 1, 0] }), MY_LIFE, 900);
  deepEqual([peer.rtt, peer.awaited, peer.timers.at("retry")], [
    { mean: 20, deviation: 0, isBound: true },
    false,
    Infinity,
  ]);
});

test("Progress: an echo settles all that left before it, and confirms what that message had said [T4]", () => {
  const peer = new Progress("n1");
  send(peer, 0, 300, 4, 1);
  send(peer, 10, 400, 6, 2);
  send(peer, 20, 500, 8, 3);
  peer.hear(word({ ack: [MY_LIFE, 2, 0] }), MY_LIFE, 50);
  deepEqual(
    [peer.flights.confirmed.log, peer.flights.confirmed.links, peer.timers.at("retry"), peer.awaited],
    [6, 2, 500, true],
  );
});
