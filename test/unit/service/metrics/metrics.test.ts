/** GET /metrics of a node in this process: what it says after what was done [U8]. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { connect } from "../../../../lib/client/mod.ts";
import { openStore } from "../../../../lib/store/sqlite.ts";
import { freePorts } from "../../../shared/free_ports.ts";
import { inFolder } from "../../../shared/in_folder.ts";
import { needsPromtool, promtool } from "../../../shared/promtool.ts";
import { issueFor, issueForClient, withAuthority } from "../../../shared/certificates.ts";
import { until } from "../../../shared/until.ts";
import { families } from "../../../../lib/service/metrics/families/families.ts";
import { METRICS_PEERS_MAX } from "../../../../lib/service/metrics/families/peers.ts";
import { Metrics } from "../../../../lib/service/metrics/metrics.ts";
import { addressText } from "../../../../transports/address.ts";
import { Tls } from "../../../../transports/tcp/tls/tls.ts";
import { Traffic } from "../../../../transports/tcp/traffic.ts";
import { bearer, linesIn, tokenOf, withJson, withServed } from "../http/served.ts";
import { asked } from "../http/asked.ts";
import { scrape, Scraped } from "./scraped.ts";

test("metrics: every family is there, with its type, and right after known traffic", async () => {
  await withServed(async ({ url }) => {
    const before = await scrape(url);
    assert.deepEqual(before.names, families.map(({ name }) => name));
    for (const { name, kind } of families) assert.equal(before.types.get(name), kind, name);

    await fetch(`${url}/v1/values`, withJson("POST", ["a", "b", "b"]));
    await fetch(`${url}/v1/topics/t/keys/k`, withJson("PUT", 1));
    assert.equal((await fetch(`${url}/v1/topics/t/keys/none`)).status, 404);
    assert.equal((await fetch(`${url}/v1/values?topic=%2F`, withJson("POST", 1))).status, 400);
    await linesIn(await fetch(`${url}/v1/values`));
    assert.equal((await fetch(`${url}/nowhere/${Math.random()}`)).status, 404);

    const after = await scrape(url);
    const expected: Record<string, number> = {
      'hearsay_build_info{version="1.2.3",runtime="RUNTIME"}': 1,
      'hearsay_node_info{node="n1",cluster="test",cluster_id=""}': 1,
      "hearsay_ready": 1,
      'hearsay_members{status="joined"}': 1,
      "hearsay_values": 3,
      "hearsay_entries": 3,
      'hearsay_entries_delivered_total{source="client"}': 3,
      'hearsay_entries_delivered_total{source="peer"}': 0,
      'hearsay_store_state{state="memory"}': 1,
      'hearsay_store_state{state="failed"}': 0,
      'hearsay_requests_total{type="broadcast",outcome="ok"}': 4,
      'hearsay_requests_total{type="broadcast",outcome="malformed"}': 1,
      'hearsay_requests_total{type="get",outcome="missing"}': 1,
      'hearsay_requests_total{type="watch",outcome="ok"}': 1,
      'hearsay_http_requests_total{method="GET",route="/metrics",status="200"}': 1,
      'hearsay_http_requests_total{method="POST",route="/v1/values",status="200"}': 1,
      'hearsay_http_requests_total{method="POST",route="/v1/values",status="400"}': 1,
      'hearsay_http_requests_total{method="GET",route="/v1/topics/:topic/keys/:key",status="404"}': 1,
      'hearsay_http_requests_total{method="other",route="other",status="404"}': 1,
      "hearsay_watches": 0,
    };
    const [build = ""] = after.series("hearsay_build_info");
    const runtime = /runtime="([^"]+)"/.exec(build)?.[1] ?? "";
    assert.match(runtime, /^(bun|deno) \d+\.\d+\.\d+$/);
    for (const [series, value] of Object.entries(expected)) {
      assert.equal(after.value(series.replace("RUNTIME", runtime)), value, series);
    }
    assert.notEqual(after.value("hearsay_values_digest"), before.value("hearsay_values_digest"));
    for (
      const name of ["process_resident_memory_bytes", "process_cpu_seconds_total", "hearsay_store_bytes"]
    ) {
      assert.ok((after.value(name) ?? 0) > 0, name);
    }
    const startedAt = after.value("process_start_time_seconds") ?? 0;
    assert.ok(startedAt < Date.now() / 1000 && startedAt > Date.now() / 1000 - 3600);
  });
});

test("metrics: with tokens, whoever is known may ask, and only an admin is told of each peer", async () => {
  const tokens = [tokenOf("prometheus", []), tokenOf("ops", ["admin"])];
  const peers = new Map([["n2", { host: "127.0.0.1", port: 1 }]]);
  await withServed(async ({ url }) => {
    assert.equal((await fetch(`${url}/metrics`)).status, 401);
    const some = await scrape(url, bearer("prometheus"));
    assert.equal(some.value("hearsay_peers"), 1);
    assert.deepEqual(some.series("hearsay_peer_connected"), []);
    assert.equal(some.value('hearsay_requests_total{type="metrics",outcome="forbidden"}'), 1);
    const all = await scrape(url, bearer("ops"));
    assert.equal(all.value('hearsay_peer_connected{peer="n2"}'), 0);
    assert.equal(all.value('hearsay_peer_suspected{peer="n2"}'), 0);
  }, { tokens, peers });
});

test("metrics: above METRICS_PEERS_MAX peers only what they are together is told", async () => {
  const peersOf = (count: number) =>
    new Map(Array.from({ length: count }, (_, i) => [`p${i}`, { host: "127.0.0.1", port: 1 }] as const));
  const seriesWith = async (count: number) => {
    const found = Promise.withResolvers<Scraped>();
    await withServed(async ({ url }) => found.resolve(await scrape(url)), { peers: peersOf(count) });
    return await found.promise;
  };
  const most = await seriesWith(METRICS_PEERS_MAX);
  assert.equal(most.series("hearsay_peer_connected").length, METRICS_PEERS_MAX);
  const more = await seriesWith(60);
  assert.equal(more.value("hearsay_peers"), 60);
  assert.equal(more.value("hearsay_peers_connected"), 0);
  assert.equal(more.value('hearsay_peers_lag_entries{stat="max"}'), 0);
  assert.deepEqual(
    more.names.flatMap((name) => name.startsWith("hearsay_peer_") ? more.series(name) : []),
    [],
  );
});

test("metrics: names that others choose are escaped, or no labels at all", async () => {
  const id = 'n"2\\\n} 1';
  const tokens = [tokenOf("ops", ["admin", "publish:*"])];
  const peers = new Map([[id, { host: "127.0.0.1", port: 1 }]]);
  await withServed(async ({ url, at }) => {
    const headers = bearer("ops");
    const topic = encodeURIComponent('t"opic\\{}');
    await fetch(`${url}/v1/topics/${topic}/keys/k`, withJson("PUT", 1, headers));
    await fetch(`${url}/"nothing\\`, { headers });
    await using client = await connect({ at: addressText(at), token: "token-of-ops" });
    await assert.rejects(client.ask({ type: 'strange"type\n' }));
    const all = await scrape(url, headers);
    assert.equal(all.value(String.raw`hearsay_peer_connected{peer="n\"2\\\n} 1"}`), 0);
    assert.ok((all.value('hearsay_requests_total{type="other",outcome="unsupported"}') ?? 0) > 0);
  }, { tokens, peers });
});

test("metrics: what goes wrong while they are put together is answered, and harms nobody", async () => {
  const metrics = new Metrics({
    id: "n1",
    store: { bytes: 0 },
    clock: () => 0,
    neighbours: () => [],
    traffic: new Traffic(),
    status: () => assert.fail("this is on purpose"),
    isReady: () => true,
  });
  const answer = await metrics.answer(true);
  assert.deepEqual([answer.type, answer["text"]], [
    "error",
    "the metrics cannot be told: this is on purpose",
  ]);
});

test("metrics: what one node sends the other receives, and commits and deliveries are timed", () =>
  inFolder(async (dir) => {
    const [one = 0, two = 0] = await freePorts(2);
    const [first, second] = [{ host: "127.0.0.1", port: one }, { host: "127.0.0.1", port: two }];
    const store = openStore({ dir, cluster: "test", id: "n1", now: Date.now() });
    const inFirst = { id: "n1", listen: first, peers: new Map([["n2", second]]), store };
    const inSecond = { id: "n2", listen: second, peers: new Map([["n1", first]]) };
    await withServed(({ url }) =>
      withServed(async (other) => {
        await fetch(`${url}/v1/values`, withJson("POST", "x"));
        const series = 'hearsay_delivery_duration_seconds_count{source="client"}';
        await until(async () => (await scrape(url)).value(series) === 1);
        await until(async () => (await scrape(other.url)).value("hearsay_values") === 1);
        const [mine, theirs] = [await scrape(url), await scrape(other.url)];
        assert.equal(theirs.value('hearsay_entries_delivered_total{source="peer"}'), 1);
        assert.equal(mine.value("hearsay_tree_neighbours"), 1);
        assert.equal(mine.value('hearsay_peer_connected{peer="n2"}'), 1);
        assert.equal(mine.value('hearsay_store_state{state="durable"}'), 1);
        for (const name of ["hearsay_store_commit_duration_seconds_count", "hearsay_store_file_bytes"]) {
          assert.ok((mine.value(name) ?? 0) > 0, name);
          assert.equal(theirs.value(name), undefined);
        }
        assert.equal(mine.value("hearsay_store_commit_failures_total"), 0);
        for (const what of ["messages", "message_bytes"]) {
          const sent = mine.value(`hearsay_${what}_sent_total{type="delta"}`) ?? 0;
          const received = theirs.value(`hearsay_${what}_received_total{type="delta"}`) ?? 0;
          assert.ok(sent > 0 && received === sent, `${what}: ${sent} sent, ${received} received`);
        }
      }, inSecond), inFirst);
    store.close();
  }));

test("metrics: until when certificates last, in seconds since 1970, to whoever shows one", () =>
  withAuthority(async (dir) => {
    const tls = new Tls({ ...issueFor(dir, "n1"), node: "n1" });
    const prometheus = new Tls(issueForClient(dir, "prometheus", []));
    const { expiresAt, authoritiesExpireAt } = tls;
    await withServed(async ({ url }) => {
      const { body } = await asked(prometheus, url, "GET /metrics");
      const scraped = new Scraped(body);
      const name = "hearsay_certificate_expiry_timestamp_seconds";
      assert.equal(scraped.value(`${name}{certificate="node"}`), expiresAt / 1000);
      assert.equal(scraped.value(`${name}{certificate="authority"}`), authoritiesExpireAt / 1000);
    }, { tls });
  }));

test("metrics: README.md has each with its type, its labels and what it means", () => {
  const readme = readFileSync(new URL("../../../../lib/service/metrics/README.md", import.meta.url), "utf8");
  const rows = readme.split("\n").filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  const told = families.map(({ name, kind, labels, help }) => [
    ...[`\`${name}\``, kind],
    ...[labels.map((label) => `\`${label}\``).join(", "), help],
  ]);
  assert.deepEqual(rows, told);
});

test("metrics: promtool finds no fault with them", needsPromtool, () => {
  const peers = new Map([["n2", { host: "127.0.0.1", port: 1 }]]);
  return withServed(async ({ url }) => {
    await fetch(`${url}/v1/values`, withJson("POST", ["a", "b"]));
    await scrape(url);
    const text = await (await fetch(`${url}/metrics`)).text();
    assert.deepEqual(promtool(["check", "metrics"], text), { status: 0, out: "" });
    const bad = promtool(
      ["check", "metrics"],
      "# HELP hearsay_bad x\n# TYPE hearsay_bad counter\nhearsay_bad 1\n",
    );
    assert.notEqual(bad.status, 0);
  }, { peers });
});
