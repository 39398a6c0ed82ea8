/** Lines with entries: they are scanned where that is safe, written as they are, and mean what any parser says. */
import assert, { deepEqual, equal } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { decode, encode, encodeAfter, headOf, plain } from "../../../lib/core/codec.ts";
import { VALUE_DEPTH_MAX } from "../../../lib/core/log/canonical.ts";
import { Runs } from "../../../lib/core/log/runs.ts";
import { Texts } from "../../../lib/core/log/texts.ts";
import { isEnvelope } from "../../../lib/core/message.ts";
import { RawJson } from "../../../lib/core/raw.ts";

const RUNS =
  '[["n0.1",1,[1,"a,\\"runs\\":[",{"runs":[["n9.1",1,[1]]]}]],["n1.1",4,[["v",null,"k",5]],"flags"]]';

/** A line of a node, with its runs where encode() has them. */
function line(type: string, runs: string, fields = ""): string {
  return `{"src":"n0","dest":"n1","body":{"type":"${type}"${fields},"runs":${runs}}}`;
}

/** What decode() makes of a line, with `runs` as JSON; whether they were scanned. */
function decoded(text: string): { readonly json: unknown; readonly isScanned: boolean } {
  const given = decode(text);
  if (!given.ok) return { json: given.reason, isScanned: false };
  const { envelope } = given;
  const isScanned = envelope.body["runs"] instanceof Runs;
  return { json: { ...envelope, body: plain(envelope.body) }, isScanned };
}

