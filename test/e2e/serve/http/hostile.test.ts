/** Clients over HTTP that flood, stall and lie: that costs the node a bounded amount of memory, and others nothing [U2] [U5]. */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { eventually, firstOf, httpUrl, measured, withCluster } from "../../fixtures/serving.ts";

const PEAK_BYTES_MAX = 300 * 1024 * 1024;
const ANSWER_MS_MAX = 1_000;
/** Watchers that read nothing, and what pours in meanwhile. */
const WATCHERS = 200;
const VALUES = 300;
const VALUE_BYTES = 50_000;
/** How often it is asked then. */
const ANSWERS = 50;
/** Connections one after the other, so many of them at once, each of which sends so many requests in one go. */
const RECONNECTS = 600;
const AT_ONCE = 50;
const PIPELINED = 1_500;
const HEAD = "HTTP/1.1\r\nHost: localhost\r\n";

test("serve --http: floods, stalls and lies cost a bounded amount of memory, and others are answered", async () => {
  await withCluster({ ids: ["n1"], flags: ["--http", "127.0.0.1:0"] }, async (nodes) => {
    const node = firstOf(nodes);
    const url = httpUrl(node);
    const sockets: Socket[] = [];
    const say = (text: string) => {
      const { hostname, port } = new URL(url);
      const socket = connect(Number(port), hostname);
      socket.on("error", () => {}).pause();
      socket.write(text);
      sockets.push(socket);
    };
    for (let i = 0; i < WATCHERS; i++) {
      say(`GET /v1/watch ${HEAD}\r\n`);
      say(
        `POST /v1/values ${HEAD}Content-Type: application/x-ndjson\r\nContent-Length: 1000000000\r\n\r\n1\n`,
      );
      say("GET / HTTP");
      say(`GET /${"x".repeat(100_000)} ${HEAD}\r\n`);
      say(`\0${"{[".repeat(10_000)}`);
      say(
        `POST /v1/values ${HEAD}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n[[[[`,
      );
    }
    const status = async () => (await fetch(`${url}/v1/status`)).json();
    // Before anything pours in: once there is too much that nobody reads, some of them are closed.
    await eventually("the watchers are there", async () => (await status()).watchers === WATCHERS);
    const lines = Array.from({ length: VALUES }, (_, i) => JSON.stringify(`${i}`.padEnd(VALUE_BYTES, ".")));
    const headers = { "content-type": "application/x-ndjson" };
    const told = await fetch(`${url}/v1/values`, { method: "POST", headers, body: lines.join("\n") });
    assert.deepEqual(await told.json(), { accepted: VALUES });
    let slowest = 0;
    for (let i = 0; i < ANSWERS; i++) {
      const from = performance.now();
      await status();
      slowest = Math.max(slowest, performance.now() - from);
    }
    const { peakBytes } = node;
    measured(
      `hostile clients over HTTP: at most ${peakBytes >> 20} MB, answered within ${slowest.toFixed(0)} ms`,
    );
    assert.ok(peakBytes < PEAK_BYTES_MAX, `${peakBytes >> 20} MB`);
    assert.ok(slowest < ANSWER_MS_MAX, `${slowest} ms`);
    for (const socket of sockets) socket.destroy();
    await eventually("all are gone", async () => {
      const { watchers, http } = await status();
      return watchers === 0 && http.connections <= 2 && http.held_bytes === 0;
    });
    assert.ok(!node.said(/ERR/), node.log.join("\n"));
  });
});

test("serve --http: clients that connect again and again and pipeline cost a bounded amount of memory, and others are answered", async () => {
  await withCluster({ ids: ["n1"], flags: ["--http", "127.0.0.1:0"] }, async (nodes) => {
    const node = firstOf(nodes);
    const url = httpUrl(node);
    const { hostname, port } = new URL(url);
    const next = `GET /livez ${HEAD}\r\n`;
    const sent = [
      `GET /v1/watch ${HEAD}\r\n${next.repeat(PIPELINED)}`,
      next.repeat(PIPELINED),
      `${next.repeat(20)}GET /livez ${HEAD}Connection: close\r\n\r\n`,
    ];
    let [begun, over, slowest] = [0, 0, 0];
    const reconnect = () => {
      if (begun === RECONNECTS) return;
      const socket = connect(Number(port), hostname);
      socket.on("error", () => {}).resume().write(sent[begun++ % sent.length] ?? assert.fail());
      socket.on("close", () => {
        over += 1;
        reconnect();
      });
    };
    for (let i = 0; i < AT_ONCE; i++) reconnect();
    await eventually("all were closed", async () => {
      const from = performance.now();
      const { http, watchers } = await (await fetch(`${url}/v1/status`)).json();
      slowest = Math.max(slowest, performance.now() - from);
      return over === RECONNECTS && http.connections <= 2 && watchers === 0;
    });
    const { peakBytes } = node;
    measured(
      `clients that reconnect and pipeline: at most ${peakBytes >> 20} MB, answered within ${
        slowest.toFixed(0)
      } ms`,
    );
    assert.ok(peakBytes < PEAK_BYTES_MAX, `${peakBytes >> 20} MB`);
    assert.ok(slowest < ANSWER_MS_MAX, `${slowest} ms`);
    assert.ok(!node.said(/ERR/), node.log.join("\n"));
  });
});
