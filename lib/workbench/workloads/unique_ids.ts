/** Unique ids: no two requests get the same one, from whatever node and in whatever life of it. */
import type { Json } from "../../core/message.ts";
import type { Op } from "../verdict/history.ts";
import { compareValues, type Key, keyOf } from "../verdict/values.ts";
import { quoted } from "../verdict/quote.ts";
import {
  anyJson,
  type Checker,
  counted,
  type Findings,
  listed,
  type WorkloadDefinition,
} from "./workload.ts";

/** Repeated ids that are listed. Jepsen's. */
export const DUPLICATED_MAX = 48;

export const uniqueIds: WorkloadDefinition = {
  name: "unique-ids",
  operations: {
    generate: {
      called: "ids",
      request: () => ({ type: "generate" }),
      field: "id",
      read: anyJson,
    },
  },
  main: "generate",
  counted: "ids",
  advises: false,
  ofValues: false,
  next: () => ({ f: "generate", value: null }),
  last: () => [{ f: "generate", value: null }],
  checker: () => new IdChecker(),
};

interface Repeated {
  readonly id: Json;
  count: number;
  readonly nodes: Set<string>;
}

class IdChecker implements Checker {
  /** By id, the node that gave it first. */
  readonly #givers = new Map<Key, string>();
  readonly #repeated = new Map<Key, Repeated>();
  #attempted = 0;
  #acknowledged = 0;
  #range: readonly [Json, Json] | undefined;

  see(op: Op): void {
    if (op.type === "invoke") this.#attempted++;
    if (op.type === "ok") this.#take(op.value, op.node);
  }

  check(): Findings {
    const repeated = [...this.#repeated.values()].sort((a, b) => b.count - a.count);
    const said = repeated.map(({ id, count, nodes }) =>
      `${quoted(JSON.stringify(id))} (${count} times, by ${[...nodes].sort().join(", ")})`
    );
    const failure = `Repeated: ${counted(said.length, "id was", "ids were")} given more than once: ${
      listed(said)
    }.`;
    return {
      failures: said.length === 0 ? [] : [failure],
      results: {
        kind: "ids",
        "attempted-count": this.#attempted,
        "acknowledged-count": this.#acknowledged,
        "duplicated-count": repeated.length,
        duplicated: Object.fromEntries(
          repeated.slice(0, DUPLICATED_MAX).map(({ id, count }) => [JSON.stringify(id), count]),
        ),
        range: this.#range ?? null,
      },
    };
  }

  #take(id: Json, node: string): void {
    this.#acknowledged++;
    const [least, most] = this.#range ?? [id, id];
    this.#range = [compareValues(id, least) < 0 ? id : least, compareValues(id, most) > 0 ? id : most];
    const key = keyOf(id);
    const giver = this.#givers.get(key);
    if (giver === undefined) return void this.#givers.set(key, node);
    const again = this.#repeated.get(key) ?? { id, count: 1, nodes: new Set([giver]) };
    again.count++;
    again.nodes.add(node);
    this.#repeated.set(key, again);
  }
}
