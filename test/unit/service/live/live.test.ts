/** What those who look on are told, when, and what it costs: with peers that are played [Y1] [Y2] [Y3]. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Texts } from "../../../../lib/core/log/texts.ts";
import type { Envelope } from "../../../../lib/core/message.ts";
import type { PeerStatus, TopologyStatus } from "../../../../lib/core/node.ts";
import {
  LIVE_ASKS_MAX,
  LIVE_EVERY_MS,
  LIVE_READERS_MAX,
  LIVE_TICK_MS,
  NEWEST_CHARS_MAX,
  NEWEST_MAX,
  NEWEST_PER_TURN_MAX,
  NEWEST_READ_CHARS_MAX,
} from "../../../../lib/service/live/limits.ts";
import { Live } from "../../../../lib/service/live/live.ts";
import { NewestValues } from "../../../../lib/service/live/newest.ts";
import type { Snapshot, View } from "../../../../lib/service/live/snapshot.ts";
import type { LinkStatus } from "../../../../transports/tcp/tcp.ts";

const view: View = {
  ...{ version: "1", uptime_ms: 5, storage: "memory", values: 3, entries: 3, gone: 0, digest: "d3" },
  ...{ watchers: 0, memory_bytes: 1, messages: 2, bytes: 3, down: ["n9"] },
};

function linkTo(peer: string, up = true): LinkStatus {
  return {
    ...{ peer, connected: up, hears: up, forMs: 7, reason: up ? "" : "silent", bytesQueued: 0 },
    ...{ bytesSent: 0, bytesReceived: 0, messagesDropped: 0 },
  };
}

function peerOf(id: string): PeerStatus {
  return {
    ...{ id, neighbour: true, lag: 1, ahead: 0, rttMs: 2.345, suspectedAt: undefined },
    holds: () => false,
  };
}

/** A node n1 with peers, its clock and what it sends, and somebody who looks on. */
function played(peers: readonly string[]) {
  const sent: Envelope[] = [];
  const told: Snapshot[] = [];
  const topology: TopologyStatus = {
    ids: ["n1", ...peers],
    relays: new Map<string, string | null>([["n1", null], ...peers.map((id) => [id, "n1"] as const)]),
    suspected: new Map([["n1", ["n2"]]]),
  };
  const world = { now: 0, links: peers.map((id) => linkTo(id)), waits: undefined };
  const live = new Live({
    ...{ id: "n1", cluster: "test", view: () => view, topology: () => topology },
    clock: () => world.now,
    waits: () => world.waits,
    status: () => ({ peers: peers.map(peerOf) }),
    links: () => world.links,
    send: (envelope) => void sent.push(envelope),
  });
  const looker = (seesAll = true) => ({
    seesAll,
    mayWatch: (topic: string) => topic !== "secret",
    take: (text: string) => void told.push(JSON.parse(text)),
  });
  const hear = (src: string, body: Record<string, unknown> & { readonly type: string }) =>
    new Map(live.peerHandlers).get(body.type)?.({ src, dest: "n1", body }, body);
  /** Until `ms` are over. */
  const wait = (ms: number) => {
    const end = world.now + ms;
    while (world.now < end) {
      world.now += LIVE_TICK_MS;
      live.tick();
    }
  };
  return { live, sent, told, world, looker, hear, wait };
}

test("whoever looks on is told at once, then every second, and when something happens", () => {
  const { live, told, world, looker, wait } = played(["n2"]);
  const close = live.open(looker());
  assert.deepEqual([told.length, told.at(-1)?.members.map(({ id }) => id)], [2, ["n1", "n2"]]);
  wait(10 * LIVE_EVERY_MS);
  assert.equal(told.length, 12);
  world.links = [linkTo("n2", false)];
  wait(LIVE_TICK_MS);
  assert.deepEqual(told.at(-1)?.members[1]?.link, { up: false, for_ms: 7, reason: "silent" });
  live.tick();
  assert.equal(told.length, 13);
  close();
  live.tick();
  assert.equal(told.length, 13);
});

test("a snapshot has what the node knows of each member", () => {
  const { live, told, looker, hear, wait } = played(["n2"]);
  const close = live.open(looker());
  hear("n2", { type: "view_ok", ...view, entries: 1, digest: "d1", values: 1 });
  wait(LIVE_TICK_MS);
  assert.deepEqual(told.at(-1)?.members, [
    {
      ...{ id: "n1", address: "", link: null, relay: null, suspects: ["n2"], lag: null, ahead: null },
      ...{ rtt_ms: null, said: null },
    },
    {
      ...{ id: "n2", address: "", link: { up: true, for_ms: 7, reason: "" }, relay: "n1", suspects: [] },
      ...{ lag: 1, ahead: 0, rtt_ms: 2.35 },
      said: {
        view: { ...view, entries: 1, digest: "d1", values: 1 },
        ...{ age_ms: LIVE_TICK_MS, agrees: false, behind: 2 },
      },
    },
  ]);
  close();
});

