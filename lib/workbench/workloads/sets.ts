/** Broadcast and g-set: values are added, and each of them is to be read everywhere. */
import type { Body, Json } from "../../core/message.ts";
import type { Answer, Choice, Draw, Operation, WorkloadDefinition } from "./workload.ts";

export const broadcast: WorkloadDefinition = {
  ...ofSet("broadcast", "messages", (message) => ({ type: "broadcast", message })),
  name: "broadcast",
  advises: true,
};

export const gSet: WorkloadDefinition = {
  ...ofSet("add", "value", (element) => ({ type: "add", element })),
  name: "g-set",
  advises: false,
};

/** `field`: where a read shows the values. */
function ofSet(f: "broadcast" | "add", field: string, request: (value: Json) => Body) {
  const read: Operation = { called: "reads", request: () => ({ type: "read" }), field, read: valuesOf };
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
