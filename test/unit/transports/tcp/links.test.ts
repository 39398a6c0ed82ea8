/** Links between nodes over TCP: greeting and refusals each way, heartbeats, silence, redial, the bounded queue. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Envelope } from "../../../../lib/core/message.ts";
import { LINE_BYTES_MAX } from "../../../../transports/lines/reader.ts";
import { type TcpOptions, TcpTransport } from "../../../../transports/tcp/tcp.ts";
import { encodeGreeting } from "../../../../transports/tcp/greeting.ts";
import {
  BUSY_SILENCE_MS,
  HEARTBEAT_MS,
  PEER_QUEUE_BYTES_MAX,
  SILENCE_MS,
} from "../../../../transports/tcp/limits.ts";
import { connected, Ear, NOBODY, options, Peer, Talker, until, wired } from "./rig.ts";

const n2 = { id: "n2", cluster: "test", incarnation: 1 };

test("a link comes up in both directions, is said, and its bytes are counted", async () => {
  const { near, far, nearEar, farEar, end } = await both();
  near.send(envelope("n1", "n2"));
  await until(() => farEar.received.length === 1);
  assert.deepEqual([nearEar.links, farEar.links], [[["n2", true]], [["n1", true]]]);
  const [link] = near.links();
  assert.ok(link !== undefined && link.forMs < 60_000);
  assert.equal(link.messagesDropped, 0);
  await until(() => (near.links()[0]?.bytesSent ?? 0) === (far.links()[0]?.bytesReceived ?? 1));
  assert.ok(link.bytesReceived > 0);
  await end();
});

test("a stranger, another cluster, another version and a wrong address are refused, and it is said once", async () => {
  const { node, ear, address } = await alone();
  const greetings: [object, RegExp][] = [
    [{ ...n2, id: "n9" }, /n9 is not among the peers of n1/],
    [{ ...n2, cluster: "other" }, /this is cluster "test", not "other"/],
    [{ ...n2, hearsay: 2 }, /this node speaks version 1 of the protocol, not 2/],
    [{ ...n2, to: "n3" }, /this is n1, not n3/],
    [{ ...n2, id: "n1" }, /this is n1 itself/],
    [{ id: "n2" }, /a greeting needs a cluster, an id and an incarnation/],
  ];
  for (const [greeting, reason] of greetings) {
    for (let i = 0; i < 2; i++) {
      const talker = new Talker(address).say({ hearsay: 1, ...greeting }, envelope("n2", "n1"));
      await until(() => talker.closed);
      assert.match(JSON.parse(talker.lines[0] ?? "").refused, reason);
    }
    assert.match(ear.refused.at(-1) ?? "", reason);
  }
  assert.equal(ear.refused.length, greetings.length);
  assert.deepEqual(ear.received, []);
  assert.deepEqual(node.links().map(({ hears }) => hears), [false]);
  await node.close();
});

test("a dialling node refuses an answer in another name, from another cluster, or that is no greeting", async () => {
  const answers: [string, RegExp][] = [
    [encodeGreeting({ ...n2, id: "n3" }, "n1"), /for n2 is refused: this is meant for n2, not for n3/],
    [encodeGreeting({ ...n2, cluster: "other" }, "n1"), /is refused: this is cluster "test", not "other"/],
    ['{"hearsay":2}', /is refused: this node speaks version 1 of the protocol, not 2/],
    ["HTTP/1.1 400 Bad Request", /a greeting was to be answered by a greeting/],
    ['{"hearsay":1,"refused":"for a reason"}', /n2 refuses: for a reason/],
  ];
  for (const [answer, reason] of answers) {
    const peer = await Peer.listen({ answer });
    const { node, ear } = await alone({ peers: new Map([["n2", peer.address]]) });
    await until(() => peer.greetings.length === 3);
    assert.equal(ear.refused.length, 1, "once, however often it is dialled");
    assert.match(ear.refused[0] ?? "", reason);
    assert.deepEqual(ear.links, []);
    node.send(envelope("n1", "n2"));
    assert.equal(node.links()[0]?.messagesDropped, 1);
    await node.close();
    await peer.close();
  }
});

test("two nodes of different clusters refuse each other, and both say why", async () => {
  const { near, far, out, back } = await wired({ far: { cluster: "other" } });
  const [nearEar, farEar] = [new Ear(), new Ear()];
  near.open(nearEar);
  far.open(farEar);
  await until(() => nearEar.refused.length === 2 && farEar.refused.length === 2);
  assert.deepEqual(nearEar.refused.toSorted(), [
    'n2 at 127.0.0.1 is refused: this is cluster "test", not "other"',
    'n2 refuses: this is cluster "other", not "test"',
  ]);
  await Promise.all([near.close(), far.close(), out.close(), back.close()]);
});

test("a peer that does not answer the greeting is sent nothing, closed, and dialled again", async () => {
  const peer = await Peer.listen({});
  const { node, ear } = await alone({ peers: new Map([["n2", peer.address]]) });
  await until(() => peer.greetings.length === 1);
  node.send(envelope("n1", "n2"));
  await until(() => peer.greetings.length === 2);
  assert.deepEqual(ear.links, []);
  assert.match(node.links()[0]?.reason ?? "", /nothing was heard for 1500 ms/);
  assert.deepEqual(peer.greetings.map((line) => JSON.parse(line)), [
    { hearsay: 1, cluster: "test", id: "n1", incarnation: 1, to: "n2" },
    { hearsay: 1, cluster: "test", id: "n1", incarnation: 1, to: "n2" },
  ]);
  assert.deepEqual(peer.lines, []);
  await node.close();
  await peer.close();
});

test("a second node of one id is refused while the first is connected, and not after", async () => {
  const { node, ear, address } = await alone();
  const first = new Talker(address).say(encodeGreeting(n2, "n1"));
  await first.hear(1);
  const second = new Talker(address).say(encodeGreeting({ ...n2, incarnation: 2 }, "n1"));
  await until(() => second.closed);
  assert.match(second.lines[0] ?? "", /another n2 is connected already/);
  assert.match(ear.refused[0] ?? "", /^n2 at 127\.0\.0\.1 is refused: another n2 is connected already/);
  assert.equal(first.closed, false);
  first.close();
  await until(() => node.links()[0]?.hears === false);
  const later = new Talker(address).say(encodeGreeting({ ...n2, incarnation: 2 }, "n1"));
  await later.hear(1);
  assert.equal(later.closed, false);
  await node.close();
});

test("a second node of one id is refused where the first was dialled", async () => {
  const peer = await Peer.listen({ answer: encodeGreeting(n2, "n1"), beats: true });
  const { node, address } = await alone({ peers: new Map([["n2", peer.address]]) });
  await until(() => node.links()[0]?.connected === true);
  const second = new Talker(address).say(encodeGreeting({ ...n2, incarnation: 2 }, "n1"));
  await until(() => second.closed);
  assert.match(second.lines[0] ?? "", /another n2 is connected already/);
  await node.close();
  await peer.close();
});

test("a second node of one id is refused when it is dialled while the first is connected", async () => {
  const peer = await Peer.listen({});
  const { node, ear, address } = await alone({ peers: new Map([["n2", peer.address]]) });
  const first = new Talker(address).say(encodeGreeting(n2, "n1"));
  await first.hear(1);
  await until(() => peer.greetings.length >= 1);
  peer.say(encodeGreeting({ ...n2, incarnation: 2 }, "n1"));
  await until(() => ear.refused.length === 1);
  assert.match(ear.refused[0] ?? "", /for n2 is refused: another n2 is connected already/);
  assert.deepEqual(ear.links, []);
  first.close();
  await node.close();
  await peer.close();
});

test("the same node that dials again takes the place of its old link, and counts go on", async () => {
  const { node, ear, address } = await alone();
  const old = new Talker(address).say(encodeGreeting(n2, "n1"));
  await old.hear(1);
  const fresh = new Talker(address).say(encodeGreeting(n2, "n1"), envelope("n2", "n1"));
  await until(() => ear.received.length === 1 && old.closed);
  assert.equal(node.links()[0]?.hears, true);
  assert.deepEqual(ear.refused, []);
  const greetings = 2 * (encodeGreeting(n2, "n1").length + 1);
  const received = greetings + JSON.stringify(envelope("n2", "n1")).length + 1;
  assert.equal(node.links()[0]?.bytesReceived, received, "counts go on over links");
  await until(() => node.links()[0]?.bytesSent === greetings);
  fresh.close();
  await node.close();
});

test("a message of a peer in another name, or for another node, is dropped and reported", async () => {
  const { node, ear, address } = await alone();
  const peer = new Talker(address).say(
    encodeGreeting(n2, "n1"),
    envelope("n3", "n1"),
    envelope("n2", "n3"),
    envelope("c1", "n1"),
    "hello",
    envelope("n2", "n1"),
  );
  await until(() => ear.received.length === 1);
  assert.deepEqual(ear.received, [envelope("n2", "n1")]);
  assert.deepEqual(ear.dropped, [
    "from n2: a message from n3 to n1 does not belong on this link",
    "from n2: a message from n2 to n3 does not belong on this link",
    "from n2: a message from c1 to n1 does not belong on this link",
    "from n2: this is not JSON",
  ]);
  peer.close();
  await node.close();
});

test("a peer that refuses the answer to its greeting is heard, and its link closed", async () => {
  const { node, ear, address } = await alone();
  const peer = new Talker(address).say(encodeGreeting(n2, "n1"), '{"hearsay":1,"refused":"it is you"}');
  await until(() => peer.closed);
  assert.deepEqual([ear.refused, ear.dropped], [["n2 refuses: it is you"], []]);
  await node.close();
});

test("a message that comes back on the link for sending is dropped and said", async () => {
  const peer = await Peer.listen({ answer: encodeGreeting(n2, "n1"), beats: true });
  const { node, ear } = await alone({ peers: new Map([["n2", peer.address]]) });
  await until(() => node.links()[0]?.connected === true);
  peer.say(JSON.stringify(envelope("n2", "n1")));
  await until(() => ear.dropped.length === 1);
  assert.deepEqual(ear.received, []);
  await node.close();
  await peer.close();
});

test("idle links live by heartbeats, in both directions", async () => {
  const { near, far, nearEar, farEar, out, end } = await both();
  const taken = out.taken;
  const before = [near, far].map((node) => node.links()[0]?.bytesReceived ?? 0);
  const beats = 2 * Math.ceil(SILENCE_MS / HEARTBEAT_MS);
  await until(() =>
    [near, far].every((node, i) => (node.links()[0]?.bytesReceived ?? 0) >= (before[i] ?? 0) + 2 * beats)
  );
  assert.deepEqual([nearEar.links.length, farEar.links.length, out.taken], [1, 1, taken]);
  await end();
});

test("a link that falls silent is closed at both ends, dialled again, and up again once the cut heals", async () => {
  const { near, far, nearEar, farEar, out, back, end } = await both();
  // The last heartbeat may have come that much earlier, at either end.
  const cutAt = performance.now();
  out.cut();
  back.cut();
  await until(() => nearEar.links.length === 2 && farEar.links.length === 2);
  assert.ok(performance.now() - cutAt >= SILENCE_MS - 2 * HEARTBEAT_MS);
  assert.deepEqual([nearEar.links[1], farEar.links[1]], [["n2", false], ["n1", false]]);
  assert.match(near.links()[0]?.reason ?? "", /nothing was heard for 1500 ms/);
  await until(() => !near.links()[0]?.hears && !far.links()[0]?.hears);
  near.send(envelope("n1", "n2", "lost"));
  assert.equal(near.links()[0]?.messagesDropped, 1);
  assert.deepEqual(nearEar.dropped, [], "that there is no link is no news");
  out.heal();
  back.heal();
  await until(connected(near, far));
  near.send(envelope("n1", "n2", "heard"));
  await until(() => farEar.received.length === 1);
  assert.equal(farEar.received[0]?.body["text"], "heard");
  await end();
});

test("a link that is cut alone, while the other works, is closed after BUSY_SILENCE_MS, and dialled again", async () => {
  const { near, far, nearEar, out, end } = await both();
  const cutAt = performance.now();
  out.cut();
  await until(() => nearEar.links.length === 2 && !far.links()[0]?.hears);
  assert.ok(performance.now() - cutAt >= BUSY_SILENCE_MS - 2 * HEARTBEAT_MS);
  assert.equal(far.links()[0]?.connected, true);
  out.heal();
  await until(connected(near, far));
  await end();
});

test("a peer that goes on taking in waiting messages lives, though it says nothing", async () => {
  const peer = await Peer.listen({ answer: encodeGreeting(n2, "n1"), reads: "slowly" });
  const { node, ear } = await alone({ peers: new Map([["n2", peer.address]]) });
  await until(() => node.links()[0]?.connected === true);
  const since = performance.now();
  const text = "x".repeat(50_000);
  await until(() => {
    const queued = node.links()[0]?.bytesQueued ?? 0;
    for (let i = queued / text.length; i < 4; i++) node.send(envelope("n1", "n2", text));
    return performance.now() - since > 2 * SILENCE_MS;
  });
  assert.deepEqual(ear.links, [["n2", true]]);
  await node.close();
  await peer.close();
});

test("that a long message of a peer comes in is said, but neither whole ones nor heartbeats", async () => {
  const { near, far, farEar, end } = await both();
  near.send(envelope("n1", "n2", "short"));
  await until(() => farEar.received.length === 1);
  await until(() => far.links()[0]?.connected === true);
  assert.deepEqual(farEar.arriving, []);
  for (let i = 0; i < 4; i++) near.send(envelope("n1", "n2", "x".repeat(LINE_BYTES_MAX / 2)));
  await until(() => farEar.received.length === 5);
  assert.ok(farEar.arriving.length > 0 && farEar.arriving.every((peer) => peer === "n1"));
  await end();
});

test("a peer that does not read has PEER_QUEUE_BYTES_MAX waiting for it, and it is said once that no more can", async () => {
  const peer = await Peer.listen({ answer: encodeGreeting(n2, "n1"), beats: true, reads: false });
  const { node, ear } = await alone({ peers: new Map([["n2", peer.address]]) });
  await until(() => node.links()[0]?.connected === true);
  const text = "x".repeat(100_000);
  let queued = 0;
  const overflown = () => {
    for (let i = 0; i < 100; i++) node.send(envelope("n1", "n2", text));
    queued = Math.max(queued, node.links()[0]?.bytesQueued ?? 0);
    return (node.links()[0]?.messagesDropped ?? 0) > 1000;
  };
  await until(overflown);
  assert.ok(queued <= PEER_QUEUE_BYTES_MAX && queued > PEER_QUEUE_BYTES_MAX - 2 * text.length, `${queued}`);
  assert.ok(ear.dropped.length <= 2, `it may drain once: ${ear.dropped}`);
  assert.match(ear.dropped[0] ?? "", /^to n2: 4194304 bytes wait for it/);
  node.send(envelope("n1", "n2", "x".repeat(LINE_BYTES_MAX)));
  assert.match(ear.dropped.at(-1) ?? "", /^to n2: a message is longer than 1048576 bytes/);
  await node.close();
  await peer.close();
});

test("a peer that was never there is connected once it comes up", async () => {
  const { near, far, out, back } = await wired();
  near.open(new Ear());
  await until(() => out.taken >= 3);
  assert.equal(near.links()[0]?.connected, false);
  far.open(new Ear());
  await until(connected(near, far));
  await Promise.all([near.close(), far.close(), out.close(), back.close()]);
});

test("a message to nobody known is dropped and said", async () => {
  const { node, ear } = await alone();
  node.send(envelope("n1", "n9"));
  assert.deepEqual(ear.dropped, ["to n9: nobody of this name is known"]);
  await node.close();
});

/** A node whose only peer is nobody, unless another is given. */
async function alone(given: Partial<TcpOptions> = {}) {
  const ear = new Ear();
  const node = new TcpTransport(options("n1", { peers: new Map([["n2", NOBODY]]), ...given }));
  node.open(ear);
  return { node, ear, address: await node.listening };
}

/** Two nodes that are connected both ways. */
async function both() {
  const { near, far, out, back } = await wired();
  const [nearEar, farEar] = [new Ear(), new Ear()];
  near.open(nearEar);
  far.open(farEar);
  await until(connected(near, far));
  const end = async () => {
    await Promise.all([near.close(), far.close(), out.close(), back.close()]);
  };
  return { near, far, nearEar, farEar, out, back, end };
}

function envelope(src: string, dest: string, text = ""): Envelope {
  return { src, dest, body: { type: "note", text } };
}
