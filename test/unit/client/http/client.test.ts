/** The client over HTTP at nodes in this process: what it tells, reads and watches, and what it says where that fails. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type * as library from "../../../../lib/client/mod.ts";
import { WAITING_BYTES_MAX } from "../../../../lib/client/common/limits.ts";
import { ALIVE_MS } from "../../../../lib/client/http/following.ts";
import { IN_FLIGHT_MAX } from "../../../../lib/client/http/gate.ts";
import { type Client, connect, type Entry, type Gap, HearsayError } from "../../../../lib/client/http/mod.ts";
import { HTTP_HEARTBEAT_MS } from "../../../../lib/service/http/limits.ts";
import { withHttp } from "../../../shared/listening.ts";
import { until } from "../../../shared/until.ts";
import { tokenOf, withServed } from "../../service/http/served.ts";

const ACCEPTED = `{"accepted":1}`;
const EVENTS = { "content-type": "text/event-stream" };

/** What programs that know one client may do with the other. */
type Shared = Omit<Client, "at">;
const shared: readonly (Exclude<keyof Shared, "read" | "watch"> & keyof library.Client)[] = [];
const entry: (entry: library.Entry | library.Gap) => Entry | Gap = (entry) => entry;

test("hearsay/http has what the library over TCP has", () => {
  assert.deepEqual(shared, []);
  assert.equal(entry.length, 1);
  assert.equal(ALIVE_MS, HTTP_HEARTBEAT_MS);
});

test("hearsay/http: what is told is read, once, whatever it is and whatever it is called", () =>
  withServed(async ({ url }) => {
    await using client = await connect({ at: url });
    assert.equal(client.at, url);
    await Promise.all(Array.from({ length: 200 }, (_, n) => client.broadcast(n, { topic: "many" })));
    assert.deepEqual(
      (await all(client.read({ topics: ["many"] }))).map(({ value }) => value).toSorted(byNumber),
      [
        ...Array(200).keys(),
      ],
    );
    for (const id of ['ä \n"', "k.0"]) {
      await client.broadcast([1, [2]], { id });
      await client.broadcast([1, [2]], { id });
    }
    for (const value of [[1, [2]], null, "\0", { a: { b: [] } }]) {
      await client.broadcast(value, { id: null });
      await client.broadcast(value, { id: null });
    }
    const entries = await all(client.read());
    assert.deepEqual(entries.map(({ value, id }) => [value, id]), [
      [[1, [2]], 'ä \n"'],
      [[1, [2]], "k.0"],
      [[1, [2]], undefined],
      [null, undefined],
      ["\0", undefined],
      [{ a: { b: [] } }, undefined],
    ]);
    const { topic, position } = entries.at(-1) ?? assert.fail();
    assert.equal(topic, "");
    assert.match(String(position), /^n1\.\w+:201-206$/);
  }));

test("hearsay/http: keys are put, got, deleted, and watched for their latest values", () =>
  withServed(async ({ url }) => {
    await using client = await connect({ at: `${url}/` });
    for (const key of ["a", "a/b ?#%", "..."]) {
      assert.equal(await client.get("t", key), undefined);
      await client.put("t", key, { key });
      assert.deepEqual(await client.get("t", key), { key });
    }
    await client.delete("t", "a");
    assert.equal(await client.get("t", "a"), undefined);
    const latest = await all(client.read({ topics: ["t"], latest: true }));
    assert.deepEqual(latest.map(({ key, value, deleted }) => [key, value, deleted]), [
      ["a", undefined, true],
      ["a/b ?#%", { key: "a/b ?#%" }, undefined],
      ["...", { key: "..." }, undefined],
    ]);
    await fails(client.get("t", ".."), "malformed", /\.\. cannot be a part of a path/);
    assert.equal((await client.status()).id, "n1");
    assert.deepEqual((await client.members()).map(({ id }) => id), ["n1"]);
  }));

test("hearsay/http: a watch goes on from any position, or begins now", () =>
  withServed(async ({ url }) => {
    await using client = await connect({ at: url });
    for (const value of [1, 2, 3]) await client.broadcast(value);
    await client.broadcast("other", { topic: "t" });
    const [first = assert.fail()] = await some(1, client.watch());
    assert.equal(first.value, 1);
    assert.deepEqual((await some(2, client.watch({ from: first.position }))).map(({ value }) => value), [
      2,
      3,
    ]);
    const both = await some(4, client.watch({ topics: ["", "t*"] }));
    assert.deepEqual(both.map(({ value, topic }) => [value, topic]), [[1, ""], [2, ""], [3, ""], [
      "other",
      "t",
    ]]);
    const now = client.watch({ from: "now" });
    const next = now.next();
    await until(async () => (await client.status()).watchers === 1, "it watches");
    await client.broadcast(4);
    const { value: come } = await next;
    assert.equal(come?.value, 4);
    await now.return();
    await client.broadcast(5);
    const from = come?.position;
    assert.deepEqual((await some(1, client.watch({ from, topics: ["", "t"] }))).map(({ value }) => value), [
      5,
    ]);
  }));

