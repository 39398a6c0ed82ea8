/** Which values each message brought: as its protocol says, or guessed from what stands in it where nobody knows that. */
import { type Body, type Json, readPeerMessage } from "../../../core/message.ts";
import type { Passage } from "../../world/network.ts";
import { type Key, keyOf } from "../../verdict/values.ts";
import { valuesIn } from "../recording.ts";

/** Values that are listed of one message, beside those that its receiver did not have; the others are counted. */
export const LISTED_MAX = 32;
/** Deeper than this nobody looks for values in a message of an unknown protocol. */
const DEPTH_MAX = 8;

export interface Brought {
  /** Places of values, those first that the receiver did not have. */
  readonly listed: readonly number[];
  readonly count: number;
  readonly inferred: boolean;
}

export interface KnownValues {
  readonly nodes: ReadonlyMap<string, number>;
  readonly places: ReadonlyMap<Key, number>;
  /** By value and node: since when it surely had it, NaN for never, ms. */
  readonly hadAt: readonly (readonly number[])[];
}

/** The messages must be in the order in which they were sent. */
export function broughtBy(messages: readonly Passage[], known: KnownValues): readonly Brought[] {
  const { nodes, places, hadAt } = known;
  // A node may know a value long before anybody reads it there.
  const since = hadAt.map((times) => Float64Array.from(times, (at) => Number.isNaN(at) ? Infinity : at));
  return messages.map(({ envelope: { src, dest, body }, sentAt, endedAt, dropped }) => {
    const { found, inferred } = mentionedIn(body);
    const [source, target] = [nodes.get(src), nodes.get(dest)];
    if (found.length === 0 || source === undefined || target === undefined) return NOTHING;
    const fresh: number[] = [];
    const others: number[] = [];
    let count = 0;
    for (const place of placesOf(found, places)) {
      const times = since[place];
      // A number that its sender cannot know is something else.
      if (times === undefined || inferred && !((times[source] ?? Infinity) <= sentAt)) continue;
      count++;
      const isNews = (times[target] ?? Infinity) >= endedAt;
      if (isNews && dropped === undefined) times[target] = endedAt;
      if (isNews) fresh.push(place);
      else if (others.length < LISTED_MAX) others.push(place);
    }
    const room = Math.max(0, LISTED_MAX - fresh.length);
    return count === 0 ? NOTHING : { listed: [...fresh, ...others.slice(0, room)], count, inferred };
  });
}

/** What a message may bring; where nobody knows its protocol, anything that stands in it. */
export function mentionedIn(body: Body): { readonly found: readonly Json[]; readonly inferred: boolean } {
  const told = valuesIn(body);
  const inferred = told.length === 0 && !isKnown(body);
  return { found: inferred ? leavesOf(body) : told, inferred };
}

const NOTHING: Brought = { listed: [], count: 0, inferred: false };

function isKnown(body: Body): boolean {
  if (body.type === "broadcast") return true;
  const message = readPeerMessage(body);
  return message !== undefined && message.type !== "malformed";
}

function placesOf(found: readonly Json[], places: ReadonlyMap<Key, number>): ReadonlySet<number> {
  const met = new Set<number>();
  for (const value of found) {
    const place = places.get(keyOf(value));
    if (place !== undefined) met.add(place);
  }
  return met;
}

/** Numbers and texts anywhere in a body, but for what every body has. */
function leavesOf({ type: _, msg_id: __, in_reply_to: ___, ...rest }: Body): readonly Json[] {
  const leaves: Json[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (typeof value === "number" || typeof value === "string") leaves.push(value);
    else if (typeof value === "object" && value !== null && depth < DEPTH_MAX) {
      for (const each of Object.values(value)) visit(each, depth + 1);
    }
  };
  visit(rest, 0);
  return leaves;
}
