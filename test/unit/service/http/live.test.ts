/** The page of a node and its stream over HTTP: who gets what, and what a reader that does not read costs [Y1] [Y3] [Y4]. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { HttpPort } from "../../../../lib/service/http/http_port.ts";
import { LIVE_EVERY_MS, LIVE_READERS_MAX } from "../../../../lib/service/live/limits.ts";
import type { Onlooker } from "../../../../lib/service/live/live.ts";
import type { Snapshot } from "../../../../lib/service/live/snapshot.ts";
import { LocalClients } from "../../../../lib/service/local_client.ts";
import { Shares } from "../../../../transports/tcp/clients/shares.ts";
import { DEFAULT_LIMITS } from "../../../../transports/tcp/limits.ts";
import { eventsIn, Reading } from "../../../shared/events.ts";
import { until } from "../../../shared/until.ts";
import { bearer, problemIn, tokenOf, withJson, withServed } from "./served.ts";

const http = { listen: { host: "127.0.0.1", port: 0 }, origins: [] };

/** The first snapshot that the client of these headers is told for which it holds. */
async function snapshot(
  url: string,
  headers: Record<string, string> = {},
  holds: (snapshot: Snapshot) => boolean = () => true,
): Promise<Snapshot> {
  const reading = await Reading.open(`${url}/v1/live`, headers);
  let found: Snapshot | undefined;
  const snapshots = () =>
    eventsIn(reading.text).map(({ data }): Snapshot => JSON.parse(JSON.stringify(data)));
  await until(() => (found = snapshots().find(holds)) !== undefined, "such a snapshot comes");
  reading.close();
  return found ?? assert.fail();
}

test("live: a snapshot has this node, how it is, and its newest values", () =>
  withServed(async ({ url }) => {
    await fetch(`${url}/v1/values`, withJson("POST", ["a", 2]));
    const told = await snapshot(url, {}, ({ newest }) => newest.length === 2);
    assert.deepEqual([told.id, told.cluster, told.whole, told.view.values], ["n1", "test", true, 2]);
    assert.deepEqual(told.members.map(({ id, relay }) => [id, relay]), [["n1", null]]);
    assert.deepEqual(told.newest.map(({ text, topic }) => [text, topic]), [["2", ""], ['"a"', ""]]);
  }));

test("live: the first snapshot comes at once", () =>
  withServed(async ({ url }) => {
    const reading = await Reading.open(`${url}/v1/live`);
    const askedAt = performance.now();
    await until(() => eventsIn(reading.text).length > 0);
    assert.ok(performance.now() - askedAt < LIVE_EVERY_MS / 2, "and not with the next second");
    assert.match(reading.text, /^retry: 1000\n\ndata: /);
    reading.close();
  }));

test("live: with tokens, whoever looks on sees what its rights allow, and nothing once its token is gone", async () => {
  const tokens = [tokenOf("shop", ["watch:orders"]), tokenOf("boss", ["admin", "publish:*", "watch:*"])];
  await withServed(async ({ url, service }) => {
    assert.equal((await problemIn(await fetch(`${url}/v1/live`)))["status"], 401);
    const page = await fetch(`${url}/`);
    assert.equal(page.status, 404, "and yet whoever asks is answered");
    await page.body?.cancel();
    for (const topic of ["orders", "secret"]) {
      await fetch(`${url}/v1/values?topic=${topic}`, withJson("POST", topic, bearer("boss")));
    }
    const topicsOf = ({ newest }: Snapshot) => newest.map(({ topic }) => topic);
    const all = await snapshot(url, bearer("boss"), ({ newest }) => newest.length > 0);
    assert.deepEqual([all.whole, topicsOf(all)], [true, ["secret", "orders"]]);
    const some = await snapshot(url, bearer("shop"), ({ newest }) => newest.length > 0);
    assert.deepEqual([some.whole, topicsOf(some)], [false, ["orders"]]);
    const reading = await Reading.open(`${url}/v1/live`, bearer("shop"));
    service.setTokens([]);
    await until(() => reading.ended, "whoever is not known any longer is told nothing more");
  }, { tokens });
});

test("live: the page comes with its policy, and a node that was given none says so", async () => {
  const page = () => Promise.resolve({ html: "<!doctype html>", policy: "default-src 'none'" });
  await withServed(async ({ url }) => {
    const response = await fetch(`${url}/`);
    assert.deepEqual([response.status, await response.text()], [200, "<!doctype html>"]);
    assert.equal(response.headers.get("content-security-policy"), "default-src 'none'");
    assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
  }, { http: { ...http, page } });
  await withServed(async ({ url }) => assert.equal((await problemIn(await fetch(url)))["status"], 404));
});

test("live: one more than may look on is told to come again", () =>
  withServed(async ({ url }) => {
    const readings = await Promise.all(
      Array.from({ length: LIVE_READERS_MAX }, () => Reading.open(`${url}/v1/live`)),
    );
    const refused = await fetch(`${url}/v1/live`);
    assert.equal(refused.headers.get("retry-after"), "1");
    assert.equal((await problemIn(refused))["status"], 503);
    for (const reading of readings) reading.close();
    await until(async () => {
      const again = await fetch(`${url}/v1/live`);
      await again.body?.cancel();
      return again.status === 200;
    }, "there is room again");
  }));

test("live: a reader that does not read holds one snapshot and no more, and gets the newest once it reads", async () => {
  const looking: Onlooker[] = [];
  const clients: LocalClients = new LocalClients("n1", {
    onEnvelope: ({ src, dest, body: { msg_id = 0 } }) =>
      clients.find(src)?.answer({ src: dest, dest: src, body: { type: "status_ok", in_reply_to: msg_id } }),
    ...{ onDrained() {}, onGone() {}, onName: () => "", onLeave() {} },
  });
  const port = new HttpPort({
    ...{ ...http, connectionsMax: 10, clients, shares: new Shares(DEFAULT_LIMITS), isMember: () => false },
    node: {
      ...{ id: "n1", version: "1", unready: () => undefined, allows: () => true },
      live: { isFull: false, open: (onlooker) => (looking.push(onlooker), () => looking.splice(0)) },
    },
    ...{
      knowsClients: false,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      say() {},
      onAnswered() {},
    },
  });
  await port.start();
  const socket = connect(port.at ?? assert.fail());
  try {
    socket.write("GET /v1/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    await until(() => looking.length === 1);
    socket.pause();
    // More than the system takes of a connection that nobody reads.
    const large = "x".repeat(4 * 1024 * 1024);
    await until(() => {
      looking[0]?.take(large);
      return port.usage.held_bytes > 0;
    }, "a snapshot waits");
    for (let i = 0; i < 100; i++) looking[0]?.take(large);
    looking[0]?.take("the newest");
    assert.ok(port.usage.held_bytes < large.length + 100, `${port.usage.held_bytes} bytes are held`);
    let [read, last] = [0, ""];
    socket.on("data", (chunk) => {
      read += chunk.length;
      last = `${last}${chunk}`.slice(-100);
    });
    socket.resume();
    await until(() => last.includes("data: the newest\n\n"), "the newest comes");
    assert.ok(read < 20 * large.length, `${read} bytes were read`);
  } finally {
    socket.destroy();
    await until(() => looking.length === 0, "whoever is gone looks on no longer");
    await port.close();
  }
});
