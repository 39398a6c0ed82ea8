/** A sidecar's door: requests and answers over TCP, and each of its limits. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import type { Body } from "../../../../lib/core/message.ts";
import { ask } from "../../../../lib/workbench/world/running/ask.ts";
import {
  ANSWER_BYTES_MAX,
  CONNECTIONS_MAX,
  REQUEST_BYTES_MAX,
  SidecarServer,
} from "../../../../lib/workbench/faults/sidecar_server.ts";
import { quoted } from "../../../../lib/workbench/verdict/quote.ts";

const echo = (body: Body): Promise<Body> => Promise.resolve({ type: "echo_ok", said: body["say"] ?? null });

/** A server on a free port, closed afterwards, as is every connection to it. */
async function served(
  use: (port: number, open: () => Promise<Socket>) => Promise<void>,
  answer: (body: Body) => Promise<Body> = echo,
  idleMsMax?: number,
): Promise<void> {
  const options = { listen: { host: "127.0.0.1", port: 0 }, answer };
  const server = await SidecarServer.open(idleMsMax === undefined ? options : { ...options, idleMsMax });
  const sockets: Socket[] = [];
  const open = async () => {
    const socket = connect({ host: "127.0.0.1", port: server.port, allowHalfOpen: true });
    sockets.push(socket.on("error", () => {}));
    await once(socket, "connect");
    return socket;
  };
  try {
    await use(server.port, open);
  } finally {
    for (const socket of sockets) socket.destroy();
    await server.close();
  }
}

/** Everything that comes until the other side ends. */
async function all(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk) => text += String(chunk));
  await new Promise((resolve) => socket.once("end", resolve).once("close", resolve));
  return text;
}

const line = (body: Body): string => JSON.stringify({ src: "c1", dest: "s1", body }) + "\n";
const error = (text: string, code = 12) =>
  JSON.stringify({ src: "sidecar", dest: "client", body: { type: "error", code, text } });

test("what a sidecar refuses with is one line that a terminal prints as it is", () =>
  served(async (port) => {
    const answer = await ask({ host: "127.0.0.1", port }, { type: "echo" });
    assert.deepEqual(answer, {
      ok: false,
      reason: `127.0.0.1:${port} refuses: ${quoted(`\x1b[2J\n${"x".repeat(1_000)}`)}`,
      code: 12,
    });
  }, () => Promise.resolve({ type: "error", code: 12, text: `\x1b[2J\n${"x".repeat(1_000)}` })));

test("sidecar server answers each request on its connection, after a half-close too", () =>
  served(async (_, open) => {
    const socket = await open();
    socket.end(line({ type: "echo", say: 1, msg_id: 7 }) + line({ type: "echo", say: 2 }).trimEnd());
    assert.deepEqual((await all(socket)).trimEnd().split("\n"), [
      '{"src":"s1","dest":"c1","body":{"type":"echo_ok","said":1,"in_reply_to":7}}',
      '{"src":"s1","dest":"c1","body":{"type":"echo_ok","said":2}}',
    ]);
  }));

test("sidecar server answers nonsense and a line too long with error 12, and goes on", () =>
  served(async (_, open) => {
    const socket = await open();
    socket.end(`nonsense\n${"x".repeat(REQUEST_BYTES_MAX + 1)}\n${line({ type: "echo", say: 3 })}`);
    const lines = (await all(socket)).trimEnd().split("\n");
    assert.deepEqual(lines.slice(0, 2).sort(), [
      error(`a line is longer than ${REQUEST_BYTES_MAX} bytes`),
      error("this is not JSON"),
    ]);
    assert.match(lines[2] ?? "", /"said":3/);
  }));

test("sidecar server answers by number what it refuses, and takes a null id as none", () =>
  served(async (_, open) => {
    const socket = await open();
    const null7 = line({ type: "echo", say: 1, msg_id: 7 }).replace("}}", ',"in_reply_to":null}}');
    socket.end(`{"src":"c1","dest":"s1","body":{"msg_id":8}}\n${null7}`);
    const lines = (await all(socket)).trimEnd().split("\n").map((text) => JSON.parse(text));
    assert.deepEqual(lines.map(({ dest, body }) => [dest, body.code, body.said, body.in_reply_to]), [
      ["c1", 12, undefined, 8],
      ["c1", undefined, 1, 7],
    ]);
  }));

test("sidecar server tells more than CONNECTIONS_MAX so, and takes another when one has gone", () =>
  served(async (port, open) => {
    const first = await open();
    for (let i = 1; i < CONNECTIONS_MAX; i++) await open();
    const text = await all(await open());
    assert.equal(text.trimEnd(), error(`${CONNECTIONS_MAX} are connected already`, 11));
    first.destroy();
    const endsAt = performance.now() + 5_000;
    while (!(await ask({ host: "127.0.0.1", port }, { type: "echo" })).ok) {
      assert.ok(performance.now() < endsAt);
    }
  }));

test("sidecar server closes a connection whose answers nobody reads", () => {
  const big = { type: "echo_ok", said: "x".repeat(ANSWER_BYTES_MAX / 2) };
  return served(async (_, open) => {
    const socket = await open();
    socket.pause();
    let gone = false;
    socket.on("close", () => gone = true).on("error", () => gone = true);
    // The system's own buffers hold some MiB for each direction.
    for (let asked = 0; !gone; asked += 20) {
      assert.ok(asked * big.said.length < 64 * 1_048_576, "it is still open");
      socket.write(line({ type: "echo" }).repeat(20));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }, () => Promise.resolve(big));
});

test("sidecar server closes a connection on which nothing comes", () =>
  served(
    async (_, open) => {
      const socket = await open();
      socket.write('{"src":"c1"');
      assert.equal(await all(socket), "");
    },
    echo,
    50,
  ));

test("sidecar server says why it cannot listen", () =>
  served(async (port) => {
    const listen = { host: "127.0.0.1", port };
    await assert.rejects(SidecarServer.open({ listen, answer: echo }), {
      message: new RegExp(`^Cannot listen at 127\\.0\\.0\\.1:${port}: .*EADDRINUSE`),
    });
  }));
