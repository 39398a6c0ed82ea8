/** The limits of what nodes say to each other: each is met here, and what is over it comes later. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { PULL_CAP_MS } from "../../../../lib/core/replication/repair.ts";
import { BULK_ENTRIES } from "../../../../lib/core/replication/flush_schedule.ts";
import { Digest } from "../../../../lib/core/log/digest.ts";
import { Log } from "../../../../lib/core/log/log.ts";
import { Node, VALUE_BYTES_MAX } from "../../../../lib/core/node.ts";
import { composeDigest, composeLinks, takeBatch } from "../../../../lib/core/replication/compose.ts";
import { BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, FIRST_BYTES } from "../../../../lib/core/replication/pacing.ts";
import { type Envelope, ORIGINS_MAX, readPeerMessage, SPANS_MAX } from "../../../../lib/core/message.ts";
import { seeded } from "../../../../lib/core/random.ts";
import { VERSION_MAX } from "../../../../lib/core/incarnation.ts";
import { Layout } from "../../../../lib/core/topology/layout.ts";
import { LinkState } from "../../../../lib/core/topology/link_state.ts";
import { Members } from "../../../../lib/core/topology/members.ts";
import { LINE_BYTES_MAX } from "../../../../transports/lines/reader.ts";
import { Pair } from "../pair.ts";
import { exchangeIn, stepped } from "../stepped.ts";
import { BLOCK_BYTES_MAX } from "../../../../lib/core/log/entry_store.ts";
import { add } from "../../../shared/entries.ts";
import { count, entries, equalSets, gathered } from "./gathered.ts";

test("a message carries at most BATCH_ENTRIES_MAX entries, and the rest follows [F2]", () => {
  const values = count(0, 5 * BATCH_ENTRIES_MAX + 1);
  const pair = gathered(values);
  equal(Math.max(...pair.sent.map(entries)), BATCH_ENTRIES_MAX);
  equalSets(pair.read("n0"), values);
});

test("as much is on its way as may be, and more follows upon each answer, not after a pause [F1] [F4]", () => {
  const latencyMs = 20;
  const pair = gathered(count(0, 40 * BATCH_ENTRIES_MAX), latencyMs);
  const batches = pair.sent.filter((each) => entries(each) > 1).map(({ at }) => at);
  const moments = [...new Set(batches)];
  ok(batches.length >= 40 && moments.length < 20, `${batches.length} batches, ${moments.length} times`);
  const gaps = moments.slice(1).map((at, i) => at - (moments[i] ?? 0));
  deepEqual(gaps, gaps.map(() => 2 * latencyMs));
});

test("fresh values do not send further batches before what is on its way is answered [F1] [I5]", () => {
  const pair = gathered([], 1);
  pair.cut = true;
  pair.broadcast("n1", count(0, 5 * BATCH_ENTRIES_MAX));
  pair.run(20_000);
  pair.cut = false;
  pair.sent.length = 0;
  while (pair.sent.every((each) => entries(each) <= 1)) pair.run(1);
  pair.still = "n0";
  pair.run(1);
  const before = pair.sent.length;
  pair.broadcast("n1", count(100_000, 100_020));
  pair.run(5);
  equal(pair.sent.length, before);
  pair.still = undefined;
  pair.run(5_000);
  equalSets(pair.read("n0"), [...count(0, 5 * BATCH_ENTRIES_MAX), ...count(100_000, 100_020)]);
});

test("what enters while nothing more may be on its way follows upon the answer, though the last batch was no part [E6] [F4]", () => {
  const pair = new Pair(20);
  pair.run(2_000);
  pair.sent.length = 0;
  pair.broadcast("n0", ["x".repeat(FIRST_BYTES)]);
  while (pair.sent.every((each) => entries(each) === 0)) pair.run(1);
  pair.broadcast("n0", ["small"]);
  pair.run(1_000);
  equal((pair.read("n1") as unknown[]).length, 2);
});

test("what both ends stream to each other goes over the line once, though each asks for answers in between [E2] [F4]", () => {
  const pair = new Pair(20);
  pair.run(2_000);
  const rounds = 300;
  for (let round = 0; round < rounds; round++) {
    for (const id of ["n0", "n1"]) {
      pair.broadcast(
        id,
        count(0, 40).map((n) => `${id} ${round} ${n}`.padEnd(60)),
      );
    }
    pair.run(1);
  }
  pair.run(2_000);
  const values = 2 * 40 * rounds;
  for (const id of ["n0", "n1"]) equal((pair.read(id) as unknown[]).length, values);
  const asked = pair.sent.filter(({ body }) => body.poll).length;
  const sent = pair.sent.reduce((sum, each) => sum + entries(each), 0);
  ok(asked >= 5 && sent < 1.02 * values, `${asked} asked, ${sent} entries were sent for ${values} values`);
});

test("a message stops at BATCH_BYTES_MAX bytes of values, and the rest follows [F2]", () => {
  const length = BATCH_BYTES_MAX / 4;
  const values = count(0, 10).map((n) => String(n).repeat(length));
  const pair = gathered(values);
  const most = Math.max(...pair.sent.map(entries));
  ok(most >= 3 && most <= 4, `${most} values of a quarter of the limit`);
  equalSets(pair.read("n0"), values);
});

test("long values arrive: no message is longer than a line may be, whatever they are written in [F8]", () => {
  for (const letter of ["x", "\u6f22", "\u0001", "\u{1f600}", '"', "\ud800"]) {
    const perLetter = new TextEncoder().encode(JSON.stringify(letter)).length - 2;
    const repeats = Math.floor((VALUE_BYTES_MAX - 16) / perLetter);
    const values = count(0, 8).map((n) => n + letter.repeat(repeats));
    const pair = gathered(values);
    const longest = Math.max(...pair.sent.map(({ bytes }) => bytes));
    ok(longest <= LINE_BYTES_MAX, `a message of ${JSON.stringify(letter)} is ${longest} bytes long`);
    equalSets(pair.read("n0"), values);
  }
});

test("a window's worth over BATCH_ENTRIES_MAX reaches a child whole [F2] [F4]", () => {
  const pair = new Pair(50);
  pair.run(2_000);
  const values = count(0, 3 * BATCH_ENTRIES_MAX);
  pair.broadcast("n0", values);
  pair.run(10_000);
  equalSets(pair.read("n1"), values);
});

test("a message names at most SPANS_MAX intervals of one origin [F8]", () => {
  const node = new Node({ random: seeded(1), incarnation: 1 });
  const hear = (src: string, body: Record<string, unknown>) =>
    node.step({ kind: "receive", envelope: { src, dest: "n0", body: { type: "delta", ...body } } }, 0);
  hear("c1", { type: "init", node_id: "n0", node_ids: ["n0", "n1"] });
  const runs = count(1, 2 * SPANS_MAX).map((n) => ["n1.1", 2 * n, [n]]);
  const [answer] = hear("n1", { incarnation: 1, seq: 1, digest: [], runs, poll: true }).filter(({ kind }) =>
    kind === "send"
  );
  const digest = answer?.kind === "send" ? answer.envelope.body["digest"] : undefined;
  deepEqual(digest, [["n1.1", count(1, SPANS_MAX + 1).flatMap((n) => [2 * n, 2 * n])]]);
});

test("a message names at most ORIGINS_MAX origins, and the rest is named later [E3] [F8]", () => {
  const log = new Log();
  for (let i = 0; i < ORIGINS_MAX + 5; i++) add(log, { origin: `o${i}`, seq: 1, value: i });
  const first = composeDigest(log, 0);
  equal(first.digest.length, ORIGINS_MAX);
  const second = composeDigest(log, first.revision);
  deepEqual(second.digest.map(([origin]) => origin), count(ORIGINS_MAX, ORIGINS_MAX + 5).map((i) => `o${i}`));
  equal(second.revision, log.revision);
});

test("the longest message fits into a line: DIGEST_BYTES_MAX, LINKS_BYTES_MAX, and a batch with a last large value [F8]", () => {
  const log = new Log();
  const name = (i: number) => `${i}`.padEnd(256, "x");
  for (let i = 0; i < ORIGINS_MAX; i++) {
    for (let seq = 1; seq < 2 * SPANS_MAX; seq += 2) {
      add(log, { origin: name(i), seq: 1e15 + seq, value: "v".repeat(i % 200) });
    }
  }
  add(log, { origin: name(0), seq: 2e15, value: "x".repeat(VALUE_BYTES_MAX - 2) });
  const members = new Members(count(0, 501).map((i) => `node-${1_000 + i}`));
  const linkState = new LinkState(0, 1, new Layout(members.size, 0));
  const ranks = count(1, members.size);
  for (const rank of ranks) {
    linkState.merge(rank, { incarnation: 1, version: 1, suspected: new Set(), heard: new Set(ranks) });
  }
  const [sent, confirmed] = [new Digest(), { log: 0, links: 0 }];
  let toldOf = 0;
  for (let turn = 0; confirmed.links < linkState.revision || confirmed.log < log.revision; turn++) {
    ok(turn < 1_000, "it comes to an end");
    const { digest, revision } = composeDigest(log, confirmed.log);
    const words = composeLinks(linkState, members, confirmed.links);
    const { runs } = takeBatch(log, sent);
    const bytes = JSON.stringify({ digest, links: words.links, runs }).length;
    ok(bytes < LINE_BYTES_MAX - 1_024, `${bytes} bytes`);
    [confirmed.log, confirmed.links] = [revision, words.revision];
    toldOf += words.links.length;
  }
  equal(toldOf, ranks.length);
});

test("a digest with more than SPANS_MAX intervals or ORIGINS_MAX origins is malformed [F8]", () => {
  const typeOf = (origins: number, spans: number) => {
    const digest = count(0, origins).map((i) => [`o${i}`, count(1, 2 * spans + 1)]);
    return readPeerMessage({ type: "ack", incarnation: 1, seq: 1, digest })?.type;
  };
  deepEqual([typeOf(1, SPANS_MAX), typeOf(ORIGINS_MAX, 1)], ["ack", "ack"]);
  deepEqual([typeOf(1, SPANS_MAX + 1), typeOf(ORIGINS_MAX + 1, 1)], ["malformed", "malformed"]);
});

/** n0 as the relay of n1 and n2, a round trip of 100 ms away, just after it has passed something on. */
function relay(): { n0: Node; receive: (src: string, body: object, now: number) => Envelope[] } {
  const n0 = new Node({ random: seeded(1), incarnation: 1 });
  const receive = (src: string, body: object, now: number) => {
    const envelope = { src, dest: "n0", body: { type: "delta", ...body } };
    return stepped(n0, { kind: "receive", envelope }, now).flatMap((each) =>
      each.kind === "send" ? each.envelope : []
    );
  };
  receive("c1", { type: "init", node_id: "n0", node_ids: ["n0", "n1", "n2"] }, 0);
  for (const src of ["n1", "n2"]) receive(src, { incarnation: 1, seq: 1, digest: [], poll: true }, 0);
  for (const src of ["n1", "n2"]) receive(src, { incarnation: 1, seq: 2, ack: [1, 1, 0], digest: [] }, 100);
  receive("n1", { incarnation: 1, seq: 3, digest: [], runs: [["n1.1", 1, [0]]] }, 2_000);
  n0.step({ kind: "wake" }, 2_050);
  return { n0, receive };
}

