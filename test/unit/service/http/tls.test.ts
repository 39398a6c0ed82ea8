/** HTTP over TLS: who asks is known by a certificate or a token, under every runtime [U1] [X1]. */
import assert from "node:assert/strict";
import { connect, createServer } from "node:net";
import { test } from "node:test";
import { UNCLASSIFIED_MAX } from "../../../../transports/tcp/limits.ts";
import { Tls } from "../../../../transports/tcp/tls/tls.ts";
import { listening } from "../../../shared/listening.ts";
import { issueFor, issueForClient, withAuthority } from "../../../shared/certificates.ts";
import { until } from "../../../shared/until.ts";
import { asked } from "./asked.ts";
import { bearer, tokenOf, withServed } from "./served.ts";

test("http: over TLS a client is known by its certificate, or its token, and by nothing else", () =>
  withAuthority(async (dir) => {
    const tls = new Tls({ ...issueFor(dir, "n1"), node: "n1" });
    const shop = new Tls(issueForClient(dir, "shop", ["watch:"]));
    const unnamed = new Tls({ ca: issueFor(dir, "n1").ca });
    const member = new Tls(issueFor(dir, "n1"));
    await withServed(async ({ url }) => {
      assert.match(url, /^https:/);
      assert.deepEqual(await asked(shop, url, "GET /v1/values"), { status: 200, body: "0\r\n\r\n" });
      const other = await asked(shop, url, "GET /v1/values?topic=orders");
      assert.match(other.body, /needs the right watch:orders, which shop does not have/);
      assert.equal(other.status, 403);
      assert.equal((await asked(member, url, "GET /v1/values?topic=orders")).status, 200);
      const nobody = await asked(unnamed, url, "GET /v1/values");
      assert.deepEqual([nobody.status, /needs to know who asks/.test(nobody.body)], [401, true]);
      const token = `Authorization: ${bearer("reader")["authorization"]}`;
      const known = await asked(unnamed, url, `GET /v1/values HTTP/1.1\r\n${token}\r\nX: `);
      assert.equal(known.status, 200);
      assert.equal((await asked(unnamed, url, "GET /livez")).status, 200);
    }, { tls, tokens: [tokenOf("reader", ["watch:"])] });
  }));

test("http: over TLS a watch is told what comes, and is over once its client hangs up or the node stops", () =>
  withAuthority(async (dir) => {
    const tls = new Tls({ ...issueFor(dir, "n1"), node: "n1" });
    const member = new Tls(issueFor(dir, "n1"));
    let stays = { said: "", isClosed: false };
    await withServed(async ({ url }) => {
      const dialled = (text: string) => {
        const { hostname: host, port } = new URL(url);
        const client = { socket: member.dial({ host, port: Number(port) }), said: "", isClosed: false };
        client.socket.on("error", () => {}).on("close", () => client.isClosed = true);
        client.socket.on("data", (chunk) => client.said += chunk);
        client.socket.write(text);
        return client;
      };
      const watch = "GET /v1/watch HTTP/1.1\r\nHost: localhost\r\n\r\n";
      const goes = dialled(watch);
      stays = dialled(watch);
      await until(() => [goes, stays].every(({ said }) => said.includes("retry:")), "both watch");
      const type = "Content-Type: application/json\r\nConnection: close";
      dialled(`POST /v1/values HTTP/1.1\r\nHost: localhost\r\n${type}\r\nContent-Length: 2\r\n\r\n42`);
      await until(() => [goes, stays].every(({ said }) => said.includes('"value":42')), "both are told");
      goes.socket.end();
      await until(async () => {
        const { body } = await asked(member, url, "GET /v1/status");
        return /"watchers":1\b/.test(body);
      }, "one is left");
    }, { tls });
    await until(() => stays.isClosed, "the node has stopped");
  }));

test("http: a certificate of another authority is refused, and why is said", () =>
  withAuthority((dir) =>
    withAuthority(async (elsewhere) => {
      const tls = new Tls({ ...issueFor(dir, "n1"), node: "n1" });
      const stranger = new Tls({
        ...issueForClient(elsewhere, "shop", ["watch:"]),
        ca: issueFor(dir, "n1").ca,
      });
      await withServed(async ({ url }) => {
        const refused = await asked(stranger, url, "GET /v1/values");
        assert.equal(refused.status, 403);
        assert.match(refused.body, /from the authority .*, which is not in --tls-ca/);
      }, { tls });
    })
  ));

test("http: a port that is taken is said to be, and nothing is left behind", async () => {
  const taken = createServer();
  const listen = await listening(taken);
  await assert.rejects(
    withServed(() => assert.fail("it cannot start"), { http: { listen, origins: [] } }),
    /Cannot listen on 127\.0\.0\.1:\d+: somebody listens there already/,
  );
  await new Promise((resolve) => taken.close(resolve));
});

test("http: connections that do not end their handshake do not take all places", () =>
  withAuthority(async (dir) => {
    const tls = new Tls({ ...issueFor(dir, "n1"), node: "n1" });
    const member = new Tls(issueFor(dir, "n1"));
    await withServed(async ({ url }) => {
      const { hostname, port } = new URL(url);
      let closed = 0;
      const silent = Array.from({ length: UNCLASSIFIED_MAX + 5 }, () => connect(Number(port), hostname));
      for (const socket of silent) socket.on("error", () => {}).on("close", () => closed++);
      await until(() => closed >= 5);
      assert.equal((await asked(member, url, "GET /v1/status")).status, 200);
      for (const socket of silent) socket.destroy();
    }, { tls });
  }));
