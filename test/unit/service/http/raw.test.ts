/** Requests over HTTP that no client of good will sends: each is answered or refused, and nobody else notices [U3] [U7]. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { test } from "node:test";
import { HTTP_PIPELINED_MAX } from "../../../../lib/service/http/limits.ts";
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

test("http: requests behind one that goes on are not gathered: with more than HTTP_PIPELINED_MAX the connection is closed", async () => {
  await withServed(async ({ url }) => {
    const { hostname, port } = new URL(url);
    const ended = async (behind: number) => {
      const socket = connect(Number(port), hostname);
      let [said, isClosed] = ["", false];
      socket.on("error", () => {}).on("close", () => isClosed = true).on("data", (chunk) => said += chunk);
      socket.write(`GET /v1/watch HTTP/1.1\r\n${LOCAL}\r\n${NEXT.repeat(behind)}`);
      await until(() => isClosed || said.includes("retry:"), "it is answered or closed");
      // Whoever is asked next shows that what came before was looked at.
      assert.equal(await (await fetch(`${url}/livez`)).text(), "live\n");
      await until(() => isClosed === behind >= HTTP_PIPELINED_MAX, `${behind} wait`);
      socket.destroy();
    };
    await ended(1);
    await ended(HTTP_PIPELINED_MAX);
    await ended(20 * HTTP_PIPELINED_MAX);
    await until(
      async () => (await (await fetch(`${url}/v1/status`)).json()).http.connections <= 2,
      "all are gone",
    );
  });
});

function put(topic: string, key: string): string {
  const head = `PUT /v1/topics/${topic}/keys/${key} HTTP/1.1\r\n${LOCAL}Content-Type: application/json\r\n`;
  return `${head}Content-Length: 1\r\n\r\n1`;
}

async function firstStatus(url: string, text: string): Promise<number | undefined> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let said = "";
  let isClosed = false;
  socket.on("error", () => {});
  socket.on("close", () => isClosed = true);
  socket.on("data", (chunk) => said += chunk.toString("latin1"));
  socket.write(Buffer.from(text, "latin1"));
  // All of the last one, as what enters is looked at next.
  await until(() => isClosed || /^HTTP\/1.1 (?!100)/m.test(said), `an answer to ${text}`);
  socket.destroy();
  const [, status] = /^HTTP\/1.1 (\d+)/.exec(said) ?? [];
  return status === undefined ? undefined : Number(status);
}
