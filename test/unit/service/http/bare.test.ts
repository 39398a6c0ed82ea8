/** Responses without an end: the HTTP server has no more to do with them, and they are what HTTP says all the same [U5]. */
import assert from "node:assert/strict";
import { connect, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import { HTTP_AHEAD_BYTES_MAX } from "../../../../lib/service/http/limits.ts";
import { type BareSocket, SerialSocket } from "../../../../lib/service/http/serial_socket.ts";
import { until } from "../../../shared/until.ts";
import { withJson, withServed } from "./served.ts";

const WATCH = "GET /v1/watch HTTP/1.1\r\nHost: localhost\r\n\r\n";
const VALUE_BYTES = 100_000;
/** So many of these answers are more than the buffers of a connection on this machine take. */
const ANSWERS = 100;

test("http: the head of a watch has what every head has, and says that the connection ends with it", async () => {
  await withServed(async ({ url }) => {
    const client = connected(Number(new URL(url).port));
    client.socket.write(WATCH);
    await until(() => client.said.includes("retry:"));
    const [head = "", body] = client.said.split("\r\n\r\n");
    const [status, ...lines] = head.split("\r\n");
    assert.equal(status, "HTTP/1.1 200 OK");
    const { date = "", ...others } = Object.fromEntries(lines.map((line) => line.split(/: (.*)/)));
    assert.deepEqual(others, {
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      "connection": "close",
    });
    assert.ok(Math.abs(Date.parse(date) - Date.now()) < 60_000, date);
    assert.equal(body, "retry: 1000\n\n");
    client.socket.destroy();
  });
});

test("http: a watch that is asked for behind other requests begins once their answers have left whole", async () => {
  await withServed(async ({ url }) => {
    const value = "x".repeat(VALUE_BYTES);
    const put = await fetch(`${url}/v1/topics/t/keys/k`, withJson("PUT", value));
    assert.equal(put.status, 204);
    const client = connected(Number(new URL(url).port));
    client.socket.pause();
    client.socket.write(
      `${"GET /v1/topics/t/keys/k HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(ANSWERS)}${WATCH}`,
    );
    await until(async () => {
      return (await (await fetch(`${url}/v1/status`)).json()).http.connections > 1;
    }, "it is there");
    client.socket.resume();
    await until(() => client.said.includes("retry:"), "the watch has begun");
    assert.equal(client.said.split(value).length - 1, ANSWERS);
    client.socket.destroy();
  });
});

test("http: a request is handed over once all of the answer before it has left, be it as short as may be", async () => {
  await withSerial(async ({ serial, taken, client }) => {
    let leave = () => {};
    const write = (_chunk: unknown, _encoding: unknown, onLeft: () => void) => leave = onLeft;
    Object.defineProperty(taken, "write", { value: write });
    const heads: string[] = [];
    serial.on("data", (head) => {
      heads.push(String(head));
      serial.write("x");
    });
    client.socket.write("A\r\n\r\nB\r\n\r\n");
    await until(() => heads.length > 0);
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(heads, ["A\r\n\r\n"]);
    leave();
    await until(() => heads.length > 1);
    assert.deepEqual(heads, ["A\r\n\r\n", "B\r\n\r\n"]);
  });
});

test("http: a released connection leaves the HTTP server, and is written, bounded, ended and closed as before", async () => {
  await withReleased(async ({ serial, bare, taken, client }) => {
    assert.ok(serial.destroyed && !taken.destroyed);
    let left = 0;
    bare.write("data: 1\n\n", () => left++);
    assert.equal(left, 0, "never at once");
    await until(() => left === 1 && client.said.endsWith("\r\n\r\ndata: 1\n\n"));
    client.socket.write("x".repeat(HTTP_AHEAD_BYTES_MAX));
    await until(() => bare.bytesRead === HTTP_AHEAD_BYTES_MAX);
    assert.ok(!taken.destroyed);
    client.socket.write("x");
    await until(() => taken.destroyed && client.isClosed, "one byte is too much");
  });
  await withReleased(async ({ bare, client, taken }) => {
    bare.write("last", () => {});
    bare.end();
    await until(() => client.isClosed && taken.destroyed, "it has ended");
    assert.ok(client.said.endsWith("last"));
  });
  await withReleased(async ({ bare, client }) => {
    let isClosed = false;
    bare.once("close", () => isClosed = true);
    client.socket.end();
    await until(() => isClosed, "the client hangs up");
  });
});

interface Client {
  readonly socket: Socket;
  said: string;
  isClosed: boolean;
}

interface Taken {
  readonly serial: SerialSocket;
  /** The socket below it. */
  readonly taken: Socket;
  readonly client: Client;
}

function withReleased(
  use: (released: Taken & { readonly bare: BareSocket }) => Promise<void>,
): Promise<void> {
  return withSerial((taken) => use({ ...taken, bare: taken.serial.release({}) }));
}

async function withSerial(use: (taken: Taken) => Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const server = createServer({ allowHalfOpen: true }, resolve);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const client = connected(typeof address === "object" ? address?.port ?? 0 : 0);
  const taken = (await promise).on("error", () => {});
  const serial = new SerialSocket(taken).on("error", () => {});
  await use({ serial, taken, client });
  client.socket.destroy();
  taken.destroy();
  await new Promise((closed) => server.close(closed));
}

function connected(port: number): Client {
  const client = { socket: connect(port, "127.0.0.1"), said: "", isClosed: false };
  client.socket.on("error", () => {});
  client.socket.on("close", () => client.isClosed = true);
  client.socket.on("data", (chunk) => client.said += chunk.toString("latin1"));
  return client;
}
