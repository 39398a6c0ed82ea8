/** What a snapshot means: how each member is, and the one sentence that says how the cluster is. */
import type { Member, Snapshot } from "../../../service/live/snapshot.ts";
import { count, list, time } from "./words.ts";

/** Values that a member lacks and that do not get fewer for so long do not arrive, ms. */
export const STUCK_MS = 5_000;
/** What a member has said is not counted on once it is so old, ms. */
const HEARD_MS = 5_000;

/** So long others may take to notice what this node has noticed, ms. */
const LOST_MS = 1_000;

export type State =
  | "self"
  | "up"
  /** Its link is down, and another member passes on what it is told. */
  | "detour"
  /** It lacks values, and has got none for STUCK_MS. */
  | "stuck"
  /** It keeps no values: its disk is full, or fails. */
  | "faulty"
  | "out";

export interface Seen {
  readonly member: Member;
  readonly state: State;
  /** How it is, in few words. */
  readonly words: string;
  /** The members that have no link to it or suspect it, as far as anybody who is reached says so. */
  readonly unreachedBy: readonly string[];
}

export interface Health {
  readonly level: "good" | "warn" | "bad";
  /** "5 of 5 up, all agree on 12,345 values" */
  readonly sentence: string;
  /** Its beginning, which is another only where something has happened: "5 of 5 up" */
  readonly head: string;
  readonly seen: readonly Seen[];
  /** The same text as long as nothing has happened that is worth a word. */
  readonly key: string;
  /** Entries that the member lacks that lacks most. */
  readonly behind: number;
  /** All that are reached hold the same values, as far as they have said. */
  readonly agrees: boolean;
}

/** Remembers from snapshot to snapshot when each member last got on. */
export class Judge {
  readonly #moved = new Map<string, { readonly mark: string; readonly at: number }>();

  /** `now`: ms, on any clock that goes on. */
  judge(snapshot: Snapshot, now: number): Health {
    const ways = waysIn(snapshot);
    const unreached = unreachedIn(snapshot, ways);
    const seen = snapshot.members.map((member): Seen => {
      const state = this.#stateOf(member, snapshot, ways, now);
      return {
        member,
        state,
        words: wordsOf(member, state, ways.get(member.id)),
        unreachedBy: unreached.get(member.id) ?? [],
      };
    });
    return { ...verdict(snapshot, seen), seen };
  }

  #stateOf(
    member: Member,
    { id, view }: Snapshot,
    ways: ReadonlyMap<string, string>,
    now: number,
  ): State {
    const isOut = !ways.has(member.id);
    const said = isOut ? undefined : heardOf(member);
    const isStuck = this.#isStuck(member.id, said, now);
    if (isOut) return "out";
    const { storage } = member.id === id ? view : said?.view ?? { storage: "" };
    if (/full|failed/.test(storage)) return "faulty";
    if (member.id === id) return "self";
    return member.link?.up === false ? "detour" : isStuck ? "stuck" : "up";
  }

  #isStuck(id: string, said: Said | undefined, now: number): boolean {
    if (said === undefined || said.agrees) return this.#moved.delete(id) && false;
    const mark = `${said.view.entries} ${said.view.digest}`;
    const known = this.#moved.get(id);
    if (known?.mark === mark) return now - known.at >= STUCK_MS && said.behind > 0;
    this.#moved.set(id, { mark, at: now });
    return false;
  }
}

type Said = NonNullable<Member["said"]>;

/** What it has said, unless that is old. */
export function heardOf({ said }: Member): Said | undefined {
  return said !== null && said.age_ms <= HEARD_MS ? said : undefined;
}

/** Members to which a way leads, each with the member that is the first on it: itself, where this node has a link to it. */
function waysIn({ id: me, members }: Snapshot): ReadonlyMap<string, string> {
  const ways = new Map([[me, me]]);
  for (const { id, link } of members) if (link?.up === true) ways.set(id, id);
  const near = new Set(ways.keys());
  const others = members.filter(({ id }) => id !== me);
  const lost = others.filter(({ id }) => !ways.has(id));
  // Those that are several links away are found one after the other.
  for (let size = -1; size < ways.size;) {
    size = ways.size;
    for (const member of lost) {
      const by = others.filter((other) => ways.has(other.id) && passesOn(other, member, near))
        .sort((a, b) => Number(b.id === member.relay) - Number(a.id === member.relay))[0];
      if (by !== undefined) ways.set(member.id, ways.get(by.id) ?? by.id);
    }
  }
  return ways;
}

