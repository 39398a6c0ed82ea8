/** Arbitrary events for a node: what clients ask, what peers say, and what neither should. */
import fc from "fast-check";
import type { Body, Envelope, Json } from "../../lib/core/message.ts";
import { json, parse } from "../property/json.ts";

export const ME = "n0";
export const members: readonly string[] = ["n0", "n1", "n2", "n3"];

/** A line that arrived after some time, or only time that passed. */
export interface Happening {
  readonly afterMs: number;
  readonly envelope?: Envelope;
  /** Part of a message of this one has come in. */
  readonly arriving?: string;
  /** Entries cannot be made safe from now on, for this reason; or, where it is empty, they can again. */
  readonly storage?: string;
}

const afterMs = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.double({ min: 0, max: 300, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(5_000, 6 * 3_600_000) },
);

/** A few of them are a load for any line. */
const long = fc.nat(9).map((n) => `${n}`.repeat(20_000));

const values: fc.Arbitrary<Json> = fc.oneof(
  { weight: 3, arbitrary: fc.nat(9) },
  { weight: 1, arbitrary: long },
  { weight: 2, arbitrary: json },
  { weight: 1, arbitrary: fc.constantFrom("null", "1e999", "-0", nested(100), nested(127)).map(parse) },
);
/** Only a peer that keeps no rules sends these. */
const wild: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: values },
  { weight: 1, arbitrary: fc.constantFrom(nested(129), nested(400)).map(parse) },
);

function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

const anyName = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("n1", "n2", "n3") },
  {
    weight: 2,
    arbitrary: fc.constantFrom("n0", "n9", "c1", "__proto__", "constructor", "", "x".repeat(256)),
  },
);
const count = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1e6, 2 ** 53 - 2, 2 ** 53 - 1) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, 2 ** 53, 1e308) },
);
const origin = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("n0.1", "n0.0", "n1.1", "n1.2", "n2.1") },
  { weight: 1, arbitrary: anyName },
);

const [topics, keys] = [["a", "b"], ["k", "l"]] as const;
const topic = fc.constantFrom(...topics);
const key = fc.constantFrom(...keys);
const id: fc.Arbitrary<string | null> = fc.option(fc.constantFrom("x", "y"));
const stamp = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 5_000_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0.5, 2 ** 53 - 2, 2 ** 53 - 1) },
);
const record: fc.Arbitrary<Json> = fc.oneof(
  { weight: 1, arbitrary: wild },
  { weight: 2, arbitrary: fc.tuple(values) },
  { weight: 2, arbitrary: fc.tuple(values, fc.constantFrom("x", "y")) },
  { weight: 4, arbitrary: fc.tuple(values, id, key, stamp) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(null), id, key, stamp, fc.constant(true)) },
);
const run = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(origin, count, fc.array(wild, { maxLength: 4 })) },
  { weight: 2, arbitrary: fc.tuple(origin, count, fc.array(record, { maxLength: 4 }), topic) },
);

const spans = fc.array(count, { minLength: 1, maxLength: 8 });
const names = fc.array(anyName, { maxLength: 4 });

/** Gossip that is mostly in shape, and whose numbers are anything. */
const gossip: fc.Arbitrary<Body> = fc.record({
  type: fc.constantFrom("delta", "ack", "probe"),
  incarnation: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 3 }) }, {
    weight: 1,
    arbitrary: count,
  }),
  seq: count,
  digest: fc.array(fc.tuple(origin, spans), { maxLength: 3 }),
  ack: fc.tuple(fc.integer({ min: 0, max: 3 }), count, fc.oneof(fc.nat(500), fc.constantFrom(-1, 1e308))),
  runs: fc.array(run, { maxLength: 3 }),
  links: fc.array(fc.tuple(anyName, count, count, names, names), { maxLength: 3 }),
  poll: fc.boolean(),
  window: fc.oneof(fc.nat(1000), fc.constantFrom(1e308, 5e-324)),
  msg_id: fc.nat(9),
  in_reply_to: fc.nat(9),
}, { requiredKeys: ["type", "incarnation", "seq", "digest"], noNullPrototype: true });

const hint: fc.Arbitrary<Body> = gossip.map(({ runs = [] }) => ({ type: "push", runs }));

