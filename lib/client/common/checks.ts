/** What no node would take is refused before it is told. */
import { isTooDeep, VALUE_DEPTH_MAX } from "../../core/log/canonical.ts";
import type { Json } from "../../core/json.ts";
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
