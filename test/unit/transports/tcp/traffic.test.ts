/** What the carrier counts of its peers: messages and bytes by type, and what was dropped, by why. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LINE_BYTES_MAX } from "../../../../transports/lines/reader.ts";
import { encodeGreeting } from "../../../../transports/tcp/greeting.ts";
import { Tally } from "../../../../transports/tcp/tally.ts";
import { TcpTransport } from "../../../../transports/tcp/tcp.ts";
import { Ear, NOBODY, options, Peer, Talker, until } from "./rig.ts";

const n2 = { id: "n2", cluster: "test", incarnation: 1 };

test("traffic: messages of a peer are counted by type with their bytes, and what is of no use by why", async () => {
  const node = new TcpTransport(options("n1", { peers: new Map([["n2", NOBODY]]) }));
  const ear = new Ear();
  node.open(ear);
  const delta = JSON.stringify({ src: "n2", dest: "n1", body: { type: "delta", text: "größer" } });
  const peer = new Talker(await node.listening).say(
    encodeGreeting(n2, "n1"),
    delta,
    { src: "n2", dest: "n1", body: { type: "made up 1" } },
    { src: "n2", dest: "n1", body: { type: "made up 2" } },
    { src: "n3", dest: "n1", body: { type: "ack" } },
    "{",
    "x".repeat(LINE_BYTES_MAX + 1),
    { src: "n2", dest: "n1", body: { type: "ack" } },
  );
  await until(() => ear.received.length === 4);
  const { received, receivedBytes, dropped } = node.traffic;
  assert.deepEqual(received.seen, { delta: 1, ack: 2, other: 2 });
  assert.equal(receivedBytes.seen["delta"], new TextEncoder().encode(`${delta}\n`).length);
  node.send({ src: "n1", dest: "nobody", body: { type: "ack" } });
  assert.deepEqual(dropped.seen, { malformed: 1, too_long: 1, misdirected: 1, unknown_destination: 1 });
  peer.close();
  await node.close();
});

test("traffic: a message counts as sent where a link has taken it, and else as dropped", async () => {
  const peer = await Peer.listen({ answer: encodeGreeting(n2, "n1"), beats: true, reads: false });
  const node = new TcpTransport(options("n1", { peers: new Map([["n2", peer.address]]) }));
  const message = (text: string) => ({ src: "n1", dest: "n2", body: { type: "delta", text } });
  node.open(new Ear());
  node.send(message("too early"));
  await until(() => node.links()[0]?.connected === true);
  const { sent, sentBytes, dropped } = node.traffic;
  assert.deepEqual([sent.seen, dropped.seen], [{}, { no_link: 1 }]);
  node.send(message("ä"));
  assert.deepEqual([sent.seen, sentBytes.seen], [{ delta: 1 }, {
    delta: JSON.stringify(message("ä")).length + 2,
  }]);
  node.send(message("x".repeat(LINE_BYTES_MAX)));
  assert.deepEqual([sent.seen, dropped.seen], [{ delta: 1 }, { no_link: 1, too_long: 1 }]);
  await until(() => {
    for (let i = 0; i < 100; i++) node.send(message("x".repeat(100_000)));
    return (dropped.seen["queue_full"] ?? 0) > 100;
  });
  await node.close();
  await peer.close();
});

test("traffic: a tally counts kinds that it does not know as one, so that nobody can make it grow", () => {
  const tally = new Tally(["a", "b"]);
  for (let i = 0; i < 1000; i++) tally.add(`made up ${i}`);
  tally.add("a", 3);
  assert.deepEqual(tally.counts, [["a", 3], ["b", 0], ["other", 1000]]);
  assert.deepEqual(tally.seen, { a: 3, other: 1000 });
});
