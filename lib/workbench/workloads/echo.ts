/** Echo: what a client asks, it gets back. */
import type { Json } from "../../core/message.ts";
import { below } from "../../core/random.ts";
import type { Op } from "../verdict/history.ts";
import { quoted } from "../verdict/quote.ts";
import { keyOf } from "../verdict/values.ts";
import {
  anyJson,
  type Checker,
  counted,
  type Draw,
  type EchoResults,
  type Findings,
  listed,
  type WorkloadDefinition,
} from "./workload.ts";

/** Errors that are kept word for word. */
export const ERRORS_MAX = 100;

export const echo: WorkloadDefinition = {
  name: "echo",
  operations: {
    echo: {
      called: "echoes",
      request: (value) => ({ type: "echo", echo: value }),
      field: "echo",
      read: anyJson,
    },
  },
  main: "echo",
  counted: "echoes",
  advises: false,
  ofValues: false,
  next: (draw) => ({ f: "echo", value: payload(draw) }),
  last: (draw) => [{ f: "echo", value: payload(draw) }],
  checker: () => new EchoChecker(),
};

/** Half of them as Maelstrom's; it lets a payload be any JSON. No two are alike, so that no other's answer is right. */
function payload({ random, fresh }: Draw): Json {
  const n = fresh();
  if (random.next() < 0.5) return `Please echo ${n}`;
  const payloads: Json[] = [
    n,
    n + 0.5,
    ` ${n}\t`,
    `${n}\n"\\/ é 語 😀`,
    [n, [], null, [true, ""]],
    { n, "": { "a b": [null, false] } },
  ];
  return payloads[below(random, payloads.length)] ?? n;
}

class EchoChecker implements Checker {
  readonly #errors: EchoResults["errors"][number][] = [];
  /** Each error in words. */
  readonly #wrong: string[] = [];
  readonly #missing: string[] = [];
  #ok = 0;

  see(op: Op, invocation: Op): void {
    if (op.type === "invoke") return;
    if (op.type === "ok" && keyOf(op.value) === keyOf(invocation.value)) this.#ok++;
    else if (op.type === "ok") this.#add(op, invocation.value, op.value);
    else if (op.disturbed !== true) this.#add(op, invocation.value, undefined);
  }

  check(): Findings {
    const [wrong, missing] = [this.#wrong, this.#missing];
    return {
      failures: [
        ...wrong.length === 0 ? [] : [
          `Wrong echo: ${
            counted(wrong.length, "request was", "requests were")
          } answered with something else: ${listed(wrong)}.`,
        ],
        ...missing.length === 0 ? [] : [
          `No echo: ${
            counted(missing.length, "request", "requests")
          } got no echo, though nothing disturbed the node: ${listed(missing)}.`,
        ],
      ],
      results: {
        kind: "echo",
        errors: this.#errors,
        "error-count": wrong.length + missing.length,
        "ok-count": this.#ok,
      },
    };
  }

  #add({ node }: Op, asked: Json, answered: Json | undefined): void {
    if (this.#errors.length < ERRORS_MAX) {
      const received = answered === undefined ? null : { echo: answered };
      this.#errors.push(["Expected a message with :echo", asked, "But received", received]);
    }
    if (answered === undefined) this.#missing.push(`${inShort(asked)} at ${node}`);
    else this.#wrong.push(`${node} answered ${inShort(asked)} with ${inShort(answered)}`);
  }
}

function inShort(value: Json): string {
  return quoted(JSON.stringify(value));
}
