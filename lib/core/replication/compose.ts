/** What goes into a message to one peer: the part of the digest, the entries and the links that it lacks. */
import { assert, at } from "../assert.ts";
import type { IntervalSet } from "../log/interval_set.ts";
import type { Log } from "../log/log.ts";
import type { MemberList } from "../membership/member_list.ts";
import { writeMember } from "../membership/record.ts";
import { Texts } from "../log/texts.ts";
import type { Range, Run } from "../log/runs.ts";
import { type Exchange, MEMBERS_PER_MESSAGE, ORIGINS_MAX, SPANS_MAX } from "../message.ts";
import type { Digest } from "../log/digest.ts";
import { type Batch, BATCH_BYTES_MAX, BATCH_ENTRIES_MAX } from "./pacing.ts";
import type { RetiredLives } from "../retention/retired_lives.ts";
import { writeAdvertisement } from "../topology/advertisement.ts";
import type { LinkState, StoredAdvertisement } from "../topology/link_state.ts";
import type { Members } from "../topology/members.ts";
import { byteLength, NUMBER_BYTES, roomFor } from "../size.ts";

/** Digest and links of one message take at most so many bytes each, so that all of it fits in a line of the carriers [F8]. */
export const DIGEST_BYTES_MAX = 192 * 1024;
export const LINKS_BYTES_MAX = 128 * 1024;

/**
 * What is held of each origin that grew after the revision `since`, and the log's revision that this tells of.
 * Those that grew first come first, so that the rest can be told of later; to name less than is held is harmless [E3] [F8].
 */
export function composeDigest(log: Log, since: number): { digest: Exchange["digest"]; revision: number } {
  const digest: Exchange["digest"] = [];
  let revision = since;
  let bytes = 0;
  for (const { name, held, changedAt } of log.grownSince(since)) {
    const spans = held.flat(SPANS_MAX);
    bytes += roomFor(name) + NUMBER_BYTES * spans.length;
    if (digest.length === ORIGINS_MAX || bytes > DIGEST_BYTES_MAX) return { digest, revision };
    digest.push([name, spans]);
    revision = changedAt;
  }
  return { digest, revision: log.revision };
}

/** Lives that are retired take no more of one message, bytes [F8]. */
export const RETIRED_BYTES_MAX = 64 * 1024;

/** The lives that were retired after a revision, as many as have room, and the revision that these tell of [G7]. */
export function composeRetired(
  lives: RetiredLives,
  since: number,
): { retired: [string, number][]; revision: number } {
  const retired: [string, number][] = [];
  let revision = since;
  let bytes = 0;
  for (const [[node, incarnation], changedAt] of lives.revision === since ? [] : lives.since(since)) {
    bytes += roomFor(node) + NUMBER_BYTES;
    if (retired.length === ORIGINS_MAX || bytes > RETIRED_BYTES_MAX) break;
    retired.push([node, incarnation]);
    revision = changedAt;
  }
  return { retired, revision };
}

/** Members take no more of one message, bytes [F8]. */
export const MEMBERS_BYTES_MAX = 64 * 1024;

/** The members that changed after a revision, as many as have room, and the revision that these tell of [M4]. */
export function composeMembers(
  list: MemberList,
  since: number,
): { members: NonNullable<Exchange["members"]>; revision: number } {
  const members: NonNullable<Exchange["members"]> = [];
  let revision = since;
  let bytes = 0;
  for (const [record, changedAt] of list.revision === since ? [] : list.since(since)) {
    bytes += roomFor(record.id) + roomFor(record.address) + 4 * NUMBER_BYTES;
    if (members.length === MEMBERS_PER_MESSAGE || bytes > MEMBERS_BYTES_MAX) break;
    members.push(writeMember(record));
    revision = changedAt;
  }
  return { members, revision };
}

export interface LinksPart {
  readonly links: NonNullable<Exchange["links"]>;
  /** The links' revision that these tell of; below the newest where not all had room. */
  readonly revision: number;
}