/** Gossip with one field of the wrong kind, or without it. */
const brokenGossip: fc.Arbitrary<Body> = fc.tuple(
  gossip,
  fc.constantFrom("incarnation", "seq", "digest", "ack", "runs", "links", "poll", "window"),
  fc.option(json, { nil: undefined }),
).map(([body, field, value]) => parseBody({ ...body, [field]: value }));

const told: fc.Arbitrary<Body> = fc.record({
  type: fc.constant("broadcast"),
  message: values,
  topic,
  id: id,
  key: fc.option(key),
});

const request: fc.Arbitrary<Body> = fc.oneof(
  { weight: 5, arbitrary: values.map((message) => ({ type: "broadcast", message })) },
  { weight: 8, arbitrary: told },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("delete"), topic, key, id: id }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("get"), topic, key }) },
  { weight: 3, arbitrary: fc.constant({ type: "read" }) },
  { weight: 1, arbitrary: values.map((echo) => ({ type: "echo", echo })) },
  { weight: 1, arbitrary: fc.constant({ type: "topology", topology: { n0: ["n1"] } }) },
  { weight: 1, arbitrary: fc.constantFrom("n0", "n1", "__proto__").map(initBody) },
);

const malformed: fc.Arbitrary<Body> = fc.tuple(
  fc.constantFrom(
    ...["init", "topology", "broadcast", "read", "echo", "broadcast_ok", "error", "__proto__", "x"],
    ...["get", "delete"],
  ),
  fc.dictionary(
    fc.constantFrom("message", "topology", "node_id", "node_ids", "echo", "code", "msg_id", "topic", "key"),
    json,
    { maxKeys: 4, noNullPrototype: true },
  ),
).map(([type, fields]) => parseBody({ ...fields, type })).filter(({ msg_id }) =>
  msg_id === undefined || Number.isInteger(msg_id)
);

function initBody(node_id: string): Body {
  return { type: "init", node_id, node_ids: [...members] };
}

/** As it comes off a wire. */
function parseBody(fields: unknown): Body {
  const body: Body = JSON.parse(JSON.stringify(fields));
  return body;
}

const dest = fc.oneof({ weight: 12, arbitrary: fc.constant(ME) }, { weight: 1, arbitrary: anyName });

function from(src: fc.Arbitrary<string>, body: fc.Arbitrary<Body>): fc.Arbitrary<Envelope> {
  return fc.record({ src, dest, body }, { noNullPrototype: true }).filter((each) =>
    each.src !== "" && each.dest !== ""
  );
}

const asked: fc.Arbitrary<Body> = fc.tuple(
  request,
  fc.nat(99),
  fc.option(fc.nat(9), { freq: 20, nil: undefined }),
).map(
  ([body, msg_id, in_reply_to]) => ({
    ...body,
    msg_id,
    ...(in_reply_to === undefined ? {} : { in_reply_to }),
  }),
);

const client = fc.constantFrom("c1", "c2");

const envelope: fc.Arbitrary<Envelope> = fc.oneof(
  { weight: 7, arbitrary: from(client, asked) },
  { weight: 6, arbitrary: from(anyName, gossip) },
  { weight: 1, arbitrary: from(anyName, hint) },
  { weight: 1, arbitrary: from(anyName, brokenGossip) },
  { weight: 1, arbitrary: from(fc.oneof(client, anyName), malformed) },
);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ afterMs, envelope }, { noNullPrototype: true }) },
  { weight: 1, arbitrary: fc.record({ afterMs }, { noNullPrototype: true }) },
  { weight: 1, arbitrary: fc.record({ afterMs, arriving: anyName }, { noNullPrototype: true }) },
  {
    weight: 1,
    arbitrary: fc.record({ afterMs, storage: fc.constantFrom("no room", "") }, { noNullPrototype: true }),
  },
);

export const init: Envelope = { src: "c0", dest: ME, body: { ...initBody(ME), msg_id: 1 } };

/** Asks for the latest of every key. */
export const gets: readonly Envelope[] = topics.flatMap((topic) =>
  keys.map((key): Envelope => ({ src: "c0", dest: ME, body: { type: "get", topic, key, msg_id: 2 } }))
);

/** Anything at all, mostly after an init. */
export const happenings: fc.Arbitrary<Happening[]> = fc.tuple(
  fc.array(happening, { maxLength: 2 }),
  fc.array(happening, { maxLength: 30, size: "max" }),
).map(([before, after]) => [...before, { afterMs: 0, envelope: init }, ...after]);
