/** Nodes for keys: a right one with a hybrid clock, as anybody might write it, and some that are wrong in one way. */
import type { Body, Json } from "../../../lib/core/message.ts";
import { type Born, gossiping } from "./gossip.ts";

/** The latest of a key, as nodes tell each other; without a value it is deleted. */
interface Latest {
  readonly place: string;
  readonly id: string | null;
  readonly stamp: number;
  readonly origin: string;
  readonly value?: Json;
}

/** What a node does in another way than the right one. */
interface Ways {
  /** The time that a write gets, from the clock and the last time that the node has seen, both in us. */
  readonly stamp?: (clock: number, seen: number, born: Born) => number;
  /** Whether what comes takes the place of what is there. */
  readonly replaces?: (next: Latest, had: Latest, born: Born) => boolean;
  readonly placeOf?: (body: Body) => string;
  /** Whether a deletion is remembered, and not only done. */
  readonly buries?: boolean;
  /** Of which keys a node that goes on after a pause knows nothing any more. */
  readonly forgets?: (place: string) => boolean;
  readonly shows?: (value: Json) => Json;
  /** How long the latest is kept, ms. */
  readonly ageMs?: number;
}

const isLater = (next: Latest, had: Latest): boolean =>
  next.stamp > had.stamp || (next.stamp === had.stamp && next.origin > had.origin);

const placeIn = (body: Body): string => `${body["topic"]}/${body["key"]}`;

function node(ways: Ways = {}) {
  const { stamp = (clock, seen) => Math.max(clock, seen + 1), replaces = isLater } = ways;
  const {
    placeOf = placeIn,
    buries = true,
    forgets = () => false,
    shows = (value) => value,
    ageMs = Infinity,
  } = ways;
  return gossiping((born) => {
    const origin = `${born.id} ${born.restarts}`;
    const latest = new Map<string, Latest>();
    let isForgetful = false;
    const ids = new Set<string>();
    let seen = 0;
    const take = (next: Latest): void => {
      const had = latest.get(next.place);
      seen = Math.max(seen, next.stamp);
      if (next.id !== null) ids.add(next.id);
      if (had === undefined || replaces(next, had, born)) latest.set(next.place, next);
    };
    const write = (body: Body): void => {
      const id = typeof body["id"] === "string" ? body["id"] : null;
      if (id !== null && ids.has(id)) return;
      seen = stamp(Math.floor(born.now() * 1000), seen, born);
      const value = body.type === "delete" ? {} : { value: jsonOf(body["message"]) };
      const next = { place: placeOf(body), id, stamp: seen, origin, ...value };
      if (body.type === "delete" && !buries) latest.delete(next.place);
      else take(next);
    };
    return {
      answer(body) {
        if (body.type === "broadcast" || body.type === "delete") write(body);
        if (body.type !== "get") return {};
        const found = latest.get(placeOf(body));
        const isForgotten = found !== undefined && isForgetful && forgets(found.place);
        const isGone = isForgotten || born.now() - (found?.stamp ?? 0) / 1000 > ageMs;
        if (found?.value === undefined || isGone) return { type: "error", code: 20 };
        return { value: shows(found.value), stamp: found.stamp };
      },
      state: () => [...latest.values()].map((each) => ({ ...each })),
      merge(state) {
        const told: Latest[] = JSON.parse(JSON.stringify(state));
        told.forEach(take);
      },
      resumed: () => isForgetful = true,
    };
  });
}

/** How far the clock of n1 is behind, us. */
const BEHIND_US = 5_000_000;

export const keyNodes = {
  right: node(),
  "one clock is behind": node({
    stamp: (clock, seen, { id }) => Math.max(id === "n1" ? clock - BEHIND_US : clock, seen + 1),
  }),
  "one clock is behind, and nothing else counts": node({
    stamp: (clock, _, { id }) => id === "n1" ? clock - BEHIND_US : clock,
  }),
  "the last to arrive": node({ replaces: () => true }),
  "among equals, its own": node({
    stamp: (clock) => Math.floor(clock / 1e6),
    replaces: (next, had, { id }) =>
      next.stamp > had.stamp || (next.stamp === had.stamp && next.origin.startsWith(id)),
  }),
  "forgets deletions": node({ buries: false }),
  "forgets a key at a pause": node({ forgets: (place) => place === "exam/a/b" }),
  "forgets what is old": node({ ageMs: 3_000 }),
  "has no topics": node({ placeOf: (body) => String(body["key"]) }),
  "invents values": node({ shows: (value) => typeof value === "number" ? value + 0.5 : value }),
};

function jsonOf(value: unknown): Json {
  const parsed: Json = JSON.parse(JSON.stringify(value));
  return parsed;
}
