/** Any bytes into the line reader and the decoder: nothing throws, and every envelope in between comes out. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decode, encode } from "../../lib/core/codec.ts";
import type { Envelope } from "../../lib/core/message.ts";
import { LINE_BYTES_MAX, LineReader } from "../../transports/lines/reader.ts";
import { holds } from "../property/holds.ts";
import { json } from "../property/json.ts";

const LIMIT = 512;
const bytesOf = new TextEncoder();

interface Heard {
  readonly envelopes: Envelope[];
  readonly reasons: string[];
  overlong: number;
}

/** Reads a stream that arrives in these chunks, as a carrier would. */
function read(chunks: Iterable<Uint8Array>, limit: number): Heard {
  const heard: Heard = { envelopes: [], reasons: [], overlong: 0 };
  const reader = new LineReader({
    onLine(line) {
      const decoded = decode(line);
      if (decoded.ok) heard.envelopes.push(decoded.envelope);
      else heard.reasons.push(decoded.reason);
    },
    onOverlong: () => heard.overlong++,
  }, limit);
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return heard;
}

/** Cuts bytes at arbitrary places. */
function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let from = 0;
  for (let i = 0; from < bytes.length; i++) {
    const size = sizes[i % Math.max(1, sizes.length)] ?? bytes.length;
    yield bytes.slice(from, from + size);
    from += size;
  }
}

const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 2000 })), {
  minLength: 1,
  maxLength: 6,
});

const name = fc.constantFrom("n0", "c1", "é", "\u{1f600}", "\0", "\r");
const envelope: fc.Arbitrary<Envelope> = fc.record({
  src: name,
  dest: name,
  body: fc.record({ type: fc.constantFrom("read", "delta", "x"), payload: json }, { noNullPrototype: true }),
}, { noNullPrototype: true }).filter((given) => encode(given).length < LIMIT / 4);

/** What one line is: an envelope to be heard, or anything that must be passed over. */
type Piece =
  | { readonly kind: "envelope"; readonly envelope: Envelope; readonly bytes: Uint8Array }
  | { readonly kind: "junk"; readonly bytes: Uint8Array };

const end = fc.constantFrom("\n", "\r\n", "\0\n", "\n\n\r\n", "\n\0\0\n");

const whole: fc.Arbitrary<Piece> = fc.tuple(envelope, fc.constantFrom("", "\0", "  "), end).map(
  ([given, before, after]) => ({
    kind: "envelope" as const,
    envelope: given,
    bytes: bytesOf.encode(before + encode(given) + after),
  }),
);

/** Random bytes, a line that breaks off, JSON that is no envelope, a line over the limit. */
const junk: fc.Arbitrary<Piece> = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.tuple(envelope, fc.nat()).map(([given, at]) =>
    bytesOf.encode(encode(given)).slice(0, at % (encode(given).length - 1))
  ),
  json.map((value) => bytesOf.encode(JSON.stringify(value))).filter((bytes) => bytes.length < LIMIT),
  fc.nat(2 * LIMIT).map((more) => new Uint8Array(LIMIT + 1 + more).fill(0x20)),
).map((bytes) => ({ kind: "junk" as const, bytes: Uint8Array.from([...bytes, 0x0a]) }));

function join(pieces: readonly Piece[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece.bytes]));
}

test("LineReader and decode() hear every envelope among junk, however the bytes are cut [W2]", () => {
  holds(
    fc.property(fc.array(fc.oneof(whole, junk), { maxLength: 12 }), sizes, (pieces, at) => {
      const heard = read(cut(join(pieces), at), LIMIT);
      const valid = pieces.flatMap((piece) => piece.kind === "envelope" ? [piece.envelope] : []);
      deepEqual(heard.envelopes, JSON.parse(JSON.stringify(valid)));
      equal(heard.overlong, pieces.filter(({ bytes }) => overLimit(bytes)).length);
    }),
    400,
  );
});

function overLimit(bytes: Uint8Array): boolean {
  let length = 0;
  for (const byte of bytes) {
    if (byte === 0x0a) length = 0;
    else if (++length > LIMIT) return true;
  }
  return false;
}

test("LineReader and decode() never throw, and cutting the bytes elsewhere changes nothing [W2]", () => {
  holds(
    fc.property(fc.uint8Array({ maxLength: 3 * LIMIT }), sizes, (bytes, at) => {
      const limit = 64;
      deepEqual(read(cut(bytes, at), limit), read([bytes], limit));
    }),
    400,
  );
});

test("LineReader takes a last line without its newline, and passes over half of one [W2]", () => {
  holds(
    fc.property(envelope, fc.nat(), sizes, (given, cutAt, at) => {
      const bytes = bytesOf.encode(encode(given));
      deepEqual(read(cut(bytes, at), LIMIT).envelopes, JSON.parse(JSON.stringify([given])));
      const half = bytes.slice(0, cutAt % (bytes.length - 1));
      deepEqual(read(cut(half, at), LIMIT).envelopes, []);
    }),
    300,
  );
});

test("decode() refuses JSON that is nested as deeply as a line can hold, or takes it, and does not throw", () => {
  for (const open of ["[", '{"a":']) {
    const text = open.repeat(Math.floor(LINE_BYTES_MAX / open.length) - 64);
    const line = `{"src":"c1","dest":"n0","body":{"type":"echo","msg_id":1,"echo":${text}`;
    ok(!decode(line).ok);
  }
});
