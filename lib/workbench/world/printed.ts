/** Reads what a node prints as Maelstrom does: of messages between nodes it looks at the envelope only. */
import type { Body, Envelope } from "../../core/message.ts";
import { isTooDeep, NESTING_MAX } from "../nesting.ts";
import type { Oddity } from "../verdict/oddities.ts";
import { isClient } from "../../../transports/client_id.ts";

export type Printed =
  | {
    readonly ok: true;
    readonly envelope: Envelope;
    /** The message as it is to be handed on: whatever the node put into it, numbers to the last digit. */
    readonly text: string;
    readonly oddities: readonly Oddity[];
  }
  | { readonly ok: false; readonly kind: "stray-line" | "malformed-message"; readonly reason: string };

/** It stands for the type of a body that has none. */
export const NO_TYPE = "(no type)";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one line, without its end. Maelstrom's `parse-msg` (process.clj) reads the first JSON value of a line, and
 * checks `src`, `dest` and `id` (net.clj); a body that is missing or null is an empty one to it.
 */
export function readPrinted(line: string): Printed {
  const found = parse(line) ?? parseLeniently(line);
  if (found === undefined || !isFields(found.value)) return { ok: false, kind: "stray-line", reason: line };
  const { value, text, oddities } = found;
  // A short line cannot be that deep.
  if (text.length > NESTING_MAX && isTooDeep(value)) {
    return malformed(`it is nested more than ${NESTING_MAX} levels deep`, text);
  }
  const { src, dest, body } = value;
  if (typeof src !== "string" || typeof dest !== "string") {
    return malformed("src and dest must be strings", text);
  }
  const fault = envelopeFault(value);
  if (fault !== undefined) return malformed(fault, text);
  const fields = fieldsOf(body);
  if (fields === undefined) return malformed("its body must be an object", text);
  const envelope = { src, dest, body: bodyOf(fields) };
  if (isClient(dest)) return { ok: true, envelope, text, oddities };
  return {
    ok: true,
    envelope,
    text: fields === body ? text : JSON.stringify({ src, dest, body: fields }),
    oddities: [...oddities, ...bodyOddities(body, fields)],
  };
}

interface Found {
  readonly value: unknown;
  readonly text: string;
  readonly oddities: readonly Oddity[];
}

function parse(text: string, oddities: readonly Oddity[] = []): Found | undefined {
  try {
    return { value: JSON.parse(text), text, oddities };
  } catch {
    return undefined;
  }
}

/** The parser below Maelstrom (cheshire's) takes control characters in strings, and reads no further than one value. */
function parseLeniently(line: string): Found | undefined {
  const { text, rest, escaped } = firstObject(line);
  const oddities: Oddity[] = [];
  if (escaped) oddities.push("raw-controls");
  if (rest.trim() !== "") oddities.push("text-after");
  return parse(text, oddities);
}

/** Up to the brace that closes the first one. Control characters within strings are escaped. */
function firstObject(line: string): { text: string; rest: string; escaped: boolean } {
  let [depth, inString, afterBackslash, escaped] = [0, false, false, false];
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (inString && char < " ") {
      parts.push(line.slice(from, at), `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
      from = at + 1;
      escaped = true;
    }
    if (char === '"' && !afterBackslash) inString = !inString;
    afterBackslash = inString && char === "\\" && !afterBackslash;
    if (inString) continue;
    if (char === "{") depth++;
    if (char !== "}" || --depth > 0) continue;
    return { text: parts.join("") + line.slice(from, at + 1), rest: line.slice(at + 1), escaped };
  }
  return { text: parts.join("") + line.slice(from), rest: "", escaped };
}

/** Nothing else may be in it. */
function envelopeFault({ src: _src, dest: _dest, body: _body, id, ...more }: Fields): string | undefined {
  if (id !== undefined && !Number.isInteger(id)) return "its id must be an integer, or absent";
  const [field] = Object.keys(more);
  return field === undefined ? undefined : `beside src, dest, body and id it has ${JSON.stringify(field)}`;
}

/** An empty list is one of no pairs to Maelstrom, and so an object: PHP writes an empty object so. */
function fieldsOf(body: unknown): Fields | undefined {
  if (body === undefined || body === null || (Array.isArray(body) && body.length === 0)) return {};
  return isFields(body) ? body : undefined;
}

function bodyOf(fields: Fields): Body {
  return isBody(fields) ? fields : { ...fields, type: NO_TYPE };
}

function bodyOddities(body: unknown, fields: Fields): Oddity[] {
  if (fields !== body) return ["no-body"];
  const ids = [fields["msg_id"], fields["in_reply_to"]];
  const oddities: Oddity[] = [];
  if (!isBody(fields)) oddities.push("no-type");
  if (ids.includes(null)) oddities.push("null-id");
  if (ids.some((id) => id !== undefined && id !== null && !Number.isInteger(id))) oddities.push("odd-id");
  return oddities;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Its ids may be anything; they are only ever compared with numbers. */
function isBody(fields: Fields): fields is Body {
  return typeof fields["type"] === "string";
}

function malformed(what: string, text: string): Printed {
  return { ok: false, kind: "malformed-message", reason: `${what}: ${text}` };
}
