/** The hashes of a block's values, beside its text: a log that is opened again need not scan its values. */
import { isAscii } from "node:buffer";
import { wholeOf } from "../core/log/identities.ts";
import { Texts } from "../core/log/texts.ts";

/** Of shorter values, on average, the hashes would take more of the disk than they save of time, characters. */
const CHARS_MIN = 32;

const decoder = new TextDecoder();

/** Null where they are not worth it, and then not looked for, or where a whole number, which is known by itself, is among them. */
export function hashesToKeep(texts: Texts): Uint8Array | null {
  const { length, text } = texts;
  if (text.length < CHARS_MIN * length) return null;
  for (let i = 0; i < length; i++) if (wholeOf(texts, i) !== undefined) return null;
  return new Uint8Array(Int32Array.from(texts.hashes).buffer);
}

/** `bytes`: the text as UTF-8, which is decoded where it is needed. */
export function textsWith(bytes: Uint8Array, length: number, hashes: unknown): Texts {
  const read = () => decoder.decode(bytes);
  if (!(hashes instanceof Uint8Array) || hashes.byteLength !== 8 * length) return new Texts(read(), length);
  const text = isAscii(bytes) ? { chars: bytes.length, read } : read();
  return Texts.hashed(text, length, new Int32Array(hashes.slice().buffer));
}