test("hearsay/http: while an entry is not taken, nothing more is read, and nothing is missed", () =>
  withServed(async ({ url }) => {
    await using client = await connect({ at: url });
    const text = "x".repeat(200_000);
    const COUNT = 300;
    await Promise.all(Array.from({ length: COUNT }, (_, n) => client.broadcast({ n, text })));
    const watch = client.watch();
    await watch.next();
    let held = -1;
    // What has left the node is what the runtime and the system hold for the reader, and not all.
    await until(async () => {
      const before = held;
      held = Number(JSON.parse(JSON.stringify(await client.status())).http.held_bytes);
      return held > 0 && held === before;
    }, "the node waits for the reader");
    const numbers = new Set<number>();
    for await (const { value } of watch) {
      numbers.add(Number(value instanceof Object && "n" in value ? value.n : NaN));
      if (numbers.size === COUNT - 1) break;
    }
  }));

test("hearsay/http: what cannot be told is said by a code, and why, before anything is sent where it can be", () =>
  withServed(async ({ url }) => {
    await using client = await connect({ at: url });
    await fails(client.broadcast(undefined), "malformed", /no JSON/);
    await fails(client.broadcast("x".repeat(300_000)), "malformed", /over 262144 bytes/);
    await fails(client.broadcast(1, { topic: "a b" }), "malformed", /white space/);
    await fails(client.broadcast(1, { key: "" }), "malformed", /key is empty/);
    await fails(all(client.watch({ from: "x\n" })), "malformed", /from is no position/);
    await fails(all(client.watch({ from: "nonsense" })), "malformed", /the position/);
    await fails(all(client.read({ topics: [] })), "malformed", /topics is empty/);
    const misspelt = JSON.parse('{"topic":"t"}');
    await fails(all(client.read(misspelt)), "malformed", /no option "topic"/);
    await fails(all(client.watch(JSON.parse('{"topics":"t"}'))), "malformed", /topics is no list/);
    await fails(client.broadcast(1, JSON.parse('{"topics":["t"]}')), "malformed", /no option "topics"/);
    await fails(client.put("t", JSON.parse("{}").key, 1), "malformed", /key is no text/);
    await fails(client.delete("t", "k", misspelt), "malformed", /no option "topic"/);
    for (const at of ["", "n1:8000", "ftp://n1", "http://me:secret@n1", "http://n1/?x"]) {
      await fails(connect({ at }), "malformed", /is no URL of a node/);
    }
    await fails(connect({ at: [] }), "malformed", /names no node/);
    await fails(connect({ at: url, timeoutMs: 0 }), "malformed", /timeoutMs is 0/);
    await fails(connect({ at: url, token: "a b" }), "malformed", /the token is none/);
    await fails(
      connect({ at: url, token: () => Promise.reject(new Error("expired")) }),
      "forbidden",
      /no token/,
    );
  }));

test("hearsay/http: who is not known, or lacks the right, is told so", () =>
  withServed(async ({ url }) => {
    await fails(connect({ at: url }), "forbidden", /answers 401/);
    await fails(connect({ at: url, token: "wrong" }), "forbidden", /answers 401/);
    await using client = await connect({ at: url, token: () => Promise.resolve("token-of-shop") });
    await client.broadcast(1, { topic: "orders" });
    await fails(client.broadcast(1, { topic: "others" }), "forbidden", /publish:others/);
    await fails(all(client.watch({ topics: ["others"] })), "forbidden", /watch:others/);
    assert.deepEqual((await some(1, client.watch({ topics: ["orders"] }))).map(({ value }) => value), [1]);
  }, { tokens: [tokenOf("shop", ["publish:orders", "watch:orders"])] }));

test("hearsay/http: a node that is away, silent, or refuses is passed over, and the next is asked", () =>
  withServed(({ url }) =>
    withHttp(
      (_, response) => void response.writeHead(503).end(),
      (refusing) =>
        withHttp(() => {}, async (silent) => {
          const at = ["http://127.0.0.1:1", refusing, silent];
          const error = await fails(connect({ at, timeoutMs: 300 }), "refused", /no node does it/);
          assert.deepEqual(error.failures.map(({ code }) => code), ["unreachable", "refused", "timeout"]);
          await fails(connect({ at: silent, timeoutMs: 300 }), "timeout", /is silent for 300 ms/);
          await using client = await connect({ at: [...at, url], timeoutMs: 300 });
          assert.equal(client.at, url);
          await client.broadcast(1);
          assert.deepEqual((await some(1, client.watch())).map(({ value }) => value), [1]);
        }),
    )
  ));

