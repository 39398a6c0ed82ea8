/** Line to envelope and back: a bad line is a value, never an exception. */
import { type Envelope, envelopeFault, isEnvelope } from "./message.ts";

export type Decoded =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly reason: string };

/** Reads one line, without its end. Never throws. */
export function decode(line: string): Decoded {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, reason: "this is not JSON" };
  }
  if (!isEnvelope(value)) return { ok: false, reason: envelopeFault(value) };
  return { ok: true, envelope: value };
}

/** One line, without its end: JSON never holds a raw newline. */
export function encode(envelope: Envelope): string {
  return JSON.stringify(envelope);
}