/** What a parser says of it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return "this is not JSON";
  }
}

test("decode() scans the runs of nodes, and says what a parser says [W1] [W4]", () => {
  for (const type of ["delta", "ack", "probe", "push", "values"]) {
    for (
      const fields of ["", ',"digest":[["n0.1",[1,3]]],"x":{"y":[1,{"z":2}]},"text":"}],{[","poll":true']
    ) {
      const text = line(type, RUNS, fields);
      deepEqual(decoded(text), { json: JSON.parse(text), isScanned: true }, text);
    }
  }
  const numbered = `{"id":7,${line("push", RUNS).slice(1)}`;
  deepEqual(decoded(numbered), { json: JSON.parse(numbered), isScanned: true });
});

test("decode() parses every other line with runs as a whole [W1] [W4]", () => {
  const lines = [
    // The runs of another body, or none that are entries.
    line("broadcast", RUNS),
    line("x", RUNS),
    `{"src":"c1","dest":"n0","body":{"type":"broadcast","msg_id":1,"message":{"a":1,"runs":${RUNS}}}}`,
    `{"src":"c1","dest":"n0","body":{"type":"broadcast","message":["a",{"type":"push","runs":[]}]}}`,
    `{"type":"push","src":"c1","dest":"n0","body":{"type":"broadcast","runs":${RUNS}}}`,
    // Not in the body, not last in it, or there twice.
    `{"src":"n0","dest":"n1","body":{"type":"push"},"x":{"a":1,"runs":${RUNS}}}`,
    `{"x":1,"src":"n0","dest":"n1","body":{"type":"push"},"x":{"a":1,"runs":${RUNS}}}`,
    `{"src":"n0","dest":"n1","body":{"type":"push","x":{"a":1,"runs":${RUNS}}}}`,
    `{"src":"n0","dest":"n1","body":{"type":"push","x":{"a":1,"runs":${RUNS}},"runs":[]}}`,
    `{"src":"n0","dest":"n1","body":{"type":"push","x":1,"runs":${RUNS},"y":[]}}`,
    `{"src":"n0","dest":"n1","body":{"type":"push","x":1,"runs":${RUNS},"runs":[]}}`,
    `{"src":"n0","dest":"n1","body":{"runs":${RUNS},"type":"push"}}`,
    `{"body":{"type":"push","x":1,"runs":${RUNS}},"src":"n0","dest":"n1"}`,
    // Not as they are written, or not runs.
    line("push", '[["n0.1",1,[1.0,"\\u0041"]]]'),
    line("push", '[["n0.1", 1, [1]]]'),
    line("push", '[["n0.1",1,[{"a":1,"a":2}]]]'),
    line("push", `[["n0.1",1,[${"[".repeat(VALUE_DEPTH_MAX + 1)}${"]".repeat(VALUE_DEPTH_MAX + 1)}]]]`),
    line("push", "[1]"),
    line("push", "[[]]"),
    line("push", "[[1,2,3]]"),
    // No JSON at all.
    `{"src":"n0","dest":"n1","body":{"type":"push","x":"abc,"runs":${RUNS}}}`,
    `{"src":"n0","dest":"n1","body":{"type":"push",,"runs":${RUNS}}}`,
    `{"src":"n0","dest":"n1","body":{,"runs":${RUNS},"type":"push"}}`,
    `{"src":"n0","dest":"n1","type":"push","body":{,"runs":${RUNS}}}`,
    `{"src":"n0","dest":"n1","body":{"type":"push"},"runs":${RUNS}}}`,
    `{"src":"n0","dest":"n1","body":{"type":"push","x":tru,"runs":${RUNS}}}`,
    `{"src":"n0","dest":"n1","body":{"type":"push","x":{"a":1,"runs":${RUNS}}}`,
    `,"type":"push","runs":${RUNS}}}`,
    `"type":"push","runs":[]}}`,
    `]}}`,
  ];
  for (const text of lines) {
    const { json, isScanned } = decoded(text);
    equal(isScanned, false, text);
    deepEqual(json, parsed(text), text);
  }
});

test("decode() names what is wrong with a line with runs that is no envelope [W2]", () => {
  const decodedLine = decode(`{"src":"","dest":"n1","body":{"type":"push","msg_id":1,"runs":${RUNS}}}`);
  deepEqual(decodedLine, {
    ok: false,
    reason: "an envelope /src must not have fewer than 1 characters",
    asking: { dest: "n1", msgId: 1 },
  });
  const nulls = `{"src":"n0","dest":"n1","body":{"type":"push","msg_id":null,"runs":${RUNS}}}`;
  deepEqual(decode(nulls), { ok: true, envelope: JSON.parse(line("push", RUNS)) });
});

test("decode() says the same of a line with runs wherever it ends, and whatever is put in [W2]", () => {
  const text = line("delta", RUNS, ',"digest":[]');
  const marks = ['"', "]}}", ',"runs":[]', "\\", "\n", "{"];
  for (let at = 0; at <= text.length; at++) {
    const [before, behind] = [text.slice(0, at), text.slice(at)];
    for (const other of [before, ...marks.map((mark) => before + mark + behind)]) {
      const json = parsed(other);
      if (typeof json === "string" || isEnvelope(json)) deepEqual(decoded(other).json, json, other);
      else equal(decode(other).ok, false, other);
    }
  }
});

test("encode() writes texts as they are, last in the body [W4]", () => {
  const read = Runs.read(RUNS, 0)?.runs;
  equal(encode({ src: "n0", dest: "n1", body: { type: "push", runs: read } }), line("push", RUNS));
  const body = {
    type: "x",
    messages: new RawJson("[1, 2]"),
    a: undefined,
    b: "é\n",
    value: new RawJson("3"),
    in_reply_to: 1,
  };
  const text =
    '{"src":"n0","dest":"c1","body":{"type":"x","b":"é\\n","in_reply_to":1,"messages":[1, 2],"value":3}}';
  equal(encode({ src: "n0", dest: "c1", body }), text);
  deepEqual(JSON.parse(text), JSON.parse(JSON.stringify({ src: "n0", dest: "c1", body })));
  const later = { body: { type: "x", messages: new RawJson("[]") }, src: "n0", dest: "c1", id: 7 };
  deepEqual(JSON.parse(encode(later)), JSON.parse(JSON.stringify(later)));
});

test("encodeAfter() writes the same, long texts in parts that are what they were, and counts it all [W4]", () => {
  const [ascii, wide] = [JSON.stringify("a".repeat(9_000)), JSON.stringify("é😀".repeat(9_000))];
  const runs = () => [
    { origin: "n0.é", seq: 1, texts: Texts.joined([ascii, wide, "7"].map((text) => Texts.of([text]))) },
    { origin: "n1.1", seq: 7, texts: Texts.of(["1", ascii]), topic: "é" },
  ];
  const long = () => new Runs(runs(), [{ origin: "ü", seq: 3, count: 2 }]);
  for (const fields of [{ type: "delta", text: "ß", poll: true }, { type: "values" }]) {
    const line = encodeAfter(headOf("n0", "ñ"), { ...fields, runs: long() });
    const text = encode({ src: "n0", dest: "ñ", body: { ...fields, runs: long() } });
    assert(typeof line !== "string", "a long line is in parts");
    equal(line.parts.join(""), text);
    equal(line.bytes, Buffer.byteLength(text));
    assert(line.parts.includes(ascii) && line.parts.includes(wide), "no text is copied");
  }
  const short = { type: "delta", runs: new Runs([{ origin: "n0.1", seq: 1, texts: Texts.of(["1"]) }]) };
  equal(encodeAfter(headOf("a", "b"), short), encode({ src: "a", dest: "b", body: short }));
  equal(encodeAfter(headOf("a", "b"), { type: "ack" }), '{"src":"a","dest":"b","body":{"type":"ack"}}');
});

test("plain() is a body with the JSON of its texts, and the others as they are", () => {
  deepEqual(plain({ type: "x", messages: new RawJson("[1,null]"), value: 3 }), {
    type: "x",
    messages: [1, null],
    value: 3,
  });
});
