/** Around the two paths: reading and writing lines, checking bodies beside zod, and what a whole step costs. */
import { strictEqual } from "node:assert/strict";
import { do_not_optimize } from "mitata";
import { z } from "zod";
import { decode, encode } from "../../../../lib/core/codec.ts";
import { type Body, type Envelope, isEnvelope, readPeerMessage } from "../../../../lib/core/message.ts";
import { readRequest } from "../../../../lib/core/requests.ts";
import type { Node } from "../../../../lib/core/node.ts";
import { type Group, timed } from "../cases.ts";
import { broadcast, Cluster, delta, DELTA_VALUES, names, nodeOf, ORIGIN, word } from "../rig.ts";
import { stepped } from "../../../unit/core/stepped.ts";

/** The same shapes as in message.ts, as zod has them. */
const Id = z.string().min(1).max(256);
const Count = z.int().min(0);
const Ordinal = z.int().min(1);
const ZodEnvelope = z.looseObject({
  src: Id,
  dest: Id,
  body: z.looseObject({ type: Id, msg_id: z.int().optional(), in_reply_to: z.int().optional() }),
});
const ZodBroadcast = z.looseObject({ message: z.unknown() });
const ZodGossip = z.looseObject({
  incarnation: Count,
  seq: Ordinal,
  ack: z.tuple([Count, Ordinal, z.number().min(0)]).optional(),
  digest: z.array(z.tuple([Id, z.array(Ordinal).min(2).max(128)])).max(1_024),
  runs: z.array(z.tuple([Id, Ordinal, z.array(z.unknown())])).optional(),
  links: z.array(z.tuple([Id, Count, Count, z.array(Id), z.array(Id)])).optional(),
  poll: z.boolean().optional(),
  window: z.number().min(0).optional(),
});

const request = broadcast("n0", 12_345).envelope;
const single = word("n0", "n1", {
  type: "delta",
  seq: 7,
  ack: [1, 7, 3],
  runs: [[ORIGIN, 12_345, [12_345]]],
  digest: [[ORIGIN, [1, 12_345]]],
}).envelope;
const batch = delta("n0", "n1", 123).envelope;

export function around(): Group[] {
  return [...lines(), ...checks(), ...steps()];
}

// Lines.

function lines(): Group[] {
  return [
    line("line of a broadcast", "value", 1, request),
    line("line of a delta of one value", "value", 1, single),
    line(`line of a delta of ${DELTA_VALUES} values`, "value", DELTA_VALUES, batch),
  ];
}

function line(title: string, per: string, count: number, envelope: Envelope): Group {
  const text = encode(envelope);
  return timed(title, per, count, () => [
    { name: "encode and decode", start: () => () => decode(encode(envelope)) },
    { name: "encode", start: () => () => encode(envelope) },
    { name: "decode", start: () => () => decode(text) },
    { name: "JSON.stringify and JSON.parse", start: () => () => JSON.parse(JSON.stringify(envelope)) },
  ]);
}

// Bodies.

function checks(): Group[] {
  return [
    check("check an envelope", request, isEnvelope, ZodEnvelope),
    check(
      "check the body of a broadcast",
      request.body,
      (body) => readRequest(body).type === "broadcast",
      ZodBroadcast,
    ),
    check("check a delta of one value", single.body, isDelta, ZodGossip),
    check(`check a delta of ${DELTA_VALUES} values`, batch.body, isDelta, ZodGossip),
  ];
}

function isDelta(body: Body): boolean {
  return readPeerMessage(body)?.type === "delta";
}

/** Either says yes, or the figures would say nothing. */
function check<T>(title: string, value: T, ours: (value: T) => boolean, theirs: z.ZodType): Group {
  return timed(title, "check", 1, () => {
    strictEqual(ours(value), true);
    strictEqual(theirs.safeParse(value).success, true);
    return [
      { name: "typebox", start: () => () => do_not_optimize(ours(value)) },
      { name: "zod", start: () => () => theirs.safeParse(value) },
    ];
  });
}

// Steps.

function steps(): Group[] {
  return [
    timed("step(broadcast)", "value", 1, () => [
      { name: "a node alone", start: () => entering(nodeOf("n0", ["n0"])) },
      { name: "an equal value again", start: () => repeating(nodeOf("n0", ["n0"])) },
    ]),
    timed("step(delta) of one value", "delta", 1, () => [{ name: "to a leaf of five", start: arriving }]),
    timed("a value to all nodes, every step of all of them", "value", 1, () => [
      ...[5, 25].flatMap((count) => [
        { name: `${count} nodes, it enters the relay`, start: () => spreading(count, "n0") },
        { name: `${count} nodes, it enters a leaf`, start: () => spreading(count, "n1") },
      ]),
    ]),
  ];
}

function entering(node: Node): () => unknown {
  let value = 0;
  return () => stepped(node, broadcast("n0", ++value), 0);
}

function repeating(node: Node): () => unknown {
  stepped(node, broadcast("n0", 1), 0);
  return () => stepped(node, broadcast("n0", 1), 0);
}

function arriving(): () => unknown {
  const node = nodeOf("n1", names(5));
  let seq = 0;
  return () => {
    const n = ++seq;
    const body = { type: "delta", n, digest: [[ORIGIN, [1, n]]], runs: [[ORIGIN, n, [n]]] };
    return stepped(node, word("n0", "n1", body), 0);
  };
}

/** A value a millisecond. */
function spreading(count: number, at: string): () => unknown {
  const cluster = Cluster.of(count);
  let value = 0;
  return () => {
    cluster.step(at, broadcast(at, ++value));
    cluster.run(1);
  };
}
