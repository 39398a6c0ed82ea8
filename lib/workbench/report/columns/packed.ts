/** Columns as text that can stand in a page: JSON, deflated, in base64. */
import { deflateSync, inflateSync, strFromU8, strToU8 } from "fflate";
import { type Columns, sums } from "./columns.ts";

/** Characters that are made of bytes at once; a call takes only so many arguments. */
const CHUNK = 8_192;

/** A node had a value when the first message arrived that brought it: mostly, so that it need not be said. */
const AS_BROUGHT = -2;

export function pack(columns: Columns): string {
  const brought = broughtAt(columns);
  const had = columns.values.had.map((ticks, i) => ticks >= 0 && ticks === brought[i] ? AS_BROUGHT : ticks);
  const bytes = deflateSync(strToU8(JSON.stringify(withHad(columns, had))), { level: 6 });
  let binary = "";
  for (let i = 0; i < bytes.length; i += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  }
  return btoa(binary);
}

/** Reads only what `pack` wrote. */
export function unpack(text: string): Columns {
  const binary = atob(text);
  const bytes = Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
  const columns: Columns = JSON.parse(strFromU8(inflateSync(bytes)));
  const brought = broughtAt(columns);
  const had = columns.values.had.map((ticks, i) => ticks === AS_BROUGHT ? brought[i] ?? -1 : ticks);
  return withHad(columns, had);
}

function withHad(columns: Columns, had: readonly number[]): Columns {
  return { ...columns, values: { ...columns.values, had } };
}

/** For each value, and in it for each node: when the first message arrived that brought it, ticks after it was told. */
function broughtAt({ nodes, messages, values }: Columns): Float64Array {
  const [sent, listing, told] = [messages.sent, messages.listing, values.told].map(sums);
  const first = new Float64Array(values.text.length * nodes.length).fill(Infinity);
  let next = 0;
  messages.listed.forEach((listed, message) => {
    const begin = next;
    next += listed;
    if (messages.drop[message] !== 0) return;
    const endedAt = (sent?.[message] ?? 0) + (messages.took[message] ?? 0);
    for (let i = begin; i < next; i++) {
      const value = listing?.[i] ?? 0;
      const place = value * nodes.length + (messages.dest[message] ?? 0);
      first[place] = Math.min(first[place] ?? Infinity, endedAt - (told?.[value] ?? 0));
    }
  });
  return first;
}