test("hearsay/http: whether it may be done all the same is said, and a repeat enters once", () => {
  const asked: string[] = [];
  return withHttp((request, response) => {
    asked.push(request.url ?? "");
    if (request.method === "GET") response.end(`{"id":"n1"}`);
    else response.destroy();
  }, (deaf) =>
    withServed(async ({ url }) => {
      await using alone = await connect({ at: deaf });
      const error = await fails(alone.broadcast(1), "unreachable", /hangs up/);
      assert.equal(error.mayBeDone, true);
      await using client = await connect({ at: [deaf, url] });
      await client.broadcast([1]);
      const [, id] = /id=([\w-]+)$/.exec(asked.at(-1) ?? "") ?? [];
      assert.deepEqual((await all(client.read())).map(({ value, id }) => [value, id]), [[[1], id]]);
    }));
});

test("hearsay/http: a watch that goes on asks the next node to wait for what it had before, and for nothing that came lately", () => {
  const asked: string[] = [];
  const watched = (origin: string, seq: number) =>
    `id: n1.k:1-9;${origin}:${seq}\ndata: {"value":"${origin}","topic":"","origin":"${origin}","seq":${seq}}\n\n`;
  return withHttp((request, response) => {
    if (!request.url?.startsWith("/v1/watch")) return void response.end(`{"id":"n1"}`);
    asked.push(`${request.url} ${request.headers["last-event-id"]}`);
    response.writeHead(200, EVENTS).end(watched(`o${asked.length}`, 1));
  }, async (at) => {
    await using client = await connect({ at });
    assert.equal((await some(2, client.watch({ from: "n1.k:1-9" }))).length, 2);
    assert.deepEqual(asked, ["/v1/watch? n1.k:1-9", "/v1/watch?&awaits=n1.k%3A1-9 n1.k:1-9;o1:1"]);
  });
});

test("hearsay/http: a node that is asked too much is asked again when it says so", () => {
  let asked = 0;
  return withHttp((request, response) => {
    if (request.method === "GET") response.end(`{"id":"n1"}`);
    else if (++asked > 2) response.end(ACCEPTED);
    else response.writeHead(429, { "retry-after": "0" }).end();
  }, async (busy) => {
    await using client = await connect({ at: busy });
    await client.broadcast(1);
    assert.equal(asked, 3);
  });
});

test("hearsay/http: so many requests are under way at once, the others wait, and any may be given up", () => {
  const held: (() => void)[] = [];
  return withHttp((request, response) => {
    if (request.method === "GET") response.end(`{"id":"n1"}`);
    else held.push(() => response.end(ACCEPTED));
  }, async (slow) => {
    const client = await connect({ at: slow });
    const aborting = new AbortController();
    const told = Array.from({ length: IN_FLIGHT_MAX + 1 }, (_, n) => client.broadcast(n));
    const givenUp = client.broadcast("x", { signal: aborting.signal });
    await until(() => held.length === IN_FLIGHT_MAX, "as many as may be are under way");
    aborting.abort("why not");
    assert.equal((await fails(givenUp, "aborted", /signal/)).cause, "why not");
    const many = Array.from(
      { length: WAITING_BYTES_MAX / 200_000 + 2 },
      () => client.broadcast("x".repeat(200_000)),
    );
    const settled = Promise.allSettled(many);
    await fails(many.at(-1) ?? assert.fail(), "busy", /wait to be told already/);
    const closing = client.close();
    await fails(client.broadcast(1), "closed", /is closed/);
    held.splice(0).forEach((answer) => answer());
    await Promise.all(told.slice(0, IN_FLIGHT_MAX));
    client.abort("enough");
    assert.equal((await fails(told.at(-1) ?? assert.fail(), "aborted", /signal/)).cause, "enough");
    await Promise.all([settled, closing, client.closed]);
  });
});

test("hearsay/http: whoever closes a client ends its watches", () =>
  withServed(async ({ url }) => {
    const client = await connect({ at: url });
    const watching = all(client.watch());
    await until(async () => (await client.status()).watchers === 1, "it watches");
    await Promise.all([client.close(), fails(watching, "closed", /is closed/)]);
  }));

function byNumber(a: unknown, b: unknown): number {
  return Number(a) - Number(b);
}

async function all(entries: AsyncIterable<Entry | Gap>): Promise<(Entry | Gap)[]> {
  const found: (Entry | Gap)[] = [];
  for await (const entry of entries) found.push(entry);
  return found;
}

async function some(count: number, entries: AsyncIterable<Entry | Gap>): Promise<(Entry | Gap)[]> {
  const found: (Entry | Gap)[] = [];
  for await (const entry of entries) if (found.push(entry) === count) break;
  return found;
}

async function fails(doing: Promise<unknown>, code: string, message: RegExp): Promise<HearsayError> {
  const error = await doing.then(() => assert.fail("it does not fail"), (error) => error);
  assert.ok(error instanceof HearsayError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return error;
}
