/** What no node would take is refused before it is told. */
import { isTooDeep, VALUE_DEPTH_MAX } from "../../core/log/canonical.ts";
import type { Json } from "../../core/json.ts";
import { idFault, keyFault, patternsFault, topicFault } from "../../core/keys/names.ts";
import { bytesOf, ESCAPED_BYTES, VALUE_BYTES_MAX } from "../../core/size.ts";
import { HearsayError } from "../errors.ts";

/** A value as JSON. Throws `malformed` where it is none that a node would take. */
export function jsonOf(value: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (cause) {
    throw new HearsayError("malformed", "the value is no JSON", { cause });
  }
  if (json === undefined) throw new HearsayError("malformed", "the value is no JSON");
  const fault = valueFault(json);
  if (fault !== undefined) throw new HearsayError("malformed", `the value is of no use: ${fault}`);
  return json;
}

/** Throws `malformed` where there is a fault. */
export function check(fault: string | undefined): void {
  if (fault !== undefined) throw new HearsayError("malformed", fault);
}

/** Throws `malformed` for names that no node would take, or that are no texts, which only TypeScript keeps from being given. */
export function checkNames(names: {
  readonly topic?: string | undefined;
  readonly key?: string | undefined;
  readonly id?: string | undefined;
}): void {
  const faults = { topic: topicFault, key: keyFault, id: idFault };
  for (const field of ["topic", "key", "id"] as const) {
    if (!(field in names)) continue;
    const name: unknown = names[field];
    check(typeof name === "string" ? faults[field](field, name) : `${field} is no text`);
  }
}

/** The same for the topics of a read or watch. */
export function checkTopics(topics: readonly string[]): void {
  const isList = Array.isArray(topics) && topics.every((topic) => typeof topic === "string");
  check(isList ? patternsFault("topics", topics) : "topics is no list of texts");
}

/** The same for what a call is given beside its arguments: names that may be left out, and nothing else. */
export function checkOptions(names: Parameters<typeof checkNames>[0], others: object): void {
  checkNames(Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined)));
  checkNoOthers(others);
}

/** The same for options that there are not: `topic` in the place of `topics` would ask for something else. */
export function checkNoOthers(others: object): void {
  const [name] = Object.keys(others);
  check(name === undefined ? undefined : `there is no option ${JSON.stringify(name)} here`);
}

/**
 * Why no node would take it, for people. The node writes it anew, and takes it for as deep and as long as it is then. Short
 * texts need no closer look.
 */
export function valueFault(json: string, value?: Json): string | undefined {
  if (json.length > 2 * VALUE_DEPTH_MAX && isTooDeep(value ?? JSON.parse(json))) {
    return `it is nested over ${VALUE_DEPTH_MAX} deep`;
  }
  const isLong = ESCAPED_BYTES * json.length > VALUE_BYTES_MAX &&
    bytesOf(JSON.stringify(JSON.parse(json))) > VALUE_BYTES_MAX;
  return isLong ? `it is over ${VALUE_BYTES_MAX} bytes as JSON` : undefined;
}
