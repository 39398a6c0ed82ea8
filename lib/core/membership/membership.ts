/** This node among the members: what others say of it, and what its requests change [M2] [M3] [M5]. */
import type { Log } from "../log/log.ts";
import type { InitBody, JoinRequest } from "../requests.ts";
import { MemberList } from "./member_list.ts";
import {
  epochAbove,
  isLaterMember,
  type MemberRecord,
  readMember,
  type WireMember,
  writeMember,
} from "./record.ts";

/** A cluster has at most so many members; a list that was given may be longer. */
export const MEMBERS_MAX = 1_024;

/** The note in which a node keeps the members that it found. */
export const MEMBERS_NOTE = "members";

/** What a store remembers of the cluster that its node has joined. */
export interface KnownCluster {
  readonly clusterId: string;
  readonly members: readonly WireMember[];
}

/** What the notes of a store say of it; undefined where its node has joined none. */
export function knownCluster(
  notes: Iterable<readonly [name: string, text: string]>,
): KnownCluster | undefined {
  for (const [name, text] of notes) if (name === MEMBERS_NOTE) return JSON.parse(text);
  return undefined;
}

export interface MembershipOptions {
  readonly me: string;
  readonly incarnation: number;
  readonly log: Pick<Log, "note" | "notes">;
  readonly init: InitBody;
  /** Sorted, with `me` in it. */
  readonly given: readonly string[];
}

/** What a merge changed. */
export interface Changed {
  /** Empty where nothing changed. */
  readonly news: readonly MemberRecord[];
  /** Why this node is no member any longer; undefined where it is. */
  readonly expelled: string | undefined;
}

export const NOTHING_CHANGED: Changed = { news: [], expelled: undefined };

export class Membership {
  readonly list: MemberList;
  readonly #options: MembershipOptions;
  readonly #clusterId: string;
  /** Of this process; above that of the one before it, even where the clock went back. */
  #life: number;
  #expelled: string | undefined;

  constructor(options: MembershipOptions, now: number) {
    const { me, incarnation, init, given, log } = options;
    const { members, cluster_id } = init;
    const noted = knownCluster(log.notes());
    this.#options = options;
    this.#clusterId = cluster_id ?? noted?.clusterId ?? "";
    this.#life = incarnation;
    this.list = new MemberList(given, init.addresses);
    if (noted === undefined && members === undefined) return;
    this.list.merge(readMembers([...members ?? [], ...noted?.members ?? []]), now);
    const own = this.list.of(me);
    if (own?.status === "joined" && own.epoch > 0 && own.incarnation !== incarnation) {
      this.#speakAsNewProcess(own, now);
    }
    if (own?.status === "removed") this.#expelled = `${me} ${whyNot(own)}`;
    this.#keep();
  }

  /** Why this node is no member any longer; undefined while it is one. */
  get expelled(): string | undefined {
    return this.#expelled;
  }

  get clusterId(): string {
    return this.#clusterId;
  }

  /** Takes in what is said of members; of this node it may say that it is none any longer [M2]. */
  merge(told: Iterable<WireMember>, now: number): Changed {
    return this.#changed(this.list.merge(readMembers(told), now), now);
  }

  /** A node asks to be a member, or says that it still is one. Returns why it cannot be [M3]. */
  join(request: JoinRequest, now: number): Changed | { readonly fault: string } {
    const { id, incarnation, epoch, address } = request;
    const known = this.list.of(id);
    // A seed may lead a node to itself, which is told what it knows.
    if (id === this.#options.me && incarnation !== known?.incarnation) {
      return { fault: `this is ${id} itself; no two nodes may have one id` };
    }
    if (known === undefined && this.list.ids.length >= MEMBERS_MAX) {
      return { fault: `a cluster has at most ${MEMBERS_MAX} members` };
    }
    const isKnown = known !== undefined && known.epoch === epoch;
    // One whose disk went back reads in the answer what it has forgotten, and acts on it.
    const isNews = isKnown ? incarnation > known.incarnation : incarnation !== known?.incarnation;
    if (known?.status === "joined" && !isNews) return NOTHING_CHANGED;
    const joined: MemberRecord = {
      id,
      epoch: epoch ?? Math.max(incarnation, known === undefined ? 1 : epochAbove(known)),
      incarnation,
      status: "joined",
      address,
      at: isKnown ? known.at : now,
    };
    if (known !== undefined && !isLaterMember(joined, known)) return { fault: `${id} ${whyNot(known)}` };
    return this.#changed(this.list.merge([joined], now), now);
  }

