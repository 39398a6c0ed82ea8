/** The codec: what is encoded comes back, and no text makes it throw. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decode, encode } from "../../lib/core/codec.ts";
import type { Body, Envelope, Json } from "../../lib/core/message.ts";
import { holds } from "./holds.ts";
import { json, parse } from "./json.ts";

const name = fc.string({ unit: "binary", minLength: 1, maxLength: 12 });
const id = fc.option(fc.maxSafeInteger(), { nil: undefined });

/** An envelope whose body holds any JSON beside what every body has. */
const envelope: fc.Arbitrary<Envelope> = fc.record({
  src: name,
  dest: name,
  body: fc.record({ type: name, msg_id: id, in_reply_to: id, rest: json }).map(bodyOf),
}, { noNullPrototype: true });

interface Parts {
  readonly type: string;
  readonly msg_id: number | undefined;
  readonly in_reply_to: number | undefined;
  readonly rest: Json;
}

function bodyOf({ type, msg_id, in_reply_to, rest }: Parts): Body {
  return {
    payload: parse(JSON.stringify(rest)),
    type,
    ...(msg_id === undefined ? {} : { msg_id: msg_id + 0 }),
    ...(in_reply_to === undefined ? {} : { in_reply_to: in_reply_to + 0 }),
  };
}

test("decode() of encode() is the envelope, whatever its body holds [W1]", () => {
  holds(
    fc.property(envelope, (given) => {
      const decoded = decode(encode(given));
      deepEqual(decoded, { ok: true, envelope: given });
    }),
    500,
  );
});

test("encode() makes one line [W1]", () => {
  holds(fc.property(envelope, (given) => equal(/[\n\r\0]/.test(encode(given)), false)), 300);
});

test("decode() never throws, and names a reason for what it refuses [W2]", () => {
  const line = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    json.map((value) => JSON.stringify(value)),
    fc.record({ src: json, dest: json, body: json }).map((value) => JSON.stringify(value)),
    fc.tuple(envelope, fc.nat()).map(([given, cut]) => encode(given).slice(0, cut % encode(given).length)),
  );
  holds(
    fc.property(line, (text) => {
      const decoded = decode(text);
      if (!decoded.ok) equal(decoded.reason.length > 0, true);
      else equal(typeof decoded.envelope.body.type, "string");
    }),
    1000,
  );
});
