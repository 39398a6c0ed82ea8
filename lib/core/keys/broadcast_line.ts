/** Reads a client's broadcast without parsing all of it: a value is scanned instead, which has to be done in any case. */
import { scanOne } from "../log/scan.ts";
import { Texts } from "../log/texts.ts";
import { type Envelope, isEnvelope } from "../message.ts";
import { ScannedValue } from "../raw.ts";
import { whole, wholeEnd } from "../log/scanning/whole.ts";

const MESSAGE = '"message":';
const MSG_ID = ',"msg_id":';
const END = "}}";
const [COMMA, QUOTE, BRACKET, BRACE] = [0x2c, 0x22, 0x5b, 0x7b];

/** How a line begins, as far as its value, and what that says. */
interface Head {
  readonly text: string;
  readonly src: string;
  readonly dest: string;
}

/** A client begins all its broadcasts alike. */
let latest: Head = { text: "", src: "", dest: "" };

/**
 * The envelope in a line as hearsay's own clients write it; its value is a part of the line, and is to be copied before it is kept.
 * Undefined on any doubt: then it is parsed.
 */
export function readBroadcastLine(line: string): Envelope | undefined {
  const head = headOf(line);
  if (head === undefined) return undefined;
  const from = head.text.length;
  const end = wholeEnd(line, from);
  if (end >= 0 && line.charCodeAt(end) === COMMA) return enveloped(head, whole, line, end);
  const first = line.charCodeAt(from);
  // What else there is takes no time to parse.
  if (first !== QUOTE && first !== BRACE && first !== BRACKET) return undefined;
  const found = scanOne(line, from);
  if (found === undefined) return undefined;
  const text = line.slice(from, found.end);
  const texts = new Texts(text, 1, { ...found, end: text.length });
  return enveloped(head, new ScannedValue(texts), line, found.end);
}

function headOf(line: string): Head | undefined {
  if (latest.text !== "" && line.startsWith(latest.text)) return latest;
  // Within a string the quotes would be escaped, so this is a key.
  const at = line.indexOf(MESSAGE);
  if (at < 0) return undefined;
  const text = line.slice(0, at + MESSAGE.length);
  const value = parsed(`${text}0${END}`);
  if (!isEnvelope(value) || text !== textOf(value)) return undefined;
  const { src, dest } = value;
  return latest = { text: textOf(value), src, dest };
}

function textOf({ src, dest }: Envelope): string {
  return `{"src":${JSON.stringify(src)},"dest":${JSON.stringify(dest)},"body":{"type":"broadcast",${MESSAGE}`;
}

function enveloped(
  head: Head,
  message: number | ScannedValue,
  line: string,
  end: number,
): Envelope | undefined {
  const { src, dest } = head;
  const idEnd = line.startsWith(MSG_ID, end) ? wholeEnd(line, end + MSG_ID.length) : -1;
  if (idEnd === line.length - END.length && line.endsWith(END)) {
    return { src, dest, body: { type: "broadcast", message, msg_id: whole } };
  }
  const rest = line.slice(end);
  // A field that comes twice counts as it is last.
  if (rest.includes(MESSAGE) || rest.includes("\\")) return undefined;
  const value = parsed(`${head.text}0${rest}`);
  if (!isEnvelope(value) || value.body["message"] !== 0) return undefined;
  return { ...value, body: { ...value.body, message } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
