/** Clients inside the process: what they ask and are answered, and what ends with them [U1]. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Body, Envelope } from "../../../lib/core/message.ts";
import { LocalClients } from "../../../lib/service/local_client.ts";
import { Share } from "../../../transports/tcp/clients/shares.ts";

const limits = { sharedConnectionsMax: 2, requestsPerSecondMax: 10, bytesPerSecondMax: 10 };

function rigged() {
  const asked: Envelope[] = [];
  const told: string[] = [];
  const clients = new LocalClients("n1", {
    onEnvelope: (envelope) => void asked.push(envelope),
    onDrained: (client) => void told.push(`drained ${client}`),
    onGone: (connection) => void told.push(`gone ${connection}`),
    onName: (name) => name === "full" ? "no more of full" : new Share(`of ${name}`, limits),
    onLeave: ({ whose }) => void told.push(`left ${whose}`),
  });
  const answer = ({ src, dest, body }: Envelope, said: Body) =>
    clients.find(src)?.answer({ src: dest, dest: src, body: { ...said, in_reply_to: body.msg_id ?? 0 } });
  return { clients, asked, told, answer };
}

test("each answer goes to what it answers, whatever the order", async () => {
  const { clients, asked, answer } = rigged();
  const [one, other] = [clients.open({ host: "10.0.0.1" }), clients.open({ host: "" })];
  const answers = [
    one.ask({ type: "echo", echo: 1 }),
    one.ask({ type: "echo" }),
    other.ask({ type: "echo" }),
  ];
  assert.equal(new Set(asked.map(({ src }) => src)).size, 2);
  assert.ok(asked.every(({ src, dest }) => clients.owns(src) && dest === "n1"));
  for (const [i, envelope] of [...asked.entries()].reverse()) answer(envelope, { type: "echo_ok", echo: i });
  assert.deepEqual((await Promise.all(answers)).map(({ echo }) => echo), [0, 1, 2]);
  const [first = assert.fail()] = asked;
  // Nobody waits for it any more.
  answer(first, { type: "echo_ok" });
});

test("a watch is answered until its client is closed, and then whoever waits is told", async () => {
  const { clients, asked, told, answer } = rigged();
  let held = 7;
  const client = clients.open({ host: "", heldBytes: () => held });
  const got: string[] = [];
  client.watch({}, {
    onAnswer: ({ type }) => void got.push(type),
    onEnd: ({ message }) => void got.push(message),
  });
  const [watch = assert.fail()] = asked;
  for (const type of ["watch_ok", "values", "values"]) answer(watch, { type });
  assert.equal(clients.find(watch.src)?.heldBytes, 7);
  held = 0;
  client.drained();
  assert.equal(client.name("shop"), undefined);
  assert.equal(client.name("full"), "no more of full");
  const waits = assert.rejects(client.ask({ type: "status" }), /the token is gone/);
  clients.find(watch.src)?.close("the token is gone");
  client.close("again");
  client.drained();
  answer(watch, { type: "values" });
  await waits;
  await assert.rejects(client.ask({ type: "status" }), /the token is gone/);
  assert.deepEqual(got, ["watch_ok", "values", "values", "the token is gone"]);
  assert.deepEqual(told, [`drained ${watch.src}`, "left of shop", `gone ${watch.src.slice(1)}`]);
  assert.equal(clients.count, 0);
});
