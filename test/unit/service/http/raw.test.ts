/** Requests over HTTP that no client of good will sends: each is answered or refused, and nobody else notices [U3] [U7]. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { HTTP_AHEAD_BYTES_MAX } from "../../../../lib/service/http/limits.ts";
import { until } from "../../../shared/until.ts";
import { linesIn, withServed } from "./served.ts";

const LOCAL = "Host: localhost\r\n";
const TOLD = `POST /v1/values HTTP/1.1\r\n${LOCAL}Content-Type: application/json\r\n`;
const NEXT = `GET /livez HTTP/1.1\r\n${LOCAL}\r\n`;

/** What is sent, byte for byte, and the status of the first response; none: the connection is closed without one. */
const requests: readonly (readonly [text: string, status: number | undefined])[] = [
  // What is asked for.
  [`GET http://[ HTTP/1.1\r\n${LOCAL}\r\n`, 400],
  [`GET http:// HTTP/1.1\r\n${LOCAL}\r\n`, 400],
  [`GET * HTTP/1.1\r\n${LOCAL}\r\n`, 400],
  [`GET //: HTTP/1.1\r\n${LOCAL}\r\n`, 404],
  [`GET //evil/livez HTTP/1.1\r\n${LOCAL}\r\n`, 404],
  [`GET /v1/topics/../../livez HTTP/1.1\r\n${LOCAL}\r\n`, 200],
  [`CONNECT evil:80 HTTP/1.1\r\n${LOCAL}\r\n`, undefined],
  [`GET /livez HTTP/1.1\r\n${LOCAL}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`, 200],
  ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  [`HEAD /v1/watch HTTP/1.1\r\n${LOCAL}\r\n`, 405],
  [`GET /v1/values HTTP/1.1\r\n${LOCAL}Range: bytes=0-0\r\n\r\n`, 200],
  // Of whom.
  [`GET http://localhost/v1/status HTTP/1.1\r\nHost: evil.example\r\n\r\n`, 200],
  [`GET http://evil.example/v1/status HTTP/1.1\r\n${LOCAL}\r\n`, 421],
  ["GET /v1/status HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421],
  ["GET /v1/status HTTP/1.0\r\n\r\n", 400],
  ["GET /v1/status HTTP/1.1\r\nHost: localhost/@evil.example\r\n\r\n", 421],
  ["GET /v1/status HTTP/1.1\r\nHost: localhost:1.evil.example\r\n\r\n", 421],
  ["GET /livez HTTP/1.1\r\nHost: evil.example\r\n\r\n", 200],
  [`GET /livez HTTP/1.1\r\n${LOCAL}Host: evil\r\n\r\n`, 400],
  // Where the body ends: one that is read in two ways would be smuggled past whoever stands before.
  [`${TOLD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${NEXT}`, 400],
  [`${TOLD}Content-Length: 1\r\nContent-Length: 2\r\n\r\n12`, 400],
  [`${TOLD}Content-Length: 1, 1\r\n\r\n1`, 400],
  [`${TOLD}Content-Length: +1\r\n\r\n1`, 400],
  [`${TOLD}Content-Length: -1\r\n\r\n1`, 400],
  [`${TOLD}Transfer-Encoding : chunked\r\nContent-Length: 1\r\n\r\n1`, 400],
  [`${TOLD}Transfer-Encoding: chunked, identity\r\n\r\n1\r\n1\r\n0\r\n\r\n`, 400],
  [`${TOLD}Transfer-Encoding: xchunked\r\n\r\n1\r\n1\r\n0\r\n\r\n`, 400],
  [`${TOLD}Transfer-Encoding: chunked\r\n\r\nzz\r\n1\r\n0\r\n\r\n`, 400],
  [`${TOLD}Transfer-Encoding: chunked\r\n\r\n${"f".repeat(18)}\r\n1\r\n0\r\n\r\n`, 400],
  ["GET /livez HTTP/1.1\nHost: localhost\n\n", 400],
  [`GET /livez HTTP/1.1\r\n${LOCAL}X: a\0b\r\n\r\n`, 400],
  [`${TOLD}Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\n1`, 415],
  [`${TOLD}Expect: cake\r\nContent-Length: 1\r\n\r\n1`, 417],
  // Names.
  [put("%00", "k"), 400],
  [put("a%2Fb", "k"), 400],
  [put("%ED%A0%80", "k"), 404],
  [put("-x", "k"), 400],
  [put("t", ""), 400],
  [put("__proto__", "__proto__"), 204],
  [put("t", "a%2F..%2Fb%00"), 204],
  [`${TOLD}Expect: 100-continue\r\nContent-Length: 1\r\n\r\n1`, 100],
  [`${TOLD}Content-Length: 8\r\n\r\n"\\ud800"`, 200],
];

test("http: whatever is sent byte for byte is answered or refused, and what is refused enters nowhere", async () => {
  await withServed(async ({ url }) => {
    for (const [text, status] of requests) assert.equal(await firstStatus(url, text), status, text);
    const entered = await linesIn(await fetch(`${url}/v1/values?topics=*`));
    assert.deepEqual(entered.map(({ topic, key, value }) => [topic, key, value]), [
      ["__proto__", "__proto__", 1],
      ["t", "a/../b\0", 1],
      ["", undefined, 1],
      ["", undefined, "\ud800"],
    ]);
  });
});

test("http: a request is read once the one before it on its connection is answered", async () => {
  await withServed(async ({ url }) => {
    const told = `${TOLD}Content-Length: 1\r\n\r\n1`;
    const asked = `${told.repeat(3)}GET /v1/status HTTP/1.1\r\n${LOCAL}\r\n${NEXT.repeat(50)}`;
    // A head that comes in two parts is one all the same.
    for (const cut of [asked.length, asked.indexOf("\n\r\n") + 1, asked.indexOf("/v1/status")]) {
      const connection = connected(url);
      connection.socket.write(asked.slice(0, cut));
      // Whoever is asked next shows that what came before was looked at.
      assert.equal(await (await fetch(`${url}/livez`)).text(), "live\n");
      connection.socket.write(asked.slice(cut));
      await until(() => connection.said.split("live\n").length > 50, "all are answered");
      const { values } = await (await fetch(`${url}/v1/status`)).json();
      assert.deepEqual(connection.said.match(/"values":\d+/g), [`"values":${values}`]);
      assert.equal(connection.said.match(/^HTTP\/1.1 200/gm)?.length, 54);
      connection.socket.destroy();
    }
  });
});

test("http: what comes behind a watch is not gathered: with more than HTTP_AHEAD_BYTES_MAX the connection is closed", async () => {
  await withServed(async ({ url }) => {
    const status = async () => await (await fetch(`${url}/v1/status`)).json();
    const watched = async (behind: number) => {
      const connection = connected(url);
      const next = NEXT.repeat(Math.ceil(behind / NEXT.length)).slice(0, behind);
      connection.socket.write(`GET /v1/watch HTTP/1.1\r\n${LOCAL}\r\n${next}`);
      await until(
        () => connection.isClosed || connection.said.includes("retry:"),
        "it is answered or closed",
      );
      return connection;
    };
    const stays = await watched(HTTP_AHEAD_BYTES_MAX);
    assert.equal((await status()).watchers, 1);
    stays.socket.write("G");
    await until(() => stays.isClosed, "one byte is too much");
    const gone = await Promise.all(Array.from({ length: 20 }, () => watched(4 * HTTP_AHEAD_BYTES_MAX)));
    await until(() => gone.every(({ isClosed }) => isClosed), "far too much");
    await until(async () => {
      const { watchers, http } = await status();
      return watchers === 0 && http.connections <= 2;
    }, "all are gone");
  });
});

test("http: a connection that says what is no request is told so and closed, whether the client hangs up or not", async () => {
  await withServed(async ({ url }) => {
    const { hostname: host, port } = new URL(url);
    for (const [text, status] of [["\0{[", 400], [`GET /${"x".repeat(100_000)} `, 431]] as const) {
      const socket = connect({ host, port: Number(port), allowHalfOpen: true });
      let said = "";
      socket.on("error", () => {}).on("data", (chunk) => said += chunk.toString("latin1"));
      socket.write(text);
      await until(() => said.startsWith(`HTTP/1.1 ${status} `), `${status}`);
      await until(async () => {
        return (await (await fetch(`${url}/v1/status`)).json()).http.connections <= 1;
      }, "only the one that asks is left");
      socket.destroy();
    }
  });
});

function connected(url: string): { readonly socket: Socket; said: string; isClosed: boolean } {
  const { hostname, port } = new URL(url);
  const connection = { socket: connect(Number(port), hostname), said: "", isClosed: false };
  connection.socket.on("error", () => {});
  connection.socket.on("close", () => connection.isClosed = true);
  connection.socket.on("data", (chunk) => connection.said += chunk.toString("latin1"));
  return connection;
}

function put(topic: string, key: string): string {
  const head = `PUT /v1/topics/${topic}/keys/${key} HTTP/1.1\r\n${LOCAL}Content-Type: application/json\r\n`;
  return `${head}Content-Length: 1\r\n\r\n1`;
}

async function firstStatus(url: string, text: string): Promise<number | undefined> {
  const connection = connected(url);
  connection.socket.write(Buffer.from(text, "latin1"));
  // All of the last one, as what enters is looked at next.
  await until(
    () => connection.isClosed || /^HTTP\/1.1 (?!100)/m.test(connection.said),
    `an answer to ${text}`,
  );
  connection.socket.destroy();
  const [, status] = /^HTTP\/1.1 (\d+)/.exec(connection.said) ?? [];
  return status === undefined ? undefined : Number(status);
}
