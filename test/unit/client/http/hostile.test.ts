/** The client over HTTP at servers that are no nodes, or lie: what it takes for an answer, and what it holds of one. */
import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { test } from "node:test";
import { RETRY_MS_MIN } from "../../../../lib/client/common/limits.ts";
import { ANSWER_BYTES_MAX } from "../../../../lib/client/http/answer.ts";
import { AWAITS_CHARS_MAX, POSITION_CHARS_MAX } from "../../../../lib/client/http/following.ts";
import { type Client, connect, HearsayError } from "../../../../lib/client/http/mod.ts";
import { parsePosition } from "../../../../lib/core/keys/position_text.ts";
import { HTTP_HEAD_BYTES_MAX } from "../../../../lib/service/http/limits.ts";
import { withHttp } from "../../../shared/listening.ts";
import { until } from "../../../shared/until.ts";

const EVENTS = { "content-type": "text/event-stream" };
const END = "event: end\ndata: {}\n\n";
const ENTRY = { topic: "", origin: "n1.k", seq: 1, value: 1 };
const DEEP = "[".repeat(400_000) + "]".repeat(400_000);

type Use = (client: Client) => Promise<unknown>;

const tell: Use = (client) => client.broadcast(1);
const remove: Use = (client) => client.delete("t", "k");
const get: Use = (client) => client.get("t", "k");
const read: Use = async (client) => await Array.fromAsync(client.read());

/** At a server that says that it is a node, and answers all else as `listener` does. */
async function at(listener: RequestListener, use: (client: Client) => Promise<void>): Promise<void> {
  await withHttp((request, response) => {
    if (request.url === "/v1/status") response.end(`{"id":"n1"}`);
    else listener(request, response);
  }, async (at) => {
    await using client = await connect({ at, timeoutMs: 2_000 });
    await use(client);
  });
}

function saying(status: number, text: string, headers: Record<string, string> = {}): RequestListener {
  return (_, response) => void response.writeHead(status, headers).end(text);
}

function events(...data: readonly unknown[]): RequestListener {
  return saying(
    200,
    data.map((each) => `id: n1.k:1\ndata: ${JSON.stringify(each)}\n\n`).join("") + END,
    EVENTS,
  );
}

const endless: RequestListener = (_, response) => {
  const go = () => {
    while (!response.destroyed && response.write("x".repeat(65_536)));
  };
  response.on("drain", go).on("error", () => {});
  go();
};

test("hearsay/http: what is no answer of a node acknowledges nothing, and reads as nothing", async (t) => {
  const cases: readonly (readonly [string, Use, RequestListener, RegExp])[] = [
    ["a value told to a page", tell, saying(200, "<html>Log in"), /answers with something else/],
    ["a value told to nobody", tell, saying(204, ""), /answers with something else/],
    ["a value of which none was taken", tell, saying(200, '{"accepted":0}'), /answers with something else/],
    ["a deletion told to a page", remove, saying(200, "<html>Log in"), /answers with something else/],
    ["a key at a page", get, saying(200, "<html>Log in"), /answers with something else/],
    ["a value without end", get, saying(200, DEEP), /answers with something else/],
    ["another place", tell, saying(302, "", { location: "/v1/status" }), /redirects to another place/],
    [
      "another place that is told again",
      tell,
      saying(307, "", { location: "/v1/x" }),
      /redirects to another/,
    ],
    ["a watch in another place", read, saying(302, "", { location: "/v1/x" }), /redirects to another place/],
    ["entries at a page", read, saying(200, "<html>\n\n", { "content-type": "text/html" }), /something else/],
    ["an answer that never ends", tell, endless, /sends an answer that is too long/],
    ["a problem that never ends", tell, (request, response) => {
      response.statusCode = 503;
      endless(request, response);
    }, /sends an answer that is too long/],
    [
      "an answer over ANSWER_BYTES_MAX",
      get,
      saying(200, `"${"x".repeat(ANSWER_BYTES_MAX - 1)}"`),
      /is too long/,
    ],
    ["a gap of nothing", read, events({ gap: null }), /malformed/],
    ["a gap of words", read, events({ gap: { origin: "n1.k", seq: 1, count: "x" } }), /malformed/],
    ["numbers below 1", read, events({ ...ENTRY, seq: 0 }), /malformed/],
    ["a key that is no text", read, events({ ...ENTRY, key: {} }), /malformed/],
    ["an id that is no text", read, events({ ...ENTRY, id: 7 }), /malformed/],
    ["a stamp that is no number", read, events({ ...ENTRY, stamp: "x" }), /malformed/],
    [
      "an entry without end",
      read,
      events({ ...ENTRY, value: JSON.parse(DEEP.slice(399_000, -399_000)) }),
      /malformed/,
    ],
    ["a position that no header carries", read, saying(200, `id: ä\ndata: {}\n\n`, EVENTS), /malformed/],
  ];
  for (const [name, use, listener, reason] of cases) {
    await t.test(name, () =>
      at(listener, async (client) => {
        const error = await use(client).then(() => assert.fail("it does not fail"), (error) => error);
        assert.ok(error instanceof HearsayError, String(error));
        assert.match(error.message, reason);
      }));
  }
});

