/** The requests by which clients of each workload are known, as typebox schemas, and what the entries of a counter look like. */
import Type, { type Static } from "typebox";
import { Compile } from "typebox/schema";
import type { Body, Json } from "../../core/message.ts";
import type { WorkloadName } from "./names.ts";

/** By type of request, the workloads that have it. What is not here is between nodes, `init`, or unknown. */
const workloadsByRequest: ReadonlyMap<string, readonly WorkloadName[]> = new Map<string, WorkloadName[]>([
  ["topology", ["broadcast"]],
  ["broadcast", ["broadcast"]],
  ["read", ["broadcast", "g-set", "g-counter", "pn-counter"]],
  ["echo", ["echo"]],
  ["generate", ["unique-ids"]],
  ["add", ["g-set", "g-counter", "pn-counter"]],
]);

const Delta = Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
const Growth = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const elements = Compile(Type.Object({ element: Type.Unsafe<Json>(Type.Unknown()) }));
const deltas = {
  "g-counter": Compile(Type.Object({ delta: Growth })),
  "pn-counter": Compile(Type.Object({ delta: Delta })),
};

/** One addition to a counter as the core keeps it: the life of a node, its number in that life, the delta. Equal ones are one [O3]. */
const AdditionSchema = Type.Tuple([Type.String(), Type.Integer({ minimum: 1 }), Delta]);
const additions = Compile(AdditionSchema);

export type Addition = Static<typeof AdditionSchema>;

export type Add =
  | { readonly type: "element"; readonly element: Json }
  | { readonly type: "delta"; readonly delta: number }
  | { readonly type: "malformed"; readonly reason: string };

export function workloadsWith(request: string): readonly WorkloadName[] | undefined {
  return workloadsByRequest.get(request);
}

/** The workload that an `add` tells of, where nobody said which it is: both counters are asked alike. */
export function toldBy(add: Body): "g-set" | "pn-counter" | undefined {
  if (add["element"] !== undefined) return "g-set";
  return add["delta"] === undefined ? undefined : "pn-counter";
}

export function readAdd(workload: "g-set" | "g-counter" | "pn-counter", body: Body): Add {
  if (workload === "g-set") {
    return elements.Check(body) ? { type: "element", element: body.element } : malformed(elements, body);
  }
  const checker = deltas[workload];
  return checker.Check(body) ? { type: "delta", delta: body.delta } : malformed(checker, body);
}

/** What an entry adds to a counter: nothing, where it is no addition. */
export function deltaOf(value: Json): number {
  return additions.Check(value) ? value[2] : 0;
}

interface Checker {
  Errors(
    value: unknown,
  ): readonly [boolean, readonly { readonly instancePath: string; readonly message: string }[]];
}

function malformed(checker: Checker, body: Body): Add {
  const [, [first]] = checker.Errors(body);
  const words = ["add", first?.instancePath, first?.message].filter((word) => word !== "");
  return { type: "malformed", reason: words.join(" ") };
}