  /** A member is gone for good, or this node leaves. `heard`: its latest incarnation that was heard [M5]. */
  end(
    id: string,
    status: "left" | "removed",
    heard: number,
    now: number,
  ): Changed | { readonly fault: string } {
    const known = this.list.of(id);
    if (known === undefined) return { fault: `${id} is no member` };
    if (known.status !== "joined") return NOTHING_CHANGED;
    const incarnation = Math.max(known.incarnation, heard);
    const news = this.list.merge([{ ...known, incarnation, status, at: now }], now);
    this.#keep();
    return { news, expelled: undefined };
  }

  /** What is to be told to a node that is no member any longer; undefined for one that is, or never was. */
  farewell(id: string): WireMember | undefined {
    const known = this.list.of(id);
    return known === undefined || known.status === "joined" ? undefined : writeMember(known);
  }

  #changed(news: readonly MemberRecord[], now: number): Changed {
    const own = news.findLast(({ id }) => id === this.#options.me);
    const asserted = own === undefined ? [] : this.#hearOfMyself(own, now);
    if (news.length > 0) this.#keep();
    return { news: [...news, ...asserted], expelled: this.#expelled };
  }

  /** Others know this node as it is, or it is no member any longer, or another process has its id: the older one keeps it [M2]. */
  #hearOfMyself(own: MemberRecord, now: number): readonly MemberRecord[] {
    const { me } = this.#options;
    if (own.status === "removed") this.#expelled = `${me} ${whyNot(own)}`;
    if (own.status !== "joined") return [];
    if (own.incarnation === this.#life) return [];
    // Nobody else can be at this node's address: it is a life of its own that it has forgotten.
    const isMine = own.address !== "" && own.address === this.#options.init.address;
    if (isMine) return this.#speakAsNewProcess(own, now);
    if (own.incarnation < this.#life) {
      const where = own.address === "" ? "" : ` at ${own.address}`;
      this.#expelled = `another ${me}${where} is a member already; no two nodes may have one id`;
      return [];
    }
    return this.#assertMyself({ ...own, epoch: epochAbove(own) }, now);
  }

  /** The others learn that this is another process of this member, and where it is now. */
  #speakAsNewProcess(own: MemberRecord, now: number): readonly MemberRecord[] {
    this.#life = Math.max(this.#life, own.incarnation + 1);
    return this.#assertMyself(own, now);
  }

  #assertMyself(own: MemberRecord, now: number): readonly MemberRecord[] {
    const address = this.#options.init.address ?? "";
    return this.list.merge([{ ...own, incarnation: this.#life, address }], now);
  }

  #keep(): void {
    const { log } = this.#options;
    const known: KnownCluster = { clusterId: this.#clusterId, members: [...this.list].map(writeMember) };
    log.note(MEMBERS_NOTE, JSON.stringify(known));
  }
}

function readMembers(told: Iterable<WireMember>): readonly MemberRecord[] {
  return [...told].flatMap((each) => readMember(each) ?? []);
}

function whyNot({ status }: MemberRecord): string {
  if (status === "left") return "has left the cluster: it comes back by a join with an empty log";
  if (status === "removed") return "was removed from the cluster: it comes back by a join with an empty log";
  return "is another node by now, which joined later";
}
