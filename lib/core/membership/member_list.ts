/** The members of the cluster, and who left or was removed: the same on every node that knows the same records [M1]. */
import { ABSENCE_MAX_MS } from "../retention/retirement.ts";
import { givenMember, isLaterMember, type MemberRecord } from "./record.ts";

interface Kept {
  readonly record: MemberRecord;
  /** The revision with which it came. */
  readonly changedAt: number;
}

export class MemberList implements Iterable<MemberRecord> {
  /** Sorted, each once; many nodes may share it. Only what differs from it has a record. */
  readonly #given: readonly string[];
  readonly #addresses: Readonly<Record<string, string>>;
  readonly #kept = new Map<string, Kept>();
  #revision = 0;
  #ids: readonly string[];

  /** `addresses`: of those that are given, by id. */
  constructor(given: readonly string[], addresses: Readonly<Record<string, string>> = {}) {
    this.#given = given;
    this.#addresses = addresses;
    this.#ids = given;
  }

  /** Counts changes: a list as it was given is revision 0, of which nothing is said [M4]. */
  get revision(): number {
    return this.#revision;
  }

  /** Of all that have joined and neither left nor were removed, sorted. */
  get ids(): readonly string[] {
    return this.#ids;
  }

  /** Undefined for one that never was a member, as far as is known. */
  of(id: string): MemberRecord | undefined {
    return this.#kept.get(id)?.record ?? (this.#given.includes(id) ? this.#givenOf(id) : undefined);
  }

  /** Takes in what is later than what is known. Returns it; `now` in ms, as those that went too long ago are forgotten [M6]. */
  merge(records: Iterable<MemberRecord>, now: number): readonly MemberRecord[] {
    const news: MemberRecord[] = [];
    for (const record of records) {
      const known = this.of(record.id);
      if (known === undefined ? isForgotten(record, now) : !isLaterMember(record, known)) continue;
      this.#kept.set(record.id, { record, changedAt: ++this.#revision });
      news.push(record);
    }
    if (news.length === 0) return news;
    for (const [id, { record }] of this.#kept) {
      if (isForgotten(record, now) && !this.#given.includes(id)) this.#kept.delete(id);
    }
    this.#ids = this.#joined();
    return news;
  }

  /** What changed after a revision, in the order in which it did. */
  since(revision: number): (readonly [record: MemberRecord, changedAt: number])[] {
    return [...this.#kept.values()].filter(({ changedAt }) => changedAt > revision)
      .sort((a, b) => a.changedAt - b.changedAt)
      .map(({ record, changedAt }) => [record, changedAt]);
  }

  /** All that is known, in order of the ids. */
  *[Symbol.iterator](): Iterator<MemberRecord> {
    const ids = new Set([...this.#given, ...this.#kept.keys()]);
    for (const id of [...ids].sort()) yield this.#kept.get(id)?.record ?? this.#givenOf(id);
  }

  #givenOf(id: string): MemberRecord {
    return givenMember(id, this.#addresses[id]);
  }

  #joined(): readonly string[] {
    const joined: string[] = [];
    for (const { id, status } of this) if (status === "joined") joined.push(id);
    return joined;
  }
}

function isForgotten({ status, at }: MemberRecord, now: number): boolean {
  return status !== "joined" && at + ABSENCE_MAX_MS < now;
}