test("BULK_ENTRIES at once are passed on without waiting for a window, fewer are not [V4]", () => {
  for (const [entries, left] of [[BULK_ENTRIES - 1, 0], [BULK_ENTRIES, 1]] as const) {
    const { receive } = relay();
    const sent = receive(
      "n1",
      { incarnation: 1, seq: 4, digest: [], runs: [["n1.1", 2, count(0, entries)]] },
      2_060,
    );
    equal(sent.filter(({ dest }) => dest === "n2").length, left);
  }
});

test("what of the linkState has no room in one message follows by itself, to a neighbour [F8]", () => {
  const ids = count(0, 400).map((i) => `node-${1_000 + i}`);
  const [me, other, teller] = ids as [string, string, string];
  const node = new Node({ random: seeded(1), incarnation: 1 });
  const told = new Set<string>();
  let n = 0;
  const hear = (body: object, now: number, src = other) => {
    const envelope = { src, dest: me, body: { type: "ack", incarnation: 1, seq: ++n, digest: [], ...body } };
    for (const effect of stepped(node, { kind: "receive", envelope }, now)) {
      const said = effect.kind === "send" && effect.envelope.dest === other &&
        exchangeIn(effect.envelope.body);
      if (!said) continue;
      for (const [id] of said.links ?? []) told.add(id);
      if (said.poll === true && told.size < ids.length) hear({ ack: [1, said.seq, 0] }, now);
    }
  };
  const init = { type: "init", node_id: me, node_ids: ids };
  node.step({ kind: "receive", envelope: { src: "c1", dest: me, body: init } }, 0);
  for (const id of ids) hear({ links: [[id, 2, 1, [], ids]] }, 1, teller);
  hear({ poll: true }, 2);
  for (let now = 2; now < 10_000 && told.size < ids.length; now = node.deadline) {
    hear({}, now);
  }
  equal(told.size, ids.length);
});