/** Whether a way leads over `by` to a member whose link to this node is down. What is younger than its loss may not count yet. */
function passesOn(by: Member, { id, link, relay }: Member, near: ReadonlySet<string>): boolean {
  const lostForMs = link?.for_ms ?? 0;
  if (lostForMs < LOST_MS) return false;
  const said = heardOf(by);
  if (said === undefined || !near.has(by.id)) return relay === by.id;
  return said.age_ms + LOST_MS <= lostForMs && !said.view.down.includes(id);
}

/** By member, who has no link to it or suspects it; of those that are out of reach nothing new is known. */
function unreachedIn(
  { id: me, members }: Snapshot,
  ways: ReadonlyMap<string, string>,
): Map<string, string[]> {
  const own = members.filter(({ link }) => link?.up === false).map(({ id }) => id);
  const by = new Map<string, string[]>();
  for (const member of members) {
    if (!ways.has(member.id)) continue;
    const down = member.id === me ? own : heardOf(member)?.view.down ?? [];
    for (const each of new Set([...member.suspects, ...down])) {
      const list = by.get(each);
      if (list === undefined) by.set(each, [member.id]);
      else list.push(member.id);
    }
  }
  return by;
}

function wordsOf({ link, said }: Member, state: State, first: string | undefined): string {
  switch (state) {
    case "self":
      return "this node";
    case "up":
      return "up";
    case "detour":
      return `through ${first}`;
    case "stuck":
      return "gets no values";
    case "faulty":
      return said?.view.storage === "full" ? "its disk is full" : "its disk fails";
    case "out":
      return `out of reach ${time(link?.for_ms ?? 0)}`;
  }
}

/** The sentence in two parts: how the members are, and what they hold. */
type Verdict = Pick<Health, "level" | "head"> & { readonly tail?: string };

function verdict(snapshot: Snapshot, seen: readonly Seen[]): Omit<Health, "seen"> {
  const idsThat = (...states: readonly State[]) =>
    seen.filter(({ state }) => states.includes(state)).map(({ member }) => member.id);
  const troubles = [idsThat("out"), idsThat("faulty"), idsThat("stuck"), idsThat("detour")] as const;
  const heard = seen.flatMap(({ member, state }) => state === "out" ? [] : heardOf(member) ?? []);
  const differing = heard.filter(({ agrees }) => !agrees);
  const behind = Math.max(0, ...differing.map((said) => said.behind));
  // What is said is of the worst alone.
  const worst = troubles.findIndex((ids) => ids.length > 0);
  const key = JSON.stringify([snapshot.waits, worst, troubles[worst], seen.map(({ member: { id } }) => id)]);
  const holding = { all: seen.length, heard: heard.length + 1, differing: differing.length, behind };
  const { level, head, tail } = verdictOn(snapshot, troubles, holding);
  return {
    ...{ level, head, key, behind },
    sentence: tail === undefined ? head : `${head}, ${tail}`,
    agrees: differing.length === 0 && holding.heard === holding.all,
  };
}

interface Holding {
  readonly all: number;
  /** Of how many it is known what they hold. */
  readonly heard: number;
  readonly differing: number;
  readonly behind: number;
}

function verdictOn(
  { id, waits, whole, view: { values } }: Snapshot,
  [out, faulty, stuck, detour]: readonly [Ids, Ids, Ids, Ids],
  holding: Holding,
): Verdict {
  const { all } = holding;
  if (waits !== undefined) return { level: "warn", head: `${id} is no member yet: ${waits}` };
  if (!whole) return { level: "good", head: `${id} is up`, tail: `holding ${count(values)} values` };
  if (out.length > 0) return { level: "bad", head: `${out.length} of ${all} out of reach: ${list(out)}` };
  const up = `${all} of ${all} up`;
  if (faulty.length > 0) return { level: "bad", head: `${up}: ${those(faulty, "keeps", "keep")} no values` };
  if (stuck.length > 0) return { level: "warn", head: `${up}: ${those(stuck, "lacks", "lack")} values` };
  const tail = agreement(values, holding);
  return detour.length > 0
    ? { level: "warn", head: `${up}, ${list(detour)} round a cut`, tail }
    : { level: "good", head: up, tail };
}

function agreement(values: number, { all, heard, differing, behind }: Holding): string {
  const held = `${count(values)} values`;
  if (heard === 1) return `holding ${held}`;
  if (differing === 0) return `${heard === all ? "all" : heard} agree on ${held}`;
  return `${held}, ${behind === 0 ? "some" : `at most ${count(behind)}`} on their way`;
}

type Ids = readonly string[];

function those(ids: Ids, one: string, several: string): string {
  return `${list(ids)} ${ids.length === 1 ? one : several}`;
}
