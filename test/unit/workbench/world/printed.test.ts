/** What a node prints is taken as Maelstrom takes it; what is unusual is said, and what ends a node there is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { NESTING_MAX } from "../../../../lib/workbench/nesting.ts";
import { NO_TYPE, readPrinted } from "../../../../lib/workbench/world/printed.ts";

const head = '"src":"n0","dest":"n1"';

/** How a line is handed on, and what is unusual about it. */
function taken(line: string): unknown {
  const printed = readPrinted(line);
  return printed.ok ? [printed.text, printed.oddities, printed.envelope.body.type] : printed;
}

test("readPrinted() takes any body between nodes, and hands it on as it was printed", () => {
  const lines = [
    `{${head},"body":{"type":"gossip","values":[1,null,{"a":12345678901234567890}]}}`,
    `{"id":3,${head},"body":{"type":"x","more":1e400}} `,
    ` {${head}, "body":{"type":"x","msg_id":1,"in_reply_to":2}}`,
  ];
  for (const line of lines) assert.deepEqual(taken(line), [line, [], JSON.parse(line).body.type]);
});

test("readPrinted() says what is unusual between nodes", () => {
  const found = [
    ['"body":{"type":"x","msg_id":null}', ["null-id"], "x"],
    ['"body":{"type":"x","in_reply_to":"7"}', ["odd-id"], "x"],
    ['"body":{"type":"x","msg_id":1.5,"in_reply_to":null}', ["null-id", "odd-id"], "x"],
    ['"body":{"type":5}', ["no-type"], NO_TYPE],
    ['"body":{}', ["no-type"], NO_TYPE],
  ] as const;
  for (const [body, oddities, type] of found) {
    const line = `{${head},${body}}`;
    assert.deepEqual(taken(line), [line, oddities, type]);
  }
});

test("readPrinted() takes a message without a body for one with an empty body", () => {
  for (const body of ["", ',"body":null', ',"body":[]']) {
    assert.deepEqual(taken(`{${head}${body}}`), [`{${head},"body":{}}`, ["no-body"], NO_TYPE]);
  }
});

test("readPrinted() reads no further than the first object of a line, and takes raw control characters in it", () => {
  const message = `{${head},"body":{"type":"x","text":"\\"}{\\\\"}}`;
  assert.deepEqual(taken(`${message}{"src":1}`), [message, ["text-after"], "x"]);
  const raw = `{${head},\t"body":{"type":"x","text":"a\tb\u0001"}}`;
  const escaped = `{${head},\t"body":{"type":"x","text":"a\\u0009b\\u0001"}}`;
  assert.deepEqual(taken(raw), [escaped, ["raw-controls"], "x"]);
  assert.deepEqual(taken(`${raw} done`), [escaped, ["raw-controls", "text-after"], "x"]);
});

test("readPrinted() does not look into what goes to a client: the client does", () => {
  const line = '{"src":"n0","dest":"c1","body":{"type":"read_ok","msg_id":null,"in_reply_to":1}}';
  assert.deepEqual(taken(line), [line, [], "read_ok"]);
});

test("readPrinted() calls a stray line what is no object, and malformed what Maelstrom takes for no message", () => {
  const stray = [
    "hello",
    "5 messages already",
    "null",
    "[1]",
    '"{}"',
    "{",
    "{'a':1}",
    "NaN",
    " ",
    "\ufeff{}",
    "}{",
  ];
  for (const line of stray) {
    assert.deepEqual(taken(line), { ok: false, kind: "stray-line", reason: line });
  }
  const body = '"body":{"type":"x"}';
  const malformed = [
    ["{}", "src and dest must be strings"],
    [`{"src":"n0","dest":null,${body}}`, "src and dest must be strings"],
    [`{"src":"n0","dest":1,${body}}`, "src and dest must be strings"],
    [`{${head},"body":"x"}`, "its body must be an object"],
    [`{${head},"body":[1]}`, "its body must be an object"],
    [`{${head},"id":null,${body}}`, "its id must be an integer, or absent"],
    [`{${head},"id":"1",${body}}`, "its id must be an integer, or absent"],
    [`{${head},${body},"msg_id":1}`, 'beside src, dest, body and id it has "msg_id"'],
  ] as const;
  for (const [line, what] of malformed) {
    assert.deepEqual(taken(line), { ok: false, kind: "malformed-message", reason: `${what}: ${line}` });
  }
});

test("readPrinted() refuses what is nested so deep that it could not be written again", () => {
  // The message and its body are two levels.
  const line = (levels: number) => `{${head},"body":{"type":"x","v":${nested(levels - 2)}}}`;
  assert(readPrinted(line(NESTING_MAX)).ok);
  for (const levels of [NESTING_MAX + 1, 50_000]) {
    const reason = `it is nested more than ${NESTING_MAX} levels deep: ${line(levels)}`;
    assert.deepEqual(taken(line(levels)), { ok: false, kind: "malformed-message", reason });
  }
});

function nested(levels: number): string {
  return "[".repeat(levels) + "]".repeat(levels);
}
