/** The TCP carrier as a whole: where it listens or why it cannot, what its clients hold together, and that it closes in bounded time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LINE_BYTES_MAX } from "../../../../transports/lines/reader.ts";
import { TcpTransport } from "../../../../transports/tcp/tcp.ts";
import { CLIENTS_BYTES_MAX, CLOSE_MS_MAX } from "../../../../transports/tcp/limits.ts";
import { ANY, Ear, echoing, NOBODY, options, Talker, until } from "./rig.ts";
import type { Address } from "../../../../transports/address.ts";

test("a port in use, an address of another machine and an unknown name are each refused in a sentence", async () => {
  const { node, address } = await echoing();
  const mistakes: [Address, RegExp][] = [
    [
      address,
      /^Error: Cannot listen on 127\.0\.0\.1:\d+: somebody listens there already; stop that process or /,
    ],
    [
      { host: "203.0.113.7", port: 0 },
      /: this machine has no such address; choose one that it has, or 0\.0\.0\.0 /,
    ],
    [{ host: "nobody.invalid", port: 0 }, /: the name is not known; check it, or give an address$/],
  ];
  for (const [listen, sentence] of mistakes) {
    const second = new TcpTransport(options("n1", { listen }));
    second.open(new Ear());
    await assert.rejects(second.listening, (error) => sentence.test(String(error)), String(sentence));
    await second.close();
  }
  await node.close();
});

test("where it listens is said, and free again after close", async () => {
  const { node, address } = await echoing();
  assert.equal(address.host, "127.0.0.1");
  assert.ok(address.port > 0);
  await node.close();
  const again = await echoing({ listen: address });
  assert.deepEqual(again.address, address);
  await again.node.close();
});

test("a name to listen on is looked up", async () => {
  const { node, address } = await echoing({ listen: { host: "localhost", port: 0 } });
  await new Talker(address).say('{"src":"c1","dest":"*","body":{"type":"note"}}').hear(1);
  await node.close();
});

test("closing waits for a client that does not read, but no longer than it may", async () => {
  const { node, address } = await echoing({ answerBytesMax: 2 ** 26, clientsBytesMax: 2 ** 26 });
  const stuck = new Talker(address).say('{"src":"c1","dest":"*","body":{"type":"note"}}');
  await stuck.hear(1);
  stuck.socket.pause();
  node.send({ src: "n1", dest: "c1#1", body: { type: "long", text: "x".repeat(40_000_000) } });
  const startedAt = performance.now();
  await node.close();
  const tookMs = performance.now() - startedAt;
  assert.ok(tookMs >= CLOSE_MS_MAX - 10 && tookMs < 4 * CLOSE_MS_MAX, `${tookMs} ms`);
  stuck.socket.resume();
  await until(() => stuck.closed);
});

test("closing lets a long answer leave to a client that reads it", async () => {
  const { node, address } = await echoing({ answerBytesMax: 2 ** 26, clientsBytesMax: 2 ** 26 });
  const talker = new Talker(address).say('{"src":"c1","dest":"*","body":{"type":"note"}}');
  await talker.hear(1);
  node.send({ src: "n1", dest: "c1#1", body: { type: "long", text: "x".repeat(20_000_000) } });
  await node.close();
  const [, answer] = await talker.hear(2);
  assert.equal(answer?.body["text"], "x".repeat(20_000_000));
  await until(() => talker.closed);
});

test("closing before opening, and a peer that is not there, cost nothing", async () => {
  const idle = new TcpTransport(options("n1"));
  await Promise.all([idle.close(), idle.close()]);
  await assert.rejects(idle.listening);
  const { node } = await echoing({ peers: new Map([["n2", NOBODY]]) });
  await node.close();
});

test("an id with a # and a peer of one's own name are mistakes of the program", () => {
  assert.throws(() => new TcpTransport(options("n#1")));
  assert.throws(() => new TcpTransport(options("n1", { peers: new Map([["n#2", ANY]]) })));
  assert.throws(() => new TcpTransport(options("n1", { peers: new Map([["n1", ANY]]) })));
});

test("by default all clients together hold CLIENTS_BYTES_MAX: as many long lines as fit in, and not one more", async () => {
  const { node, ear, address } = await echoing();
  // What each holds beside its line is much less than this leaves free.
  const [bytes, fitting] = [LINE_BYTES_MAX - 32 * 1_024, CLIENTS_BYTES_MAX / LINE_BYTES_MAX];
  const open = () => {
    const talker = new Talker(address);
    talker.socket.write("x".repeat(bytes));
    return talker;
  };
  const many = Array.from({ length: fitting }, open);
  await until(() => node.clientsBytes >= fitting * bytes);
  assert.ok(node.clientsBytes <= CLIENTS_BYTES_MAX);
  assert.deepEqual([node.clientCount, ear.refused], [fitting, []]);
  many.push(open());
  await until(() => many.some(({ closed }) => closed));
  assert.match(ear.refused[0] ?? "", new RegExp(`clients hold more than ${CLIENTS_BYTES_MAX} bytes`));
  for (const one of many) one.close();
  await node.close();
});
