/** Line to envelope and back [W1]: a bad line is a value, never an exception [W2]. */
import { type Asking, askingOf, type Envelope, faultOf, isEnvelope, withoutNullIds } from "./message.ts";

export type Decoded =
  | { readonly ok: true; readonly envelope: Envelope }
  /** `asking`: where an answer to it is waited for all the same. */
  | { readonly ok: false; readonly reason: string; readonly asking?: Asking };

/** Reads one line, without its end. Never throws. */
export function decode(line: string): Decoded {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, reason: "this is not JSON" };
  }
  if (isEnvelope(value)) return { ok: true, envelope: value };
  const plain = withoutNullIds(value);
  if (isEnvelope(plain)) return { ok: true, envelope: plain };
  const asking = askingOf(plain);
  return { ok: false, reason: faultOf("an envelope", plain), ...asking && { asking } };
}

/** One line, without its end: JSON never holds a raw newline. */
export function encode(envelope: Envelope): string {
  return JSON.stringify(envelope);
}
