/** What a snapshot means: how each member is, and the one sentence that says how the cluster is. */
import type { Member, Snapshot } from "../../../service/live/snapshot.ts";
import { count, list, time } from "./words.ts";

/** Values that a member lacks and that do not get fewer for so long do not arrive, ms. */
export const STUCK_MS = 5_000;
/** What a member has said is not counted on once it is so old, ms. */
const HEARD_MS = 5_000;

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
  /** Who suspects it, as far as anybody who is reached says so. */
  readonly suspectedBy: readonly string[];
}

export interface Health {
  readonly level: "good" | "warn" | "bad";
  /** "5 of 5 up, all agree on 12,345 values" */
  readonly sentence: string;
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
    const suspects = suspectedIn(snapshot, ways);
    const seen = snapshot.members.map((member): Seen => {
      const state = this.#stateOf(member, snapshot, ways, now);
      return {
        member,
        state,
        words: wordsOf(member, state, ways.get(member.id)),
        suspectedBy: suspects.get(member.id) ?? [],
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
function heardOf({ said }: Member): Said | undefined {
  return said !== null && said.age_ms <= HEARD_MS ? said : undefined;
}

/** Members to which a way leads, each with the member that is the first on it: itself, where this node has a link to it. */
function waysIn({ id: me, members }: Snapshot): ReadonlyMap<string, string> {
  const by = new Map(members.map((member) => [member.id, member]));
  const isUp = (id: string) => by.get(id)?.link?.up === true;
  const ownRelay = by.get(me)?.relay ?? undefined;
  /** By the tree: the child of this node above it, or else the relay of this node. */
  const firstHop = (id: string): string | undefined => {
    const relay = by.get(id)?.relay;
    if (relay === me) return id;
    return relay === undefined || relay === null ? ownRelay : firstHop(relay);
  };
  const ways = new Map([[me, me]]);
  for (const { id, relay } of members) {
    const first = id === me || isUp(id) ? id : relay === undefined ? undefined : firstHop(id);
    if (first !== undefined && (first === me || isUp(first))) ways.set(id, first);
  }
  return ways;
}

/** By member, who suspects it; nothing new is known of what those suspect that are out of reach. */
function suspectedIn({ members }: Snapshot, ways: ReadonlyMap<string, string>): Map<string, string[]> {
  const by = new Map<string, string[]>();
  for (const { id, suspects } of members) {
    if (!ways.has(id)) continue;
    for (const each of suspects) {
      const list = by.get(each);
      if (list === undefined) by.set(each, [id]);
      else list.push(id);
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

interface Verdict {
  readonly level: Health["level"];
  readonly sentence: string;
}

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
  return { ...verdictOn(snapshot, troubles, holding), key, behind, agrees: differing.length === 0 };
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
  if (waits !== undefined) return { level: "warn", sentence: `${id} is no member yet: ${waits}` };
  if (!whole) return { level: "good", sentence: `${id} is up and holds ${count(values)} values` };
  if (out.length > 0) return { level: "bad", sentence: `${out.length} of ${all} out of reach: ${list(out)}` };
  const up = `${all} of ${all} up`;
  if (faulty.length > 0) {
    return { level: "bad", sentence: `${up}: ${those(faulty, "keeps", "keep")} no values` };
  }
  if (stuck.length > 0) return { level: "warn", sentence: `${up}: ${those(stuck, "lacks", "lack")} values` };
  const round = detour.length > 0 ? `, ${list(detour)} round a cut` : "";
  return { level: round === "" ? "good" : "warn", sentence: `${up}${round}, ${agreement(values, holding)}` };
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
