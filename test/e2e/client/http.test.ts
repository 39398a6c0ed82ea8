/** hearsay/http with real nodes, from here and from a page of another origin: small, and nothing is missed or doubled. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { withHttp } from "../../shared/listening.ts";
import { testNeeding } from "../../shared/needing.ts";
import { connect } from "../../../lib/client/http/mod.ts";
import { eventually, firstOf, httpUrl, type Serving, withCluster } from "../fixtures/serving.ts";
import { inBrowser, needsBrowser } from "../pages/browser.ts";
import { bundledClient } from "./http_bundle.ts";

const GZIP_BYTES_MAX = 10_000;
const VALUES = 1_000;
/** What a busy machine may take for all of it, ms. */
const PATIENCE_MS = 60_000;

test("hearsay/http is small, and needs nothing that a browser has not", () => {
  const text = bundledClient();
  assert.ok(gzipSync(text).length <= GZIP_BYTES_MAX, `${gzipSync(text).length} bytes`);
  assert.doesNotMatch(text, /\bnode:|\brequire\(|\bfrom ?"/);
});

test("hearsay/http: a node is killed while values are told and watched there: none is missed or doubled", () =>
  withCluster({ ids: ["n1", "n2", "n3"], durable: true, flags: ["--http", "127.0.0.1:0"] }, async (nodes) => {
    await using client = await connect({ at: nodes.map(httpUrl) });
    const watched: number[] = [];
    const watching = (async () => {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      for await (const { value } of client.watch({ topics: ["t"], signal })) {
        if (watched.push(Number(value)) === VALUES) break;
      }
    })();
    const told = Array.from({ length: VALUES }, async (_, n) => {
      await client.broadcast(n, { topic: "t" });
      if (n === VALUES / 4) firstOf(nodes).kill();
    });
    await Promise.all(told);
    // What it alone has said to be safe comes with it.
    await firstOf(nodes).start();
    await watching;
    assert.deepEqual(watched.toSorted((a, b) => a - b), [...Array(VALUES).keys()]);
    // Whoever watched may have had some of that from the node itself, before it was killed.
    await eventually("another node has all of it", async () => {
      let count = 0;
      for await (const _ of client.read({ topics: ["t"] })) count++;
      return count === VALUES;
    });
  }));

testNeeding(
  "hearsay/http: a page of an origin that was allowed tells and watches, and goes on at the next node",
  needsBrowser,
  () =>
    withPage(async (origin) => {
      const flags = ["--http", "127.0.0.1:0", "--http-origin", origin];
      await withCluster({ ids: ["n1", "n2"], flags }, (nodes) =>
        inBrowser(async (browser) => {
          const page = await browser.newPage();
          await page.goto(origin);
          await page.evaluate(`start(${JSON.stringify(nodes.map(httpUrl))})`);
          await page.waitForFunction("values.length === 2", undefined, { timeout: PATIENCE_MS });
          await firstOf(nodes).end("SIGKILL");
          await page.evaluate("client.broadcast('after', { id: 'ä', topic: 't' })");
          await page.waitForFunction("values.length === 3", undefined, { timeout: PATIENCE_MS });
          assert.deepEqual(await page.evaluate("values"), ["before", [1, 2], "after"]);
          assert.equal(await page.evaluate("client.at"), httpUrl(lastOf(nodes)));
          assert.equal(
            await page.evaluate("Promise.all([ended, client.close()]).then(([code]) => code)"),
            "closed",
          );
        }));
    }),
);

testNeeding(
  "hearsay/http: a page of another origin can neither read nor tell, whatever the type of what it sends",
  needsBrowser,
  () =>
    withPage((origin) =>
      withCluster({ ids: ["n1"], flags: ["--http", "127.0.0.1:0"] }, (nodes) =>
        inBrowser(async (browser) => {
          const url = httpUrl(firstOf(nodes));
          const page = await browser.newPage();
          await page.goto(origin);
          assert.equal(await page.evaluate(`code({ at: ${JSON.stringify(url)} })`), "unreachable");
          // These need no leave of the node to be sent.
          for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
            assert.equal(await page.evaluate(`send("${url}/v1/values", "${type}")`), "Failed to fetch");
          }
          // A form is a way to send one, and there is no script to stop.
          await page.setContent(
            `<form method=post enctype=text/plain action="${url}/v1/values"><input name="[1" value="]"></form>`,
          );
          const [answer] = await Promise.all([
            page.waitForResponse(`${url}/v1/values`),
            page.evaluate("document.forms[0].submit()"),
          ]);
          assert.equal(answer.status(), 403);
          assert.equal(await (await fetch(`${url}/v1/values?topics=*`)).text(), "");
        }))
    ),
);

/** With a page that has the client, served at an origin of its own. */
async function withPage(use: (origin: string) => Promise<void>): Promise<void> {
  const script = `
    import { connect } from "./hearsay.js";
    globalThis.values = [];
    globalThis.start = async (at) => {
      globalThis.client = await connect({ at });
      globalThis.ended = watch();
      await client.broadcast("before", { topic: "t" });
      await client.broadcast([1, 2], { topic: "t" });
    };
    async function watch() {
      try {
        for await (const { value } of client.watch({ topics: ["t"] })) values.push(value);
      } catch (error) {
        return error.code;
      }
    }
    globalThis.code = (options) => connect(options).then(() => "connected", ({ code }) => code);
    // It is sent, and the answer is kept from the page.
    globalThis.send = (url, type) =>
      fetch(url, { method: "POST", mode: "no-cors", headers: { "content-type": type }, body: "[1]" })
        .then(() => "answered", ({ message }) => message);`;
  const client = bundledClient();
  await withHttp(({ url }, response) => {
    const isPage = url === "/";
    response.writeHead(200, { "content-type": isPage ? "text/html" : "text/javascript" });
    response.end(
      isPage ? `<!doctype html><title>a page</title><script type=module>${script}</script>` : client,
    );
  }, use);
}

function lastOf(nodes: readonly Serving[]): Serving {
  return nodes.at(-1) ?? assert.fail("there is one");
}
