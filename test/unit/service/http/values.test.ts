/** Values over HTTP: told one by one, many at once, read, and followed from one node to the next [U1] [U3] [U5]. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  HTTP_BODY_BYTES_MAX,
  HTTP_UNDERWAY_CHARS_MAX,
  HTTP_UNDERWAY_MAX,
} from "../../../../lib/service/http/limits.ts";
import { VALUE_BYTES_MAX } from "../../../../lib/core/node.ts";
import { LINE_BYTES_MAX } from "../../../../transports/lines/reader.ts";
import { eventsIn, Reading } from "../../../shared/events.ts";
import { linesIn, problemIn, withJson, withServed } from "./served.ts";

const NDJSON = { "content-type": "application/x-ndjson" };

test("http: one value, each of an array, and each line enters, and is read as it was told", async () => {
  await withServed(async ({ url }) => {
    const told = await fetch(`${url}/v1/values`, withJson("POST", { b: 1, a: [null] }));
    assert.deepEqual([told.status, await told.json()], [200, { accepted: 1 }]);
    const many = await fetch(`${url}/v1/values?topic=t`, withJson("POST", ["x", [1, 2]]));
    assert.deepEqual(await many.json(), { accepted: 2 });
    const lines = await fetch(`${url}/v1/values?topic=t`, {
      ...{ method: "POST", headers: NDJSON, body: '"y"\r\n\n7' },
    });
    assert.deepEqual(await lines.json(), { accepted: 2 });
    const [plain = {}] = await linesIn(await fetch(`${url}/v1/values`));
    assert.deepEqual({ ...plain, origin: "" }, { value: { b: 1, a: [null] }, topic: "", origin: "", seq: 1 });
    const read = await linesIn(await fetch(`${url}/v1/values?topics=t`));
    assert.deepEqual(read.map(({ value }) => value), ["x", [1, 2], "y", 7]);
    assert.equal((await linesIn(await fetch(`${url}/v1/values?topics=*`))).length, 5);
  });
});

test("http: with an Idempotency-Key each value enters once, however often it is told", async () => {
  await withServed(async ({ url }) => {
    for (const key of ["once", '"once"']) {
      const headers = { "idempotency-key": key };
      await fetch(`${url}/v1/values`, withJson("POST", "only", headers));
      await fetch(`${url}/v1/values`, withJson("POST", ["a", "a"], headers));
    }
    const read = await linesIn(await fetch(`${url}/v1/values`));
    assert.deepEqual(read.map(({ value, id }) => [value, id]), [
      ["only", "once"],
      ["a", "once.0"],
      ["a", "once.1"],
    ]);
  });
});

test("http: what is nested too deep to be written is the fault of whoever sends it, by every way in", async () => {
  await withServed(async ({ url }) => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    const json = { headers: { "content-type": "application/json" }, body: deep };
    const asked = [
      fetch(`${url}/v1/values`, { method: "POST", ...json }),
      fetch(`${url}/v1/values?id=only`, { method: "POST", ...json }),
      fetch(`${url}/v1/values`, { method: "POST", headers: NDJSON, body: `1\n${deep}\n` }),
      fetch(`${url}/v1/topics/t/keys/k`, { method: "PUT", ...json }),
    ];
    for (const answer of await Promise.all(asked)) {
      const { status, detail } = await problemIn(answer);
      assert.deepEqual([status, /is nested too deep/.test(String(detail))], [400, true]);
    }
  });
});

test("http: what cannot enter is said, with its index and how many are safe", async () => {
  await withServed(async ({ url }) => {
    const post = (body: BodyInit, type = "application/json", path = "/v1/values") =>
      fetch(`${url}${path}`, { method: "POST", body, headers: { "content-type": type } });
    const said = async (response: Promise<Response>) => {
      const { status, detail, index, accepted } = await problemIn(await response);
      return [status, detail, index, accepted];
    };
    assert.deepEqual(await said(post("{")), [400, "the body is not JSON", undefined, undefined]);
    const broken = new Uint8Array([0x22, 0xff, 0xfe, 0x22]);
    assert.deepEqual(await said(post(broken)), [400, "the body is no UTF-8", undefined, undefined]);
    assert.deepEqual((await said(post("x", "text/plain")))[0], 415);
    assert.deepEqual(await said(post('1\n2\n{"\n4', "application/x-ndjson")), [400, "it is not JSON", 2, 2]);
    const brokenLine = new Uint8Array([0x31, 0x0a, 0x22, 0xff, 0x22, 0x0a, 0x33]);
    assert.deepEqual(await said(post(brokenLine, "application/x-ndjson")), [400, "it is no UTF-8", 1, 1]);
    const tooLong = JSON.stringify(["a", "b".repeat(VALUE_BYTES_MAX)]);
    assert.deepEqual(await said(post(tooLong)), [413, `it is over ${VALUE_BYTES_MAX} bytes as JSON`, 1, 1]);
    const whole = " ".repeat(HTTP_BODY_BYTES_MAX + 1);
    assert.equal((await said(post(whole)))[0], 413);
    const line = `"${"b".repeat(LINE_BYTES_MAX)}"\n1`;
    assert.deepEqual(await said(post(line, "application/x-ndjson")), [
      413,
      `a line is over ${LINE_BYTES_MAX} bytes`,
      0,
      0,
    ]);
    assert.match(
      String((await said(post("1", "application/json", "/v1/values?topic=a/b")))[1]),
      /topic holds \//,
    );
  });
});

test("http: a query that is misspelt is no request for something else", async () => {
  await withServed(async ({ url }) => {
    const said = async (path: string, request?: RequestInit) => {
      const { status, detail } = await problemIn(await fetch(`${url}${path}`, request));
      return [status, detail];
    };
    const takes = "the query takes topic, topics, latest, position";
    assert.deepEqual(await said("/v1/values?topik=t"), [400, `${takes}, and no "topik"`]);
    assert.deepEqual(await said("/v1/watch?topic=t&Last-Event-ID=now"), [
      ...[400, `${takes}, awaits, and no "Last-Event-ID"`],
    ]);
    const told = "the query takes topic, key, id, and no";
    assert.deepEqual(await said("/v1/values?topics=t", withJson("POST", 1)), [400, `${told} "topics"`]);
    assert.deepEqual(await said("/v1/topics/t/keys/k?ident=1", withJson("PUT", 1)), [
      ...[400, 'the query takes id, and no "ident"'],
    ]);
    assert.deepEqual(await linesIn(await fetch(`${url}/v1/values?topics=*`)), []);
    // Nothing depends on it there.
    assert.equal((await fetch(`${url}/livez?now=1`)).status, 200);
  });
});

test("http: lines enter a bounded number at once, and all of them", async () => {
  await withServed(async ({ url }) => {
    const count = 5 * HTTP_UNDERWAY_MAX;
    const length = Math.ceil(3 * HTTP_UNDERWAY_CHARS_MAX / count);
    const line = (i: number) => JSON.stringify(`${i}`.padEnd(length, "."));
    const body = Array.from({ length: count }, (_, i) => line(i)).join("\n");
    const told = await fetch(`${url}/v1/values`, { method: "POST", headers: NDJSON, body });
    assert.deepEqual(await told.json(), { accepted: count });
    assert.equal((await linesIn(await fetch(`${url}/v1/values`))).length, count);
  });
});

test("http: a watcher gets what is there and what comes, and goes on from the id of any event", async () => {
  await withServed(async ({ url }) => {
    await fetch(`${url}/v1/values`, withJson("POST", ["a", "b"]));
    const first = await Reading.open(`${url}/v1/watch`);
    await first.until((text) => eventsIn(text).length === 2);
    await fetch(`${url}/v1/values`, withJson("POST", "c"));
    await first.until((text) => eventsIn(text).length === 3);
    first.close();
    const events = eventsIn(first.text);
    assert.deepEqual(events.map(({ data }) => data["value"]), ["a", "b", "c"]);
    await fetch(`${url}/v1/values?topic=other`, withJson("POST", "elsewhere"));
    for (const [i, { id }] of events.entries()) {
      const next = await Reading.open(`${url}/v1/watch`, { "last-event-id": id });
      await fetch(`${url}/v1/values`, withJson("POST", `after ${i}`));
      await next.until((text) => text.includes(`after ${i}`));
      next.close();
      const values = eventsIn(next.text).map(({ data }) => data["value"]);
      const earlier = Array.from({ length: i + 1 }, (_, before) => `after ${before}`);
      assert.deepEqual(values, [...["b", "c"].slice(i), ...earlier]);
    }
  });
});

test("http: a watch is lines of JSON where that is asked for, with the position in each", async () => {
  await withServed(async ({ url }) => {
    await fetch(`${url}/v1/values?topic=t`, withJson("POST", ["a", "b"]));
    const watch = await Reading.open(`${url}/v1/watch?topics=t`, { accept: "application/x-ndjson" });
    await watch.until((text) => text.split("\n").length > 2);
    watch.close();
    const [first = "", second = ""] = watch.text.split("\n");
    const { position, value } = JSON.parse(first);
    assert.equal(value, "a");
    const rest = await fetch(`${url}/v1/values?topics=t&position=${encodeURIComponent(position)}`);
    assert.deepEqual((await linesIn(rest)).map(({ value }) => value), ["b"]);
    assert.match(JSON.parse(second).position, /:1-2$/);
    const long = Array.from({ length: 1_000 }, (_, i) => `node${i}.mwxazh4w:1-50`).join(";");
    const far = await fetch(`${url}/v1/values?topics=t`, { headers: { "last-event-id": long } });
    assert.deepEqual((await linesIn(far)).map(({ value }) => value), ["a", "b"]);
    const none = await fetch(`${url}/v1/watch`, { headers: { accept: "image/png" } });
    assert.equal((await problemIn(none))["status"], 406);
    assert.equal((await problemIn(await fetch(`${url}/v1/watch?position=x`)))["status"], 400);
    assert.equal((await problemIn(await fetch(`${url}/v1/watch?latest=maybe`)))["status"], 400);
  });
});

test("http: a key is put, got, deleted, and watched for its latest value", async () => {
  await withServed(async ({ url }) => {
    const at = `${url}/v1/topics/flags/keys/dark%2Fmode%20%E2%98%BE`;
    assert.equal((await problemIn(await fetch(at)))["status"], 404);
    for (const value of ["off", ["on", 1]]) {
      assert.equal((await fetch(at, withJson("PUT", value))).status, 204);
    }
    const got = await fetch(at);
    assert.deepEqual(await got.json(), ["on", 1]);
    assert.ok(Number(got.headers.get("hearsay-stamp")) > 1e15);
    const [latest, ...more] = await linesIn(await fetch(`${url}/v1/values?topics=flags&latest=true`));
    assert.deepEqual([latest?.["value"], latest?.["key"], more], [["on", 1], "dark/mode ☾", []]);
    assert.equal((await fetch(at, { method: "DELETE" })).status, 204);
    assert.equal((await fetch(at)).status, 404);
    assert.equal((await fetch(`${url}/v1/topics//keys/k`, withJson("PUT", 1))).status, 204);
    assert.equal(await (await fetch(`${url}/v1/topics//keys/k`)).json(), 1);
  });
});

test("http: a watch ends when the node stops", async () => {
  let watch: Reading | undefined;
  await withServed(async ({ url }) => {
    watch = await Reading.open(`${url}/v1/watch`);
    await watch.until((text) => text.startsWith("retry:"));
  });
  await watch?.until(() => watch?.ended ?? false);
});
