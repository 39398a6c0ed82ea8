/** Broadcast and g-set: values are added, and each of them is to be read everywhere. */
import type { Body, Json } from "../../core/message.ts";
import type { Answer, Choice, Draw, Operation, WorkloadDefinition } from "./workload.ts";

export const broadcast: WorkloadDefinition = broadcastIn(undefined);

export const gSet: WorkloadDefinition = {
  ...ofSet("add", "value", (element) => ({ type: "add", element })),
  name: "g-set",
  advises: false,
};

/** Broadcast in a topic, or in the default one. */
export function broadcastIn(topic: string | undefined): WorkloadDefinition {
  const [told, read] = topic === undefined ? [{}, {}] : [{ topic }, { topics: [topic] }];
  return {
    ...ofSet("broadcast", "messages", (message) => ({ type: "broadcast", message, ...told }), read),
    name: "broadcast",
    advises: true,
  };
}

/** `field`: where a read shows the values. */
function ofSet(
  f: "broadcast" | "add",
  field: string,
  request: (value: Json) => Body,
  of: Omit<Body, "type"> = {},
) {
  const read: Operation = {
    ...{ called: "reads", request: () => ({ type: "read", ...of }), field, read: valuesOf },
  };
  return {
    operations: { [f]: { called: f === "add" ? "additions" : "broadcasts", request }, read },
    main: f,
    counted: "values",
    ofValues: true,
    next: ({ random, readShare, fresh }: Draw): Choice =>
      random.next() < 1 - readShare ? { f, value: fresh() } : { f: "read", value: null },
    last: (): readonly Choice[] => [{ f: "read", value: null }],
  };
}

function valuesOf(answer: unknown): Answer | undefined {
  if (Array.isArray(answer)) return { value: answer };
  return answer === null ? { value: [], oddity: "null-messages" } : undefined;
}
