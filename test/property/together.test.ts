/** Broadcasts that come together enter as if each had come by itself. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeAsked, encode } from "../../lib/core/codec.ts";
import { type Body, type Envelope, envelopesOf } from "../../lib/core/message.ts";
import { type Event, Node } from "../../lib/core/node.ts";
import { seeded } from "../../lib/core/random.ts";
import { entriesOf, type Told, told } from "../shared/entries.ts";
import { holds } from "./holds.ts";

const values = fc.constantFrom<unknown>(
  ...[0, -0, 1, -7, 1.5, 123456789012345, "a", "é", null, true, [1], { a: 1, b: 2 }, { b: 2, a: 1 }],
  ...["x".repeat(70_000), "y".repeat(270_000)],
);
const names = fc.record(
  { topic: fc.constantFrom("t", ""), key: fc.constantFrom("k", "l"), id: fc.constantFrom("i", "j", 5) },
  { requiredKeys: [] },
);
const body: fc.Arbitrary<Body> = fc.oneof(
  { weight: 5, arbitrary: values.map((message) => ({ type: "broadcast", message })) },
  {
    weight: 1,
    arbitrary: fc.tuple(values, names).map(([message, of]) => ({ type: "broadcast", message, ...of })),
  },
  { weight: 1, arbitrary: fc.constant({ type: "broadcast" }) },
);
const turns = fc.array(fc.array(body, { maxLength: 12 }), { maxLength: 4 });

/** A node that has been told a value already. */
function born(): Node {
  const node = new Node({ random: seeded(1), incarnation: 1 });
  const bodies = [{ type: "init", node_id: "n0", node_ids: ["n0"] }, { type: "broadcast", message: 1 }];
  for (const each of bodies) node.step(receiving({ src: "c0", dest: "n0", body: each }), 0);
  return node;
}

function receiving(envelope: Envelope): Event {
  return { kind: "receive", envelope };
}

/** Requests as they come off a wire, each with a number of its own. */
function asked(bodies: readonly Body[], turn: number): Envelope[] {
  return bodies.map((each, i) => {
    const line = encode({ src: `c${i % 2}`, dest: "n0", body: { ...each, msg_id: 100 * turn + i } });
    const decoded = decodeAsked(line);
    if (!decoded.ok) throw new Error(decoded.reason);
    return decoded.envelope;
  });
}

function entriesIn(effects: readonly Told[], kind: "persist" | "deliver"): unknown[] {
  return effects.flatMap((each) => each.kind === kind ? each.entries : []);
}

/** In the order of the requests. */
function answersIn(effects: readonly Told[]): unknown[] {
  const sent = effects.flatMap((each) => {
    if (each.kind === "acknowledge") return envelopesOf(each.acknowledgements);
    return each.kind === "send" ? [each.envelope] : [];
  });
  return sent.sort((a, b) => (a.body.in_reply_to ?? 0) - (b.body.in_reply_to ?? 0));
}

test("broadcasts that come together enter, and are answered, as if each had come by itself [N2] [S12]", () => {
  holds(
    fc.property(turns, (list) => {
      const [one, other] = [born(), born()];
      for (const [turn, bodies] of list.entries()) {
        const envelopes = asked(bodies, turn);
        const each = envelopes.flatMap((envelope) => one.step(receiving(envelope), turn)).map(told);
        const together = other.step({ kind: "broadcasts", envelopes }, turn).map(told);
        for (const kind of ["persist", "deliver"] as const) {
          deepEqual(entriesIn(together, kind), entriesIn(each, kind));
        }
        deepEqual(answersIn(together), answersIn(each));
      }
      deepEqual(other.status, one.status);
    }),
    500,
  );
});

test("new values that come together are one run, safe and known before the first is acknowledged [N2] [S12]", () => {
  const bodies = [7, 7, { a: 1, b: 2 }, 8].map((message) => ({ type: "broadcast", message }));
  const effects = born().step({ kind: "broadcasts", envelopes: asked(bodies, 1) }, 1);
  deepEqual(
    effects.map((each) => each.kind),
    ["persist", "deliver", "acknowledge", "send", "persist", "deliver", "acknowledge", "acknowledge"],
    "an equal value ends a run",
  );
  const runs = effects.flatMap((each) => each.kind === "persist" ? each.runs : []);
  deepEqual(runs.map((run) => entriesOf([run]).map(({ seq }) => seq)), [[2], [3, 4]]);
});