test("whoever may not see the others is shown this node alone", () => {
  const { live, told, looker } = played(["n2"]);
  live.open(looker(false))();
  const { whole, members } = told.at(-1) ?? assert.fail();
  assert.deepEqual([whole, members.map(({ id, suspects }) => [id, suspects])], [false, [["n1", []]]]);
});

test("peers are asked only while somebody looks on, not more often than every second, and so many at once", () => {
  const peers = Array.from({ length: LIVE_ASKS_MAX + 8 }, (_, i) => `n${i + 2}`);
  const { live, sent, world, looker, wait } = played(peers);
  live.tick();
  assert.equal(sent.length, 0);
  world.links = [linkTo("n2", false), ...peers.slice(1).map((id) => linkTo(id))];
  const close = live.open(looker());
  assert.equal(sent.length, LIVE_ASKS_MAX);
  wait(LIVE_TICK_MS);
  assert.equal(sent.length, peers.length - 1, "all but the one that is not linked");
  wait(LIVE_EVERY_MS);
  assert.equal(sent.length, 2 * (peers.length - 1));
  assert.deepEqual(sent[0], { src: "n1", dest: "n3", body: { type: "view" } });
  close();
  wait(LIVE_EVERY_MS);
  assert.equal(sent.length, 2 * (peers.length - 1));
});

test("a peer that asks is answered, and one that answers nonsense, or unasked, does no harm", () => {
  const { live, sent, told, looker, hear, wait } = played(["n2"]);
  hear("n2", { type: "view" });
  assert.deepEqual(sent, [{ src: "n1", dest: "n2", body: { type: "view_ok", ...view } }]);
  hear("n2", { type: "view_ok", ...view });
  live.open(looker());
  assert.equal(told.at(-1)?.members[1]?.said, null, "nobody had asked");
  hear("n2", {
    type: "view_ok",
    values: -1,
    entries: "many",
    digest: {},
    version: "x".repeat(1_000),
    down: [7, "n3"],
  });
  wait(LIVE_EVERY_MS);
  const said = told.at(-1)?.members[1]?.said ?? assert.fail();
  assert.deepEqual([
    said.view.values,
    said.view.entries,
    said.view.digest,
    said.view.version.length,
    said.view.down,
  ], [
    ...[0, 0, "", 100, ["n3"]],
  ]);
  live.stop();
});

test("sets that are not the same on purpose count as agreeing", () => {
  const { live, told, looker, hear, wait } = played(["n2"]);
  live.open(looker());
  hear("n2", { type: "view_ok", ...view, digest: "other", gone: 2 });
  wait(LIVE_EVERY_MS);
  assert.equal(told.at(-1)?.members[1]?.said?.agrees, true);
  live.stop();
});

test("there is room for so many who look on", () => {
  const { live, looker } = played([]);
  const closes = Array.from({ length: LIVE_READERS_MAX }, () => {
    assert.equal(live.isFull, false);
    return live.open(looker());
  });
  assert.equal(live.isFull, true);
  closes[0]?.();
  assert.equal(live.isFull, false);
  for (const close of closes) close();
});

test("the newest values are few, short, with their topics and keys, and only those that may be seen", () => {
  const newest = new NewestValues();
  const note = (texts: readonly string[], topic?: string, at = 0) =>
    newest.note([{ origin: "n2.x", seq: 1, texts: Texts.of(texts), topic }], at);
  note(Array.from({ length: 100 }, (_, i) => String(i)));
  assert.deepEqual(newest.shown(0, () => true).map(({ text }) => text).slice(0, 2), ["99", "98"]);
  assert.equal(newest.shown(0, () => true).length, NEWEST_PER_TURN_MAX);
  for (let i = 0; i < NEWEST_MAX; i++) note([String(i)]);
  assert.equal(newest.shown(0, () => true).length, NEWEST_MAX);
  note([JSON.stringify("x".repeat(1_000))], undefined, 5);
  const [long] = newest.shown(12, () => true);
  assert.deepEqual([long?.text.length, long?.cut, long?.age_ms, long?.seq], [NEWEST_CHARS_MAX, true, 7, 1]);
  note([`["on",null,"mode",7]`, `[null,null,"mode",8,true]`], "flags");
  const [gone, put] = newest.shown(0, () => true);
  assert.deepEqual([gone?.deleted, gone?.key, put?.text, put?.key, put?.topic], [
    ...[true, "mode", '"on"', "mode", "flags"],
  ]);
  note([`["${"x".repeat(NEWEST_READ_CHARS_MAX)}",null,"mode",9]`], "flags");
  assert.deepEqual(newest.shown(0, () => true)[0]?.key, undefined);
  note([`["hidden"]`], "secret");
  assert.ok(newest.shown(0, (topic) => topic !== "secret").every(({ topic }) => topic !== "secret"));
});
