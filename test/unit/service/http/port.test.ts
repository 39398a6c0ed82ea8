/** The HTTP port: routes and their description, who may ask, health, and what is bounded [U1] [U2] [U4] [U6] [U7]. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { HttpConnection, httpConnectionsMax } from "../../../../lib/service/http/connections.ts";
import { Guard } from "../../../../lib/service/http/guard.ts";
import {
  FILES_BESIDE_HTTP,
  HTTP_BODY_MS_MAX,
  HTTP_CONNECTIONS_MAX,
  HTTP_HEAD_BYTES_MAX,
  HTTP_HEARTBEAT_MS,
  HTTP_IDLE_MS_MAX,
  READY_AHEAD_MAX,
} from "../../../../lib/service/http/limits.ts";
import { HttpPort } from "../../../../lib/service/http/http_port.ts";
import { Outflow } from "../../../../lib/service/http/outflow.ts";
import { Problem, problemOf } from "../../../../lib/service/http/problem.ts";
import { match, routes } from "../../../../lib/service/http/routes.ts";
import { LocalClients } from "../../../../lib/service/local_client.ts";
import { Readiness } from "../../../../lib/service/http/readiness.ts";
import { Shares } from "../../../../transports/tcp/clients/shares.ts";
import { DEFAULT_LIMITS, UNREACHED_MS } from "../../../../transports/tcp/limits.ts";
import { Reading } from "../../../shared/events.ts";
import { until } from "../../../shared/until.ts";
import { bearer, linesIn, problemIn, tokenOf, withJson, withServed } from "./served.ts";

test("http: the description has every route, and every route that it has is there", async () => {
  await withServed(async ({ url }) => {
    const described = await (await fetch(`${url}/v1/openapi.json`)).json();
    const said = Object.entries<Record<string, object>>(described.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`)
    );
    const table = routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    assert.deepEqual(said.toSorted(), table.toSorted());
    assert.equal(described.info.version, "1.2.3");
    for (const { method, path } of routes) {
      const response = await fetch(`${url}${path.replaceAll(/:\w+/g, "x")}`, { method });
      const operation = described.paths[path.replaceAll(/:(\w+)/g, "{$1}")][method.toLowerCase()];
      assert.ok(String(response.status) in operation.responses, `${method} ${path}: ${response.status}`);
      const type = response.headers.get("content-type")?.split(";")[0];
      if (type !== undefined) assert.ok(type in operation.responses[response.status].content, type);
      await response.body?.cancel();
    }
  });
});

test("http: what is not there is said to be so, and so is what a path does not take", async () => {
  assert.deepEqual(match("GET", "/v1/topics/a/keys/b%2Fc"), {
    route: routes.find(({ method, path }) => method === "GET" && path.startsWith("/v1/topics")),
    params: { topic: "a", key: "b/c" },
  });
  assert.deepEqual(match("GET", "/v1/topics/a/keys/%ff"), { methods: [] });
  await withServed(async ({ url }) => {
    assert.equal((await problemIn(await fetch(`${url}/v2`)))["status"], 404);
    const patched = await fetch(`${url}/v1/values`, { method: "PATCH" });
    assert.equal((await problemIn(patched))["status"], 405);
    assert.equal(patched.headers.get("allow"), "POST, GET");
    const head = await fetch(`${url}/livez`, { method: "HEAD" });
    assert.deepEqual([head.status, await head.text()], [200, ""]);
    assert.equal((await fetch(`${url}/v1/watch`, { method: "HEAD" })).status, 405);
  });
});

test("http: with tokens, each client does what its rights say, and who is nobody is told what is needed", async () => {
  const tokens = [tokenOf("shop", ["publish:orders", "watch:orders"])];
  await withServed(async ({ url, service }) => {
    const unknown = await fetch(`${url}/v1/values`, withJson("POST", 1));
    assert.match(String((await problemIn(unknown))["detail"]), /needs to know who asks/);
    assert.deepEqual([unknown.status, unknown.headers.get("www-authenticate")], [
      401,
      'Bearer realm="hearsay"',
    ]);
    assert.equal((await fetch(`${url}/v1/status`)).status, 401);
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    const wrong = await fetch(`${url}/v1/status`, { headers: bearer("thief") });
    assert.match(String((await problemIn(wrong))["detail"]), /not one that this node knows/);
    assert.equal(wrong.status, 401);
    const basic = await fetch(`${url}/v1/status`, { headers: { authorization: "Basic eDp5" } });
    assert.equal((await problemIn(basic))["status"], 401);
    const shop = bearer("shop");
    const forbidden = await fetch(`${url}/v1/values?topic=audit`, withJson("POST", 1, shop));
    assert.match(String((await problemIn(forbidden))["detail"]), /right publish:audit, which shop does not/);
    assert.equal(forbidden.status, 403);
    assert.equal((await fetch(`${url}/v1/watch`, { headers: shop })).status, 403);
    const told = await fetch(`${url}/v1/values?topic=orders`, withJson("POST", [1, 2], shop));
    assert.deepEqual(await told.json(), { accepted: 2 });
    const status = await (await fetch(`${url}/v1/status`, { headers: shop })).json();
    assert.deepEqual([status.id, status.values, status.members], ["n1", 2, []]);
    const watch = await Reading.open(`${url}/v1/watch?topics=orders`, shop);
    await watch.until((text) => text.includes("data:"));
    service.setTokens([tokenOf("shop", [])]);
    await watch.until(() => watch.ended);
  }, { tokens });
});

test("http: a problem says when to come again, where that helps", () => {
  const busy = problemOf({ type: "error", code: 11, text: "not now" }, true);
  assert.deepEqual([busy.status, busy.headers["retry-after"]], [503, "1"]);
  const many = problemOf({ type: "error", code: 21, text: "too many", retry_after_ms: 1_500 }, false);
  assert.deepEqual([many.status, many.headers["retry-after"]], [429, "2"]);
  assert.equal(problemOf({ type: "error", code: 12, text: "no" }, true).headers["retry-after"], undefined);
});

test("http: what an address asks beyond its share is refused for now", async () => {
  const limits = { requestsPerSecondMax: 2 };
  const tokens = [tokenOf("shop", ["watch:"])];
  await withServed(async ({ url }) => {
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => fetch(`${url}/v1/values`, { headers: bearer("shop") })),
    );
    const refused = asked.filter(({ status }) => status === 429);
    assert.ok(refused.length >= 4 && refused.length < 8, `${refused.length}`);
    assert.equal(refused[0]?.headers.get("retry-after"), "1");
    for (const response of asked) await response.body?.cancel();
  }, { limits, tokens });
});

test("http: pages of other origins are refused, unless theirs was allowed", async () => {
  const closed = new Guard([], "127.0.0.1", false);
  const asks = (guard: Guard, host: string, origin?: string) => () =>
    guard.check({ host, origin, isPreflight: false });
  assert.deepEqual(asks(closed, "localhost:8001")(), {});
  assert.deepEqual(asks(closed, "[::1]:8001", "http://[::1]:8001")(), {});
  assert.throws(asks(closed, "localhost:8001", "https://evil.example"), { status: 403 });
  assert.throws(asks(closed, "localhost:8001", "null"), { status: 403 });
  // A name that was made to lead to this machine, or to one where nobody is asked who it is.
  const trusting = new Guard([], "0.0.0.0", false);
  for (const guard of [closed, trusting, new Guard([], "127.0.0.1", true)]) {
    for (
      const host of [
        "evil.example",
        "evil.example:8001",
        "127.0.0.1.evil.example",
        "n1.",
        "n1/.",
        "1.2.3.4@x",
      ]
    ) {
      assert.throws(asks(guard, host, `http://${host}`), { status: 421 }, host);
    }
    assert.throws(asks(guard, ""), { status: 400 });
    assert.deepEqual(
      guard.check({ host: "evil.example", origin: undefined, isPreflight: false, isOpen: true }),
      {},
    );
    for (
      const host of [
        "n1:8000",
        "10.0.0.1:8000",
        "[::1]:8000",
        "localhost",
        "a.localhost",
        "hearsay-clients.x.svc",
      ]
    ) {
      assert.deepEqual(asks(guard, host, `http://${host}`)(), {}, host);
    }
  }
  assert.deepEqual(asks(new Guard([], "0.0.0.0", true), "n1.example")(), {});
  assert.deepEqual(asks(new Guard(["https://shop.example"], "0.0.0.0", false), "shop.example")(), {});
  await withServed(async ({ url }) => {
    const origin = "https://shop.example";
    const preflight = await fetch(`${url}/v1/values`, { method: "OPTIONS", headers: { origin } });
    assert.equal(preflight.status, 204);
    assert.match(preflight.headers.get("access-control-allow-headers") ?? "", /idempotency-key/);
    const read = await fetch(`${url}/v1/values`, { headers: { origin } });
    assert.equal(read.headers.get("x-content-type-options"), "nosniff");
    assert.equal(read.headers.get("cross-origin-resource-policy"), "same-origin");
    assert.equal(read.headers.get("access-control-allow-origin"), origin);
    assert.deepEqual(await linesIn(read), []);
    const other = await fetch(`${url}/v1/values`, { headers: { origin: "https://evil.example" } });
    assert.equal((await problemIn(other))["status"], 403);
    assert.equal(other.headers.get("access-control-allow-origin"), null);
  }, { origins: ["https://shop.example"] });
});

test("http: a node is ready once it has caught up, and a cut alone does not change that", () => {
  const peer = (id: string, ahead: number, neighbour = true) => ({ id, ahead, neighbour });
  const state = { uptime: 0, reached: [""], peers: [peer("n2", 0), peer("n3", 7, false)], waits: "nobody" };
  const readiness = new Readiness({
    uptimeMs: () => state.uptime,
    waits: () => state.waits === "" ? undefined : state.waits,
    peers: () => state.peers,
    reaches: (id) => state.reached.includes(id),
  });
  assert.match(readiness.why() ?? "", /waits for a seed: nobody/);
  state.waits = "";
  assert.match(readiness.why() ?? "", /has just started/);
  state.reached = ["n2", "n3"];
  state.peers = [peer("n2", 1)];
  assert.match(readiness.why() ?? "", /lacks 1 entries that n2 holds/);
  state.peers = [peer("n2", 0), peer("n3", 7, false)];
  assert.equal(readiness.why(), undefined);
  state.peers = [peer("n2", READY_AHEAD_MAX)];
  assert.equal(readiness.why(), undefined);
  state.peers = [peer("n2", READY_AHEAD_MAX + 1)];
  assert.match(readiness.why() ?? "", /lacks/);
  state.reached = [];
  assert.equal(readiness.why(), undefined);
  const alone = new Readiness({
    uptimeMs: () => UNREACHED_MS,
    waits: () => undefined,
    peers: () => [peer("n2", 5)],
    reaches: () => false,
  });
  assert.equal(alone.why(), undefined);
});

test("http: a connection without a whole request is closed in time, and one that waits for its answer is not", () => {
  let destroyed = false;
  const socket = {
    bytesRead: 0,
    bytesWritten: 0,
    end: () => {},
    destroy: () => destroyed = true,
    goOn: () => {},
  };
  const opened = () => {
    destroyed = false;
    return new HttpConnection(socket, "10.0.0.1", undefined, undefined);
  };
  const idle = opened();
  idle.tick(HTTP_IDLE_MS_MAX - 1);
  // A head that comes byte by byte is no excuse.
  socket.bytesRead += 1;
  idle.tick(1);
  assert.ok(destroyed);
  const sends = opened();
  const request = { headers: { "content-length": "9" }, complete: false };
  sends.begin(request);
  for (let i = 0; i < 3; i++) {
    socket.bytesRead += 1;
    sends.tick(HTTP_BODY_MS_MAX - 1);
  }
  sends.tick(HTTP_BODY_MS_MAX - 1);
  // A value of it enters.
  sends.spend(1, 0);
  sends.tick(HTTP_BODY_MS_MAX - 1);
  assert.ok(!destroyed);
  sends.tick(HTTP_BODY_MS_MAX);
  assert.ok(destroyed);
  const waits = opened();
  waits.begin({ ...request, complete: true });
  waits.tick(10 * HTTP_IDLE_MS_MAX);
  assert.ok(!destroyed);
  const files = [100, FILES_BESIDE_HTTP + 10_000, Infinity];
  assert.deepEqual(files.map(httpConnectionsMax), [50, 10_000, HTTP_CONNECTIONS_MAX]);
});

test("http: a response on which nothing is sent is sent a sign of life", () => {
  const written: string[] = [];
  const write = (data: string | Uint8Array, onLeft: () => void) => {
    written.push(String(data));
    onLeft();
  };
  const sink = { write, once() {}, end() {}, destroy() {} };
  const outflow = new Outflow(sink, ":\n\n", { onOpen() {}, onClosed() {}, onHeld() {}, heldFor: () => 0 });
  outflow.tick(HTTP_HEARTBEAT_MS - 1);
  outflow.write("data");
  outflow.tick(HTTP_HEARTBEAT_MS - 1);
  assert.deepEqual(written, ["data"]);
  outflow.tick(1);
  assert.deepEqual(written, ["data", ":\n\n"]);
});

/** A port whose node answers every watch and nothing else. */
async function withPort(
  connectionsMax: number,
  use: (port: HttpPort, said: readonly string[]) => Promise<void>,
) {
  const said: string[] = [];
  const clients: LocalClients = new LocalClients("n1", {
    onEnvelope: ({ src, dest, body: { msg_id = 0 } }) =>
      clients.find(src)?.answer({ src: dest, dest: src, body: { type: "watch_ok", in_reply_to: msg_id } }),
    onDrained() {},
    onGone() {},
    onName: () => "",
    onLeave() {},
  });
  const port = new HttpPort({
    ...{ listen: { host: "127.0.0.1", port: 0 }, origins: [], connectionsMax, clients },
    node: {
      ...{ id: "n1", version: "1", unready: () => undefined, allows: () => true },
      live: { isFull: true, open: () => () => {} },
    },
    shares: new Shares(DEFAULT_LIMITS),
    isMember: () => false,
    knowsClients: false,
    onAnswered() {},
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    say: (_about, text) => said.push(text),
  });
  await port.start();
  try {
    await use(port, said);
  } finally {
    await port.close();
  }
}

