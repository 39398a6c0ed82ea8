/** Line to envelope and back [W1]: a bad line is a value, never an exception [W2]. */
import { readBroadcastLine } from "./keys/broadcast_line.ts";
import { Runs } from "./log/runs.ts";
import { utf8BytesOf } from "./log/scan.ts";
import {
  type Asking,
  askingOf,
  type Body,
  type Envelope,
  envelopeFault,
  isEnvelope,
  withoutNullIds,
} from "./message.ts";
import { RawJson } from "./raw.ts";

export type Decoded =
  | { readonly ok: true; readonly envelope: Envelope }
  /** `asking`: where an answer to it is waited for all the same. */
  | { readonly ok: false; readonly reason: string; readonly asking?: Asking };

/** The bodies whose `runs` are entries. */
const WITH_RUNS: ReadonlySet<unknown> = new Set(["delta", "ack", "probe", "push", "values"]);

/** Carriers put it before a line of which some bytes were no UTF-8, and became this: no JSON begins so. */
export const NOT_UTF8 = "\ufffd";

/** Shorter runs are put together faster than they are kept apart. */
const LONG_RUNS_CHARS = 16 * 1024;

const RUNS = ',"runs":';
/** How a line ends whose body ends with runs. */
const END = "}}";
const RUNS_BEGIN = `${RUNS}[`;
const RUNS_END = `]${END}`;
const NO_RUNS = `${RUNS}0${END}`;
/** Of src, dest and body none but the last is an object. */
const ENVELOPE_FIELDS = 3;

/** Reads one line, without its end. Never throws. The `runs` that nodes send are Runs where encode() wrote them, else JSON. */
export function decode(line: string): Decoded {
  const withRuns = decodeRuns(line);
  if (withRuns !== undefined) return { ok: true, envelope: withRuns };
  const value = parsed(line);
  if (value === undefined) return notJson(line);
  if (isEnvelope(value)) return { ok: true, envelope: value };
  const plain = withoutNullIds(value);
  if (isEnvelope(plain)) return { ok: true, envelope: plain };
  return refused(envelopeFault(plain), plain);
}

function notJson(line: string): Decoded {
  if (!line.startsWith(NOT_UTF8)) return { ok: false, reason: "this is not JSON" };
  return refused("this is not UTF-8", parsed(line.slice(NOT_UTF8.length)));
}

function refused(reason: string, value: unknown): Decoded {
  const asking = askingOf(value);
  return { ok: false, reason, ...asking && { asking } };
}

/** As decode(), of a line that a client wrote: the value of a broadcast may be a ScannedValue. */
export function decodeAsked(line: string): Decoded {
  const envelope = readBroadcastLine(line);
  return envelope === undefined ? decode(line) : { ok: true, envelope };
}

/** A line whose body ends with `runs`, which are not parsed but scanned. Undefined on any doubt: then it is parsed as a whole. */
function decodeRuns(line: string): Envelope | undefined {
  if (!line.endsWith(RUNS_END)) return undefined;
  // A string cannot hold `,"`: its quote would be escaped. So this is a field of an object, or the line is not JSON.
  const at = line.indexOf(RUNS_BEGIN);
  const read = at < 0 ? undefined : Runs.read(line, at + RUNS.length);
  if (read === undefined || read.end + END.length !== line.length) return undefined;
  // With another value in the place of the runs the rest is JSON exactly where the line is.
  const value = parsed(line.slice(0, at) + NO_RUNS);
  if (!isEnvelope(value) || !WITH_RUNS.has(value.body.type)) return undefined;
  // The object that the line ends with is the body if no other field is an object.
  if (Object.keys(value).length > ENVELOPE_FIELDS && hasOtherObjects(value)) return undefined;
  const body: Record<string, unknown> = value.body;
  body["runs"] = read.runs;
  return value;
}

function hasOtherObjects(envelope: Envelope): boolean {
  return Object.values(envelope).some((field) => typeof field === "object" && field !== envelope.body);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * A line in parts, one after the other, and the bytes that it takes as UTF-8. To put them together would copy long texts that are
 * to be copied once more when they leave.
 */
export interface LongLine {
  readonly parts: readonly string[];
  readonly bytes: number;
}

/** The line of a body after `head`, which has all before the body: what encode() writes, in parts where its runs are long. */
export function encodeAfter(head: string, body: Body): string | LongLine {
  const { runs } = body;
  if (!(runs instanceof Runs) || runs.chars < LONG_RUNS_CHARS) return `${head}${encodeBody(body)}}`;
  const begin = `${head}${encodeBody({ ...body, runs: undefined }).slice(0, -1)}${RUNS}`;
  const { parts, bytes } = runs.inParts();
  return { parts: [begin, ...parts, END], bytes: utf8BytesOf(begin) + bytes + END.length };
}

/** How the line of a message begins, up to its body. */
export function headOf(src: string, dest: string): string {
  return `{"src":${JSON.stringify(src)},"dest":${JSON.stringify(dest)},"body":`;
}

/** One line, without its end: JSON never holds a raw newline. Fields of RawJson stand last, their texts as they are. */
export function encode(envelope: Envelope): string {
  const { body } = envelope;
  if (textFieldOf(body) === undefined) return JSON.stringify(envelope);
  return `${JSON.stringify({ ...envelope, body: undefined }).slice(0, -1)},"body":${encodeBody(body)}}`;
}

/** The JSON of a body, as encode() writes it. */
export function encodeBody(body: Body): string {
  const name = textFieldOf(body);
  if (name === undefined) return JSON.stringify(body);
  const field = body[name];
  const text = field instanceof RawJson ? field.text : "";
  // At least the type is left before what is added, and perhaps another text.
  return `${encodeBody({ ...body, [name]: undefined }).slice(0, -1)},"${name}":${text}}`;
}

/** The last of the fields of a body that are kept as their texts. */
function textFieldOf(body: Body): "runs" | "messages" | "value" | undefined {
  if (body["runs"] instanceof RawJson) return "runs";
  if (body["value"] instanceof RawJson) return "value";
  return body["messages"] instanceof RawJson ? "messages" : undefined;
}

/** The same body with the JSON of every text, for those who look into it. */
export function plain(body: Body): Body {
  const fields = Object.entries(body).map((
    [key, field],
  ) => [key, field instanceof RawJson ? field.toJSON() : field]);
  return { ...Object.fromEntries(fields), type: body.type };
}
