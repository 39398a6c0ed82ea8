/** Clients over TCP: each gets its own answers, is told of its mistakes, and can cost little. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Socket } from "node:net";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import { type Envelope, envelopesOf } from "../../../../lib/core/message.ts";
import { LINE_BYTES_MAX } from "../../../../transports/lines/reader.ts";
import { Client } from "../../../../transports/tcp/clients/client.ts";
import { Connection } from "../../../../transports/tcp/connection.ts";
import { encodeGreeting } from "../../../../transports/tcp/greeting.ts";
import {
  CLIENT_HELD_BYTES_PAUSE,
  CLIENT_TURN_LINES_MAX,
  DEFAULT_LIMITS,
  END_MS_MAX,
  ENDLESS_BYTES_MAX,
  LINGER_MS,
  MOVED_BYTES,
  QUIET_MS_MAX,
  QUIET_MS_MIN,
  TICK_MS,
} from "../../../../transports/tcp/limits.ts";
import { TcpTransport } from "../../../../transports/tcp/tcp.ts";
import { Ear, echoing, NOBODY, options, Talker, until } from "./rig.ts";

const MIB = 1_048_576;

test("what is acknowledged in one go comes as what is sent one by one, to whatever name, and to nobody who is gone [S12]", async () => {
  for (const name of ["c1", "c#1", 'a "name"']) {
    const ear: Ear = new Ear(({ src, body }) => {
      const requests = [body.msg_id ?? 0, 2 ** 40];
      node.acknowledge({ src: "n1", dest: src, requests });
      for (const envelope of envelopesOf({ src: "n1", dest: src, requests })) node.send(envelope);
      node.acknowledge({ src: "n1", dest: `${name}#77`, requests });
    });
    const node = new TcpTransport(options("n1"));
    node.open(ear);
    const talker = new Talker(await node.listening);
    talker.say({ src: name, dest: "n1", body: { type: "note", msg_id: 7 } });
    const heard = await talker.hear(4);
    const answers = [7, 2 ** 40].map((id) => ({
      src: "n1",
      dest: name,
      body: { type: "broadcast_ok", in_reply_to: id },
    }));
    assert.deepEqual(heard, [...answers, ...answers]);
    await node.close();
  }
});

test("two clients of one name get their own answers, and so does one whose name holds a #", async () => {
  const { node, address } = await echoing();
  const [one, two, odd] = [new Talker(address), new Talker(address), new Talker(address)];
  one.say(note("c1", "one"));
  two.say(note("c1", "two"));
  odd.say(note("c#1", "odd"));
  const heard = await Promise.all([one.hear(1), two.hear(1), odd.hear(1)]);
  assert.deepEqual(heard.flat(), [
    { src: "n1", dest: "c1", body: { type: "note_ok", text: "one" } },
    { src: "n1", dest: "c1", body: { type: "note_ok", text: "two" } },
    { src: "n1", dest: "c#1", body: { type: "note_ok", text: "odd" } },
  ]);
  await node.close();
});

test("several clients may share a connection, and a client knows no more of its name than it said", async () => {
  const { node, ear, address } = await echoing();
  const heard = await new Talker(address).say(note("c1", "one"), note("c2", "two")).hear(2);
  assert.deepEqual(heard.map(({ dest }) => dest), ["c1", "c2"]);
  assert.deepEqual(ear.received.map(({ src }) => src), ["c1#1", "c2#1"]);
  await node.close();
});

test("a dest of * stands for the node at the other end", async () => {
  const { node, ear, address } = await echoing();
  const [answer] = await new Talker(address).say({ ...note("c1", ""), dest: "*" }).hear(1);
  assert.equal(answer?.src, "n1");
  assert.equal(ear.received[0]?.dest, "n1");
  await node.close();
});

test("a client that says what is no UTF-8 is told so, and nothing of it is heard", async () => {
  const { node, ear, address } = await echoing();
  const talker = new Talker(address).say(note("c1", "one"));
  talker.socket.write(Buffer.from(`${JSON.stringify(note("c1", "tw\xff"))}\n`, "latin1"));
  const [, refused] = await talker.say(note("c1", "three")).hear(3);
  assert.deepEqual(refused?.body, { type: "error", code: 12, text: "this is not UTF-8" });
  assert.deepEqual(ear.received.map(({ body }) => body["text"]), ["one", "three"]);
  await node.close();
});

test("a client is told of its mistakes, and heard on", async () => {
  const { node, ear, address } = await echoing({ peers: new Map([["n2", NOBODY]]) });
  const asked = { type: "read", msg_id: 7 };
  const heard = await new Talker(address).say(
    "hello",
    '{"src":"c1"}',
    { src: "c1", dest: "n7", body: asked },
    { src: "n2", dest: "n1", body: asked },
    { src: "n1", dest: "n1", body: { type: "read" } },
    "x".repeat(LINE_BYTES_MAX + 1),
    encodeGreeting({ id: "n2", cluster: "test", incarnation: 1 }, "n1"),
    note("c1", "good"),
  ).hear(8);
  const error = (dest: string, text: string, reply = {}) => ({
    src: "n1",
    dest,
    body: { type: "error", code: 12, text, ...reply },
  });
  assert.deepEqual(heard.filter((_, i) => i !== 1 && i !== 6), [
    error("client", "this is not JSON"),
    error("c1", "this is n1, not n7", { in_reply_to: 7 }),
    error("n2", "n2 is the name of a node; a client needs another", { in_reply_to: 7 }),
    error("n1", "n1 is the name of a node; a client needs another"),
    error("client", "a line is longer than 1048576 bytes"),
    { src: "n1", dest: "c1", body: { type: "note_ok", text: "good" } },
  ]);
  assert.deepEqual([heard[1]?.body["code"], heard[6]?.body["code"]], [12, 12]);
  assert.deepEqual(ear.received, [{ ...note("c1", "good"), src: "c1#1" }]);
  assert.deepEqual(ear.refused, [
    "a client at 127.0.0.1 calls itself n2",
    "a client at 127.0.0.1 calls itself n1",
  ]);
  await node.close();
});

test("a client's null ids count as absent, and a refused request is answered by its number [W1] [W2]", async () => {
  const { node, ear, address } = await echoing();
  const [first, ...refused] = await new Talker(address).say(
    '{"src":"c1","dest":"n1","body":{"type":"note","msg_id":null,"in_reply_to":null,"text":"hi"}}',
    '{"src":"c1","dest":"n1","body":{"type":5,"msg_id":7}}',
    '{"dest":"n1","body":{"type":"read","msg_id":8}}',
  ).hear(3);
  assert.equal(first?.body["text"], "hi");
  assert.deepEqual(ear.received, [{ ...note("c1", "hi"), src: "c1#1" }]);
  const told = refused.map(({ dest, body }) => [dest, body["code"], body.in_reply_to]);
  assert.deepEqual(told, [["c1", 12, 7], ["client", 12, 8]]);
  await node.close();
});

test("random bytes cost a client nothing but answers, and others do not notice", async () => {
  const { node, ear, address } = await echoing();
  const noisy = new Talker(address);
  for (let i = 0; i < 64; i++) noisy.socket.write(crypto.getRandomValues(new Uint8Array(16_384)));
  noisy.say("", note("c1", "after the noise"));
  await until(() => ear.received.length === 1);
  assert.deepEqual(await new Talker(address).say(note("c2", "quiet")).hear(1), [
    { src: "n1", dest: "c2", body: { type: "note_ok", text: "quiet" } },
  ]);
  assert.ok((await noisy.hear(100)).slice(0, -1).every(({ body }) => body["code"] === 12));
  await node.close();
});

test("a thousand connections at once get a thousand answers", async () => {
  const { node, address } = await echoing();
  const talkers = Array.from({ length: 1000 }, (_, i) => new Talker(address).say(note("c1", `${i}`)));
  const heard = await Promise.all(talkers.map((talker) => talker.hear(1)));
  assert.deepEqual(heard.map(([answer]) => answer?.body["text"]), talkers.map((_, i) => `${i}`));
  assert.equal(node.clientCount, 1000);
  await node.close();
});

test("a client that asks 10,000 times and never reads is held up, costs little, and holds up nobody", async () => {
  const { node, ear, address } = await echoing();
  const stuck = new Talker(address);
  stuck.socket.pause();
  const text = "x".repeat(1_000);
  for (let i = 0; i < 10_000; i++) stuck.say(note("c1", text));
  let most = 0;
  const settled = await steady(() => {
    most = Math.max(most, node.heldBytes("c1#1"));
    return ear.received.length;
  });
  assert.ok(settled < 10_000, `${settled} were handed over`);
  // One answer more than the limit, and those that were asked for in the same turn.
  assert.ok(most >= CLIENT_HELD_BYTES_PAUSE && most < CLIENT_HELD_BYTES_PAUSE + 2 * text.length, `${most}`);
  assert.ok(node.clientsBytes < 4 * MIB, `${node.clientsBytes} held`);
  const other = new Talker(address).say(note("c2", "free"));
  await other.hear(1);
  other.close();
  stuck.socket.resume();
  assert.equal((await stuck.hear(10_000)).length, 10_000, "nothing was lost");
  assert.ok(ear.drained.includes("c1#1"));
  assert.equal(node.heldBytes("c1#1"), 0);
  await node.close();
});

test("a client's requests are handed over in order, CLIENT_TURN_LINES_MAX in one turn", async () => {
  const turns: number[] = [];
  let inTurn = 0;
  const { node, ear, address } = await echoing({}, () => {
    inTurn += 1;
    if (inTurn > 1) return;
    setImmediate(() => {
      turns.push(inTurn);
      inTurn = 0;
    });
  });
  const count = 4 * CLIENT_TURN_LINES_MAX;
  const lines = Array.from({ length: count }, (_, i) => JSON.stringify(note("c1", `${i}`)));
  await new Talker(address).say(lines.join("\n")).hear(count);
  assert.deepEqual(ear.received.map(({ body }) => body["text"]), lines.map((_, i) => `${i}`));
  assert.equal(Math.max(...turns), CLIENT_TURN_LINES_MAX);
  await node.close();
});

test("a client that ends no line in time is told so and closed, however slowly it goes on", async () => {
  const { node, ear, address } = await echoing({ halfLineMsMax: 300 });
  const slow = new Talker(address).say(note("c1", ""));
  const drip = setInterval(() => slow.socket.write("x"), 20);
  await until(() => slow.closed);
  clearInterval(drip);
  const [, error] = await slow.hear(2);
  assert.equal(error?.body["text"], "the rest of a line did not come within 300 ms");
  assert.deepEqual(ear.gone, ["1"]);
  await node.close();
});

test("a client that is told to go and stays is closed after END_MS_MAX", async () => {
  const { node, address } = await echoing({ halfLineMsMax: 200 });
  const startedAt = performance.now();
  const stays = new Talker(address, true);
  stays.socket.write("x");
  await until(() => stays.ended);
  await until(() => node.clientCount === 0);
  // Time is counted in ticks, and each of the two may have begun in the middle of one.
  assert.ok(performance.now() - startedAt >= 200 + END_MS_MAX - 2 * TICK_MS);
  stays.close();
  await node.close();
});

test("a client that is slow but ends its lines in time stays", async () => {
  const { node, address } = await echoing({ halfLineMsMax: 600 });
  const slow = new Talker(address);
  let bytes = 0;
  const line = `${JSON.stringify(note("c1", ""))}\n`;
  // Each chunk ends one line and begins the next, so that a line is always half there.
  const drip = setInterval(() => slow.socket.write(bytes++ === 0 ? "\n{" : `${line.slice(1)}{`), 50);
  await slow.hear(25);
  clearInterval(drip);
  assert.equal(slow.closed, false);
  await node.close();
});

test("all clients together hold at most clientsBytesMax; over it the one that holds the most is closed", async () => {
  const { node, ear, address } = await echoing({ clientsBytesMax: MIB });
  const small = new Talker(address).say(note("c1", "before"));
  await small.hear(1);
  let most = 0;
  // Each of these begins a line as long as a third of the limit, and does not end it.
  const many = Array.from({ length: 20 }, () => new Talker(address));
  for (const one of many) one.socket.write("x".repeat(MIB / 3));
  await until(() => {
    most = Math.max(most, node.clientsBytes);
    return many.filter(({ closed }) => closed).length >= 17;
  });
  assert.ok(most <= MIB, `${most}`);
  assert.match(
    ear.refused[0] ?? "",
    /^a client at 127\.0\.0\.1 is closed: clients hold more than 1048576 bytes/,
  );
  assert.equal(ear.refused.length, 1);
  small.say(note("c1", "after"));
  assert.equal((await small.hear(2))[1]?.body["text"], "after");
  for (const one of many) one.close();
  await until(() => node.clientCount === 1);
  assert.ok(node.clientsBytes < 4096, "what is gone holds nothing");
  await node.close();
});

test("a client whose line has no end holds no more than a line, is told once, and closed at last", async () => {
  const { node, ear, address } = await echoing();
  const endless = new Talker(address, true);
  const piece = "x".repeat(MIB);
  let [most, sent] = [0, 0];
  for (; !endless.ended && sent < 2 * ENDLESS_BYTES_MAX; sent += MIB) {
    await new Promise((resolve) => endless.socket.write(piece, resolve));
    most = Math.max(most, node.clientsBytes);
  }
  await until(() => endless.ended);
  endless.close();
  assert.ok(most <= 3 * MIB, `${most}`);
  assert.ok(sent >= ENDLESS_BYTES_MAX, `${sent}`);
  assert.deepEqual((await endless.hear(2)).map(({ body }) => body["text"]), [
    `a line is longer than ${LINE_BYTES_MAX} bytes`,
    "a line has no end",
  ]);
  await until(() => ear.gone.length === 1);
  await node.close();
});

test("a client that has sent a line that was too long may send as many others as it likes", async () => {
  const { node, address } = await echoing();
  const talker = new Talker(address).say("x".repeat(LINE_BYTES_MAX + 1));
  const lines = 2 + ENDLESS_BYTES_MAX / LINE_BYTES_MAX;
  for (let i = 0; i < lines; i++) talker.say("x".repeat(LINE_BYTES_MAX));
  const heard = await talker.say(note("c1", "at last")).hear(lines + 2);
  assert.equal(heard.at(-1)?.body["text"], "at last");
  await node.close();
});

test("an answer may be far longer than a line; one over answerBytesMax is an error", async () => {
  const { node, ear, address } = await echoing({ answerBytesMax: 5 * MIB });
  const talker = new Talker(address).say(note("c1", ""));
  await talker.hear(1);
  const empty = JSON.stringify({
    src: "n1",
    dest: "c1",
    body: { type: "read_ok", in_reply_to: 7, text: "" },
  });
  const answer = (bytes: number) =>
    node.send({
      src: "n1",
      dest: "c1#1",
      body: { type: "read_ok", in_reply_to: 7, text: "x".repeat(bytes - empty.length) },
    });
  answer(5 * MIB);
  await talker.hear(2);
  assert.equal(talker.lines[1]?.length, 5 * MIB);
  answer(5 * MIB + 1);
  const [, , error] = await talker.hear(3);
  const text = "the answer is longer than 5242880 bytes: ask with 'watch' and follow false, " +
    "or with 'hearsay read', and they come in pieces";
  assert.deepEqual(error?.body, { type: "error", code: 10, text, in_reply_to: 7 });
  assert.deepEqual(ear.dropped, [`to c1#1: ${text}`]);
  await node.close();
});

test("short answers count as held once MOVED_BYTES of them were written", async () => {
  const { node, address } = await echoing();
  await new Talker(address).say(note("c1", "")).hear(1);
  const before = node.clientsBytes;
  const answer = { src: "n1", dest: "c1#1", body: { type: "x_ok", in_reply_to: 7 } };
  const bytes = JSON.stringify({ ...answer, dest: "c1" }).length;
  for (let sent = 0; sent < MOVED_BYTES; sent += bytes) node.send(answer);
  assert.ok(node.clientsBytes >= before + MOVED_BYTES);
  await node.close();
});

test("over clientsMax a client is told that there are too many, and a peer is let in", async () => {
  const { node, ear, address } = await echoing({ clientsMax: 2, peers: new Map([["n2", NOBODY]]) });
  const taken = [new Talker(address), new Talker(address)];
  for (const talker of taken) await talker.say(note("c1", "")).hear(1);
  for (let i = 0; i < 3; i++) {
    const over = new Talker(address).say(note("c1", "no room"));
    await until(() => over.closed);
    assert.deepEqual((await over.hear(1))[0], {
      src: "n1",
      dest: "client",
      body: { type: "error", code: 11, text: "too many connections" },
    });
  }
  assert.deepEqual(ear.refused, ["2 clients are connected: no more"]);
  const peer = new Talker(address).say(encodeGreeting({ id: "n2", cluster: "test", incarnation: 1 }, "n1"));
  await until(() => node.links()[0]?.hears === true);
  await until(() => node.clientCount === 2);
  assert.equal(node.refusedCount, 3);
  taken[0]?.close();
  await until(() => node.clientCount === 1);
  await new Talker(address).say(note("c1", "room again")).hear(1);
  peer.close();
  await node.close();
});

test("over unclassifiedMax the connection that has said nothing for longest is closed, so that a peer always finds a place", async () => {
  const peers = new Map([["n2", NOBODY]]);
  const { node, ear, address } = await echoing({ clientsMax: 2, unclassifiedMax: 2, peers });
  const taken = [new Talker(address), new Talker(address)];
  for (const talker of taken) await talker.say(note("c1", "")).hear(1);
  const silent: Talker[] = [];
  for (let i = 0; i < 6; i++) {
    silent.push(new Talker(address));
    silent.at(-1)?.socket.write("x");
    await until(() => node.refusedCount + node.clientCount === taken.length + silent.length);
  }
  await until(() => silent.slice(0, 4).every(({ closed }) => closed));
  assert.deepEqual(silent.map(({ closed }) => closed), [true, true, true, true, false, false]);
  const peer = new Talker(address).say(encodeGreeting({ id: "n2", cluster: "test", incarnation: 1 }, "n1"));
  await until(() => node.links()[0]?.hears === true);
  assert.deepEqual(taken.map(({ closed }) => closed), [false, false]);
  assert.deepEqual(ear.refused, [
    "4 connections are open: the one that has said nothing for longest is closed",
  ]);
  peer.close();
  await node.close();
});

test("a client that writes no more gets its answers, then the connection ends", async () => {
  const { node, ear, address } = await echoing();
  const startedAt = performance.now();
  const talker = new Talker(address, true);
  talker.socket.end(`${JSON.stringify(note("c1", "first"))}\n${JSON.stringify(note("c1", "no newline"))}`);
  await talker.hear(2);
  await until(() => talker.ended);
  assert.ok(performance.now() - startedAt >= LINGER_MS - 2 * TICK_MS);
  await until(() => ear.gone.length === 1);
  await node.close();
});

test("a client that writes no more and is kept open is told later values", async () => {
  const { node, address } = await echoing();
  const [talker, other] = [new Talker(address, true), new Talker(address, true)];
  for (const one of [talker, other]) one.say(note("c1", ""));
  await Promise.all([talker.hear(1), other.hear(1)]);
  node.keepOpen("c1#1", true);
  for (const one of [talker, other]) one.socket.end();
  await until(() => other.ended);
  node.send({ src: "n1", dest: "c1#1", body: { type: "later" } });
  await talker.hear(2);
  assert.equal(talker.ended, false);
  await node.close();
});

test("a client that writes no more and is kept open is noticed when it hangs up, and one that reads is not", async () => {
  const { node, ear, address } = await echoing();
  const [gone, reads] = [new Talker(address, true), new Talker(address, true)];
  for (const one of [gone, reads]) {
    one.say(note("c1", ""));
    await one.hear(1);
  }
  const call = (connection: string) => {
    node.send({ src: "n1", dest: `c1#${connection}`, body: { type: "anyone" } });
  };
  Object.assign(ear, { onQuiet: call });
  for (const number of [1, 2]) node.keepOpen(`c1#${number}`, true);
  for (const one of [gone, reads]) one.socket.end();
  gone.close();
  await until(() => ear.gone.length === 1);
  assert.deepEqual(ear.gone, ["1"]);
  await reads.hear(3);
  assert.deepEqual([reads.ended, node.clientCount], [false, 1]);
  await node.close();
});

test("a client that is kept open and told nothing is called ever more rarely, from QUIET_MS_MIN to QUIET_MS_MAX [S7]", () => {
  const calls: number[] = [];
  let now = 0;
  const nothing = () => {};
  const client = new Client({
    me: "n1",
    number: 1,
    connection: new Connection(new Socket(), {
      onLine: nothing,
      onOverlong: nothing,
      onEnd: nothing,
      onClose: nothing,
    }),
    limits: DEFAULT_LIMITS,
    door: "all",
    events: {
      admit: () => undefined,
      strangerFault: () => undefined,
      isMember: () => false,
      isTurnOver: false,
      ...{
        onOpening: nothing,
        onEnvelope: nothing,
        onWaiting: nothing,
        onSpent: nothing,
        onAnswered: nothing,
      },
      ...{ onImpostor: nothing, onDropped: nothing, onDrained: nothing, onMoved: nothing, onClose: nothing },
      onQuiet: () => calls.push(now),
    },
  });
  const pass = (ms: number) => {
    for (const end = now + ms; now < end;) {
      now += TICK_MS;
      client.tick(TICK_MS);
    }
  };
  client.keep(true);
  pass(QUIET_MS_MAX);
  assert.deepEqual(calls, [], "it may still write");
  client.onEnd();
  pass(10 * QUIET_MS_MAX);
  const gaps = calls.map((at, i) => at - (calls[i - 1] ?? QUIET_MS_MAX));
  assert.deepEqual(gaps.slice(0, 3), [QUIET_MS_MIN, 2 * QUIET_MS_MIN, 4 * QUIET_MS_MIN]);
  assert.equal(gaps.at(-1), QUIET_MS_MAX);
});

test("a client that is gone is reported once, answers to it are dropped, and no other is mistaken for it", async () => {
  const { node, ear, address } = await echoing();
  const talker = new Talker(address).say(note("c1", ""));
  await talker.hear(1);
  const silent = new Talker(address);
  await until(() => node.clientCount === 2);
  talker.close();
  silent.close();
  await until(() => node.clientCount === 0);
  assert.deepEqual(ear.gone, ["1"], "who never spoke is no client");
  const other = new Talker(address).say(note("c1", ""));
  await other.hear(1);
  node.send({ src: "n1", dest: "c1#1", body: { type: "late" } });
  node.send({ src: "n1", dest: "c1#3", body: { type: "own" } });
  assert.deepEqual((await other.hear(2))[1]?.body, { type: "own" });
  assert.deepEqual(ear.dropped, []);
  await node.close();
});

/** Resolves to the value once it has not changed for a while, and has changed at all. */
async function steady(look: () => number): Promise<number> {
  let [value, since] = [look(), performance.now()];
  await until(() => {
    const now = look();
    if (now !== value) [value, since] = [now, performance.now()];
    return value > 0 && performance.now() - since > 300;
  });
  return value;
}

function note(src: string, text: string): Envelope {
  return { src, dest: "n1", body: { type: "note", text } };
}