test("who asks in vain for what a peer says it holds asks ever more rarely, up to PULL_CAP_MS [E8]", () => {
  const pair = new Pair(10);
  pair.run(2_000);
  const ghost = { incarnation: 1, seq: 1_000, digest: [["ghost.1", [1, 9]]], poll: true };
  pair.step("n0", { src: "n1", dest: "n0", body: { type: "ack", ...ghost } });
  pair.run(60_000);
  const early = pair.sent.length;
  pair.run(10 * PULL_CAP_MS);
  const late = pair.sent.length - early;
  ok(late <= 80, `${late} messages in ${10 * PULL_CAP_MS} ms`);
  pair.broadcast("n1", ["real"]);
  pair.run(1_000);
  deepEqual(pair.read("n0"), ["real"]);
});

test("a word numbered over VERSION_MAX is not believed, for it could not be outranked [K6]", () => {
  const linkState = new LinkState(0, 1, new Layout(2, 0));
  const word = (version: number) => ({
    incarnation: 1,
    version,
    suspected: new Set([0]),
    heard: new Set<number>(),
  });
  equal(linkState.merge(1, word(VERSION_MAX + 1)), undefined);
  deepEqual(linkState.merge(1, word(VERSION_MAX)), [0]);
});

test("what goes on where a block ends is one run in a message all the same [L9] [W4]", () => {
  const log = new Log();
  const length = 3 * BLOCK_BYTES_MAX / 8;
  for (let seq = 1; seq <= 5; seq++) add(log, { origin: "a", seq, value: "x".repeat(length) });
  const { runs } = takeBatch(log, new Digest());
  deepEqual(runs.map(({ seq, texts }) => [seq, texts.length]), [[1, 5]]);
});
