/** Keys: clients put, delete and get a few keys of topics at several nodes; what a node has seen it overwrites, and all agree in the end. */
import type { Body, Json } from "../../core/message.ts";
import { below } from "../../core/random.ts";
import { askedBy, DEFAULT_PLACE, KeyChecker, type Place } from "./key_checker.ts";
import { type Answer, anyJson, type Draw, type WorkloadDefinition } from "./workload.ts";

/** Keys that are easily taken for each other. */
export const PLACES: readonly Place[] = [
  DEFAULT_PLACE,
  { topic: "exam", key: "a/b" },
  { topic: "exam.2", key: "a" },
];

/** Of what is no get, so many are deletions. */
const DELETED_SHARE = 0.2;
/** So many of the puts repeat one from before, if that has an id. */
const REPEATED_SHARE = 0.2;
/** How far back that may be, in puts. */
const BACK_MAX = 100;

/** The error of a get where there is no value. Maelstrom's, for a key that does not exist. */
const KEY_DOES_NOT_EXIST = 20;

export const keys: WorkloadDefinition = {
  name: "keys",
  operations: {
    broadcast: { called: "puts", request: (value) => ({ type: "broadcast", ...askedBy(value) }) },
    delete: {
      called: "deletions",
      isOptional: true,
      request: (value) => ({ type: "delete", ...placeOf(value) }),
    },
    get: {
      called: "gets",
      request: (value) => ({ type: "get", ...placeOf(value) }),
      field: "value",
      more: ["stamp"],
      absent: { code: KEY_DOES_NOT_EXIST, value: {} },
      read: readingOf,
    },
  },
  main: "broadcast",
  counted: "puts",
  advises: true,
  ofValues: false,
  next: (draw) => {
    if (draw.random.next() >= 1 - draw.readShare) return { f: "get", value: somewhere(draw) };
    if (draw.random.next() < DELETED_SHARE) return { f: "delete", value: somewhere(draw) };
    return { f: "broadcast", value: drawn(draw) };
  },
  last: () => PLACES.map((place) => ({ f: "get", value: { ...place } })),
  checker: (options) => new KeyChecker(options),
};

function somewhere({ random }: Draw): Json {
  return { ...PLACES[below(random, PLACES.length)] };
}

/** A new put, or one from before. */
function drawn({ random, fresh }: Draw): Json {
  const n = fresh();
  const before = random.next() < REPEATED_SHARE ? putOf(Math.max(0, n - 1 - below(random, BACK_MAX))) : {};
  return "id" in before ? { ...before } : { ...putOf(n) };
}

/** Of one number always the same put, and of no other the same value. */
export function putOf(n: number): Readonly<Record<string, Json>> {
  const put = { ...PLACES[Math.floor(n / 4) % PLACES.length], message: n % 2 === 0 ? n : { n } };
  return n % 4 === 0 ? { ...put, id: `p${n}` } : put;
}

function placeOf(value: Json): Place {
  const { topic, key } = askedBy(value);
  return { topic, key };
}

function readingOf(answer: unknown, { stamp }: Body): Answer | undefined {
  const value = anyJson(answer)?.value;
  if (value === undefined) return undefined;
  return { value: { value, ...typeof stamp === "number" && { stamp } } };
}