test("http: where there is no room for a connection, that is answered", () =>
  withPort(1, async (port, said) => {
    const at = port.at ?? assert.fail();
    const first = connect(at);
    await until(() => port.usage.connections === 1);
    const second = connect(at);
    let text = "";
    second.on("data", (chunk) => text += chunk);
    await new Promise((resolve) => second.once("close", resolve));
    assert.match(text, /^HTTP\/1\.1 503 Service Unavailable\r\nRetry-After: 1\r\n/);
    assert.deepEqual([said.length, port.usage.refused], [1, 1]);
    first.destroy();
    await until(() => port.usage.connections === 0);
  }));

test("http: a watch on which nothing happens stays, and one that has said half a request does not", () =>
  withPort(9, async (port) => {
    const at = port.at ?? assert.fail();
    const watch = await Reading.open(`http://127.0.0.1:${at.port}/v1/watch`);
    await watch.until((text) => text.startsWith("retry:"));
    const half = connect(at);
    half.on("error", () => {}).write("POST /v1/values HTTP/1.1\r\n");
    const closed = new Promise((resolve) => half.once("close", resolve));
    await until(() => port.usage.connections === 2);
    port.tick(1);
    port.tick(HTTP_IDLE_MS_MAX);
    await closed;
    assert.equal(port.usage.connections, 1);
    await watch.until((text) => text.endsWith(":\n\n"));
    assert.ok(!watch.ended);
    watch.close();
  }));