test("hearsay/http: what a node says is told in one line that a terminal prints as it is", () =>
  at(saying(400, JSON.stringify({ detail: "\x1b[2J\n" })), async (client) => {
    await assert.rejects(client.broadcast(1), /answers 400: \?\[2J\?$/);
  }));

test("hearsay/http: a server that brings nothing new and hangs up is not asked again without a pause", async (t) => {
  const gap = { gap: { origin: "n1.k", seq: 1, count: 1 } };
  for (const [name, data] of [["an entry", ENTRY], ["a gap", gap]] as const) {
    await t.test(name, () => {
      const askedAt: number[] = [];
      return at((_, response) => {
        askedAt.push(performance.now());
        response.writeHead(200, EVENTS).end(`id: n1.k:1\ndata: ${JSON.stringify(data)}\n\n`);
      }, async (client) => {
        const watching = Array.fromAsync(client.watch());
        await until(() => askedAt.length >= 4, "it is asked again");
        client.abort();
        await assert.rejects(watching, /aborted|ended/);
        // The first brings something new, and the one after it fails at once; those that follow wait.
        const [, , third = 0, fourth = 0] = askedAt;
        assert.ok(fourth - third >= RETRY_MS_MIN / 2, `${fourth - third} ms`);
      });
    });
  }
});

test("hearsay/http: one that asks to be asked again at once is not", () => {
  const askedAt: number[] = [];
  return at((_, response) => {
    askedAt.push(performance.now());
    if (askedAt.length < 3) response.writeHead(429, { "retry-after": "0" }).end();
    else response.end('{"accepted":1}');
  }, async (client) => {
    await client.broadcast(1);
    const [first = 0, second = 0] = askedAt;
    assert.ok(second - first >= RETRY_MS_MIN - 5, `${second - first} ms`);
  });
});

test("hearsay/http: after a position that no node would take a watch goes on from where that node was asked", async (t) => {
  for (
    const none of ["here", "n1.k:9-1", "n1.k:0", "n1.k:1;", "n1.k:1,1e3", "%ff:1", "n1.k:99999999999999999"]
  ) {
    await t.test(none, () => {
      const asked: unknown[] = [];
      return at((request, response) => {
        asked.push(request.headers["last-event-id"]);
        const id = asked.length === 1 ? "n1.k:1-3,7" : none;
        const entry = { ...ENTRY, seq: asked.length, value: asked.length };
        response.writeHead(200, EVENTS).end(`id: ${id}\ndata: ${JSON.stringify(entry)}\n\n`);
      }, async (client) => {
        const watching = Array.fromAsync(client.watch());
        await until(() => asked.length >= 3, "it is asked again");
        client.abort();
        await assert.rejects(watching);
        assert.deepEqual(asked.slice(0, 3), [undefined, "n1.k:1-3,7", "n1.k:1-3,7"]);
        assert.equal(parsePosition(none), undefined);
      });
    });
  }
});

test("hearsay/http: after a position over POSITION_CHARS_MAX a watch goes on from the one before", () => {
  assert.ok(POSITION_CHARS_MAX < HTTP_HEAD_BYTES_MAX);
  const asked: unknown[] = [];
  const long = `${"n".repeat(POSITION_CHARS_MAX - 1)}:1`;
  return at((request, response) => {
    asked.push(request.headers["last-event-id"]);
    const [id, seq] = asked.length === 1 ? ["n1.k:1", 1] : [long, 2];
    response.writeHead(200, EVENTS).end(
      `id: ${id}\ndata: ${JSON.stringify({ ...ENTRY, seq, value: seq })}\n\n`,
    );
  }, async (client) => {
    const watching = Array.fromAsync(client.watch());
    await until(() => asked.length >= 3, "it is asked again");
    client.abort();
    await assert.rejects(watching);
    assert.deepEqual(asked.slice(0, 3), [undefined, "n1.k:1", "n1.k:1"]);
  });
});

test("hearsay/http: what a watch had before is named to the next node up to AWAITS_CHARS_MAX characters", async (t) => {
  for (const chars of [AWAITS_CHARS_MAX, AWAITS_CHARS_MAX + 1]) {
    await t.test(`${chars}`, () => {
      const asked: URLSearchParams[] = [];
      const from = `${"n".repeat(chars - 2)}:1`;
      return at((request, response) => {
        asked.push(new URL(request.url ?? "", "http://n1").searchParams);
        const entry = { ...ENTRY, seq: asked.length, value: asked.length };
        response.writeHead(200, EVENTS).end(`id: n1.k:${asked.length}\ndata: ${JSON.stringify(entry)}\n\n`);
      }, async (client) => {
        const watching = Array.fromAsync(client.watch({ from }));
        await until(() => asked.length >= 2, "it is asked again");
        client.abort();
        await assert.rejects(watching);
        assert.equal(asked[1]?.get("awaits"), chars > AWAITS_CHARS_MAX ? null : from);
      });
    });
  }
});
