/** Cuts a list of JSON values into its values without parsing them, and hashes each. */
import { canonical, VALUE_DEPTH_MAX } from "./canonical.ts";

/** What is found in a text `v1,v2,…`. */
export interface Scan {
  /** The index behind the last value, in the text that was scanned. */
  readonly end: number;
  readonly count: number;
  /** Where each value ends, from where the scan began. */
  readonly ends: Int32Array;
  /** Two hashes of 32 bits for each value: equal for equal values, whatever the order of keys. */
  readonly hashes: Int32Array;
  /** Whether no character takes more than a byte. */
  readonly isAscii: boolean;
}

/**
 * Scans the values from `from` on, until the text ends or `]` follows. Undefined where that is not JSON as JSON.stringify
 * writes it, or nested over VALUE_DEPTH_MAX deep.
 */
export function scan(text: string, from = 0): Scan | undefined {
  const ends: number[] = [];
  const hashes: number[] = [];
  let at = from;
  for (;;) {
    const end = endOfValue(text, at);
    if (end === undefined) return undefined;
    const value = JSON.parse(text.slice(at, end));
    const key = canonical(value);
    if (key === undefined) return undefined;
    const kind = typeof value === "string" ? 1 : 2;
    let [high, low] = [0x811c9dc5 ^ kind, 0x9e3779b9 ^ kind];
    for (const char of String(key)) {
      high = Math.imul(high ^ char.charCodeAt(0), 0x01000193);
      low = Math.imul(low ^ char.charCodeAt(0), 0x85ebca6b);
    }
    ends.push(end - from);
    hashes.push(high, low);
    at = end;
    if (text[at] !== ",") break;
    at++;
  }
  return {
    end: at,
    count: ends.length,
    ends: Int32Array.from(ends),
    hashes: Int32Array.from(hashes),
    // deno-lint-ignore no-control-regex
    isAscii: /^[\x00-\x7f]*$/.test(text.slice(from, at)),
  };
}

function endOfValue(text: string, from: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let i = from; i <= text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === "\\") i++;
      else if (char === '"') inString = false;
      else if (char === undefined) return undefined;
      continue;
    }
    if (depth === 0 && i > from && (char === undefined || char === "," || char === "]")) return i;
    if (char === '"') inString = true;
    else if (char === "[" || char === "{") depth++;
    else if (char === "]" || char === "}") depth--;
    else if (char === undefined) return undefined;
    if (depth > VALUE_DEPTH_MAX) return undefined;
  }
  return undefined;
}