test("http: what is no HTTP is told so, and harms nobody", async () => {
  await withServed(async ({ url }) => {
    const { hostname, port } = new URL(url);
    for (const text of ["\0\x01\x02\r\n\r\n", "GET / HTTP/9\r\n\r\n", `{"src":"c","dest":"*"}\n`, "GET"]) {
      const socket = connect(Number(port), hostname);
      socket.on("error", () => {});
      socket.resume();
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.end(text);
      await closed;
    }
    const headers = { "last-event-id": "n1.k:1;".repeat(HTTP_HEAD_BYTES_MAX / 7) };
    assert.equal((await fetch(`${url}/v1/watch`, { headers })).status, 431);
    assert.equal(await (await fetch(`${url}/livez`)).text(), "live\n");
  });
});

test("http: a client that goes away in the middle of a request is no fault of the node's", async () => {
  const errors: string[] = [];
  const logger = { debug() {}, info() {}, warn() {}, error: (text: string) => void errors.push(text) };
  await withServed(async ({ url }) => {
    const { hostname, port } = new URL(url);
    for (const type of ["application/json", "application/x-ndjson"]) {
      const socket = connect(Number(port), hostname);
      socket.write(
        `POST /v1/values HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 99\r\n\r\n1\n`,
      );
      await until(async () => (await connections(url)) === 2);
      socket.destroy();
      await until(async () => (await connections(url)) === 1);
    }
    const ended = await fetch(`${url}/livez`);
    assert.equal(ended.status, 200);
  }, { logger });
  assert.deepEqual(errors, []);
});

/** Those over HTTP, with the one that asks. */
async function connections(url: string): Promise<number> {
  const status = await (await fetch(`${url}/v1/status`, { headers: { connection: "close" } })).json();
  return status.http.connections;
}

test("a problem is what RFC 9457 says", () => {
  const problem = new Problem(404, "no such key", { more: { code: 20 } });
  assert.deepEqual(JSON.parse(problem.text), {
    type: "about:blank",
    title: "Not Found",
    status: 404,
    detail: "no such key",
    code: 20,
  });
});
