/** The codec: one line in, an envelope or a reason out. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { decode, type Decoded, encode, encodeBody } from "../../../lib/core/codec.ts";
import type { Body } from "../../../lib/core/message.ts";
import { RawJson } from "../../../lib/core/raw.ts";

function reason(line: string): string {
  const decoded: Decoded = decode(line);
  return decoded.ok ? "it was taken" : decoded.reason;
}

test("decode() takes an envelope as it stands, fields that it does not know included [W1]", () => {
  const line = '{"id":7,"src":"c1","dest":"n0","body":{"type":"x","msg_id":1,"more":[null]}}';
  deepEqual(decode(line), { ok: true, envelope: JSON.parse(line) });
});

test("encode() is JSON in one line", () => {
  const envelope = { src: "a", dest: "b", body: { type: "x", text: "1\n2\r\u2028" } };
  equal(encode(envelope), '{"src":"a","dest":"b","body":{"type":"x","text":"1\\n2\\r\u2028"}}');
});

test("encodeBody() is JSON, whatever the body has", () => {
  const bodies: Body[] = [
    { type: "broadcast_ok" },
    { type: "broadcast_ok", in_reply_to: 7 },
    { type: 'a "quoted" type', in_reply_to: 0 },
    { type: "broadcast_ok", in_reply_to: 7, msg_id: 8 },
    { type: "echo_ok", echo: { a: [1, null] }, in_reply_to: 7, absent: undefined },
    { type: "read_ok", messages: new RawJson("[1,2]"), in_reply_to: 7 },
    { type: "values", runs: new RawJson("[]"), more: new RawJson('{"a":1}'), text: "x" },
  ];
  for (const body of bodies) deepEqual(JSON.parse(encodeBody(body)), JSON.parse(JSON.stringify(body)));
});

test("decode() says of text that is no JSON that it is none [W2]", () => {
  for (const line of ["", " ", "{", "{'a':1}", "NaN", "undefined", '{"src":"a"} {}', "\ufeff{}"]) {
    equal(reason(line), "this is not JSON", line);
  }
});

test("decode() names what is wrong with JSON that is no envelope [W2]", () => {
  const body = '{"type":"x"}';
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["1", /^an envelope must be object/],
    ["null", /^an envelope must be object/],
    ["[]", /^an envelope must be object/],
    ["{}", /^an envelope must have required properties/],
    [`{"src":1,"dest":"b","body":${body}}`, /^an envelope \/src must be string/],
    [`{"src":"","dest":"b","body":${body}}`, /^an envelope \/src must not have fewer than 1/],
    [
      `{"src":"a","dest":"${"b".repeat(257)}","body":${body}}`,
      /^an envelope \/dest must not have more than 256/,
    ],
    ['{"src":"a","dest":"b"}', /^an envelope must have required properties body/],
    ['{"src":"a","dest":"b","body":[]}', /^an envelope \/body must be object/],
    ['{"src":"a","dest":"b","body":{}}', /^an envelope \/body must have required properties type/],
    ['{"src":"a","dest":"b","body":{"type":1}}', /^an envelope \/body\/type must be string/],
    [
      '{"src":"a","dest":"b","body":{"type":"x","msg_id":1.5}}',
      /^an envelope \/body\/msg_id must be integer/,
    ],
    ['{"src":"a","dest":"b","body":{"type":"x","in_reply_to":"1"}}', /in_reply_to must be integer/],
  ];
  for (const [line, rule] of wrong) equal(rule.test(reason(line)), true, `${line}: ${reason(line)}`);
});

test("decode() counts a msg_id or an in_reply_to that is null as absent, and no other field [W1]", () => {
  const line = (ids: string) => `{"src":"c1","dest":"n0","body":{"type":"broadcast",${ids}"message":null}}`;
  const plain = JSON.parse(line(""));
  const numbered = { ...plain, body: { ...plain.body, msg_id: 3 } };
  for (const ids of ['"in_reply_to":null,', '"msg_id":null,', '"msg_id":null,"in_reply_to":null,']) {
    deepEqual(decode(line(ids)), { ok: true, envelope: plain }, ids);
  }
  deepEqual(decode(line('"msg_id":3,"in_reply_to":null,')), { ok: true, envelope: numbered });
});

test("decode() says who waits for an answer to what it refuses, and an answer waits for none [W2]", () => {
  const asked = (line: string) => {
    const decoded = decode(line);
    return decoded.ok ? "it was taken" : decoded.asking;
  };
  deepEqual(asked('{"src":"c1","dest":"n0","body":{"msg_id":7}}'), { src: "c1", dest: "n0", msgId: 7 });
  deepEqual(asked('{"src":"c1","dest":"n0","body":{"type":"x","msg_id":7,"in_reply_to":"1"}}'), {
    src: "c1",
    dest: "n0",
    msgId: 7,
  });
  deepEqual(asked('{"src":"","dest":5,"body":{"msg_id":7,"in_reply_to":null}}'), { msgId: 7 });
  for (const body of ["[]", "{}", '{"msg_id":"7"}', '{"msg_id":null}', '{"msg_id":7,"in_reply_to":1}']) {
    equal(asked(`{"src":"c1","dest":"n0","body":${body}}`), undefined, body);
  }
  for (const line of ["null", "{", "{}", '{"src":"c1"}']) equal(asked(line), undefined, line);
});
