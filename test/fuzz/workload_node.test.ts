/** Any requests to a node of any workload: each is answered once, sums are right, ids differ, and nothing throws. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Body, Json } from "../../lib/core/message.ts";
import { Node } from "../../lib/core/node.ts";
import { seeded } from "../../lib/core/random.ts";
import { type WorkloadName, workloadNames } from "../../lib/runtime/workloads/names.ts";
import { WorkloadNode } from "../../lib/runtime/workloads/workload_node.ts";
import { holds } from "../property/holds.ts";
import { json } from "../property/json.ts";

const delta = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -9, max: 9 }) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 53, 0.5, -0) },
  { weight: 1, arbitrary: json },
);
const type = fc.constantFrom("add", "read", "generate", "echo", "broadcast", "topology", "init", "cas");
const anything = fc.record({ type, delta: json, element: json, echo: json, message: json, topology: json }, {
  requiredKeys: ["type"],
});
const request: fc.Arbitrary<Body> = fc.oneof(
  { weight: 6, arbitrary: delta.map((delta) => ({ type: "add", delta })) },
  { weight: 4, arbitrary: fc.constant({ type: "read" }) },
  { weight: 1, arbitrary: json.map((element) => ({ type: "add", element })) },
  { weight: 1, arbitrary: fc.constant({ type: "generate" }) },
  { weight: 1, arbitrary: anything },
  { weight: 1, arbitrary: anything.map((body) => ({ ...body, in_reply_to: 7 })) },
);
const requests = fc.array(request, { maxLength: 30, size: "max" });
const workload = fc.option(fc.constantFrom(...workloadNames), { nil: undefined });

function asked(name: WorkloadName | undefined, requests: readonly Body[]): (readonly [Body, Body])[] {
  const life = { incarnation: 1, random: seeded(1) };
  const node = new WorkloadNode({ node: new Node(life), workload: name, ...life });
  const answers = (body: Body): Body[] =>
    node.step({ kind: "receive", envelope: { src: "c1", dest: "n0", body } }, 0)
      .flatMap((effect) => effect.kind === "send" ? [effect.envelope.body] : []);
  answers({ type: "init", node_id: "n0", node_ids: ["n0"], msg_id: 1 });
  return requests.flatMap((body, i) => {
    const [answer, ...more] = answers({ ...body, msg_id: i + 2 });
    // An answer is never answered.
    equal(answer === undefined, body.in_reply_to !== undefined);
    deepEqual([more, answer?.in_reply_to], [[], answer && i + 2]);
    return answer === undefined ? [] : [[body, answer] as const];
  });
}

test("WorkloadNode.step() answers any request once, adds up what it took, and gives no id twice [O1] [O3] [O4]", () => {
  holds(
    fc.property(workload, requests, (name, requests) => {
      let sum = 0n;
      const ids = new Set<Json>();
      for (const [{ delta }, { type, id, value }] of asked(name, requests)) {
        if (type === "add_ok" && Number.isInteger(delta)) sum += BigInt(Number(delta));
        if (type === "read_ok" && typeof value === "number") equal(value, Number(sum));
        if (type !== "generate_ok") continue;
        equal(ids.has(String(id)), false);
        ids.add(String(id));
      }
    }),
    300,
  );
});