/** The advertisements that changed after the revision `since`, as many as have room [K2] [F8]. */
export function composeLinks(all: LinkState, members: Members, since: number): LinksPart {
  if (all.revision === since) return { links: [], revision: all.revision };
  const changed = [...all.advertisements].filter(([, told]) => told.changedAt > since)
    .sort((a, b) => a[1].changedAt - b[1].changedAt);
  const links: NonNullable<Exchange["links"]> = [];
  let revision = since;
  let bytes = 0;
  for (const [node, row] of changed) {
    const told = toldOf(members, node, row);
    bytes += told.bytes;
    if (links.length > 0 && bytes > LINKS_BYTES_MAX) return { links, revision };
    links.push(told.word);
    revision = row.changedAt;
  }
  return { links, revision: all.revision };
}

interface Told {
  readonly word: LinksPart["links"][number];
  /** What it takes on the wire, at most. */
  readonly bytes: number;
}

/** A relay passes one advertisement on to many: all their messages share it. */
const toldOnce = new WeakMap<StoredAdvertisement, Told>();

function toldOf(members: Members, node: number, row: StoredAdvertisement): Told {
  const known = toldOnce.get(row);
  if (known !== undefined) return known;
  const word = writeAdvertisement(members, node, row);
  const told: Told = { word, bytes: byteLength([word[0], ...word[3], ...word[4]]) + 2 * NUMBER_BYTES };
  toldOnce.set(row, told);
  return told;
}

/** Takes what is not in `sent`, up to a batch, and counts it as sent [E2] [F2]; of what is gone, that it is [G4]. */
export function takeBatch(
  log: Log,
  sent: Digest,
  bytesMax: number = BATCH_BYTES_MAX,
  first: Iterable<Digest> = [],
): Batch {
  const runs: Run[] = [];
  const gaps: Range[] = [];
  let entries = 0;
  let bytes = 0;
  // Of what is held of this origin, as much as is not sent, until the batch has so many bytes.
  const take = (origin: string, held: IntervalSet, most: number) => {
    const known = sent.of(origin);
    for (const [from, to] of known.lacks(held)) {
      for (let seq = from; seq <= to;) {
        if (entries >= BATCH_ENTRIES_MAX || bytes >= most) return;
        const goneTo = log.goneTo(origin, seq);
        if (goneTo !== undefined) {
          const end = Math.min(to, goneTo);
          gaps.push({ origin, seq, count: end + 1 - seq });
          bytes += roomFor(origin) + 2 * NUMBER_BYTES;
          known.addSpan(seq, end);
          seq = end + 1;
          continue;
        }
        const last = Math.min(to, seq + BATCH_ENTRIES_MAX - entries - 1);
        const run = log.take(origin, seq, last, most - bytes);
        const { length } = run.texts;
        runs.push(run);
        entries += length;
        bytes += run.texts.bytes + length + roomFor(origin) + NUMBER_BYTES;
        known.addSpan(seq, seq + length - 1);
        seq += length;
      }
    }
  };
  // However much of it there is, the rest must come to its end, too [F7].
  for (const part of first) for (const [origin, held] of part) take(origin, held, bytesMax / 2);
  for (const { name, held } of sent.gaps(log)) take(name, held, bytesMax);
  assert(entries <= BATCH_ENTRIES_MAX, "a batch has its end");
  return { runs: joined(runs), gaps, bytes, more: sent.lacks(log) };
}

/** What goes on where a block ends is one run all the same. */
function joined(runs: readonly Run[]): readonly Run[] {
  if (runs.length < 2) return runs;
  const found: Run[] = [];
  for (let i = 0; i < runs.length;) {
    const first = at(runs, i);
    const parts: Texts[] = [];
    for (let next = first.seq; goesOn(runs[i], first, next); i++) {
      const { texts } = at(runs, i);
      parts.push(texts);
      next += texts.length;
    }
    found.push(parts.length === 1 ? first : { ...first, texts: Texts.joined(parts) });
  }
  return found;
}

function goesOn(run: Run | undefined, { origin, topic }: Run, seq: number): boolean {
  return run?.seq === seq && run.origin === origin && run.topic === topic;
}
