/** Composes one message to a peer, and books it: push, acknowledgement, retry and repair all leave in one shape [W4]. */
import { assert } from "../assert.ts";
import { jittered } from "../backoff.ts";
import type { Overlay } from "../liveness/overlay.ts";
import type { Envelope, Exchange, PeerMessage } from "../message.ts";
import { Runs } from "../log/runs.ts";
import type { MemberList } from "../membership/member_list.ts";
import type { Members } from "../topology/members.ts";
import { composeDigest, composeLinks, composeMembers, composeRetired, type LinksPart } from "./compose.ts";
import type { Batch } from "./pacing.ts";
import type { Departure, Progress } from "./progress.ts";
import type { Rebirth, RebirthOptions } from "./rebirth.ts";
import type { RecentEntries } from "./recent_entries.ts";
import type { Timing } from "./round_trips/timing.ts";
import type { SendReason, Trace } from "../trace.ts";

export interface SenderOptions extends Pick<RebirthOptions, "me" | "log" | "random" | "on"> {
  readonly members: Members;
  readonly list: MemberList;
  readonly overlay: Overlay;
  readonly timing: Timing;
  readonly recent: RecentEntries;
  readonly rebirth: Rebirth;
  readonly send: (envelope: Envelope) => void;
  readonly trace?: Trace;
}

/** What a message is to do beside saying what this node holds. */
export interface Purpose {
  /** An answer is wanted at once. */
  readonly poll?: boolean;
  /** Whatever the peer lacks goes along, neighbour or not. */
  readonly push?: boolean;
  /** This is what a relay has gathered: for how long it does from now on, ms. */
  readonly window?: number;
}

const NOTHING: Batch = { runs: [], gaps: [], bytes: 0, more: false };

export class Sender {
  readonly #options: SenderOptions;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  send(dest: string, body: PeerMessage): void {
    this.#options.send({ src: this.#options.me, dest, body });
  }

  /** How long this node may owe the peer an acknowledgement [E4] [E5]. */
  ackDelayMs(peer: Progress): number {
    const { overlay, timing } = this.#options;
    const isChild = overlay.isNeighbour(peer) && peer !== overlay.relay;
    return timing.ackDelayMs(peer, isChild ? timing.windowMs : undefined);
  }

  /** How long the peer may take to acknowledge. */
  ackTimeoutMs(peer: Progress): number {
    return this.#options.timing.ackTimeoutMs(peer, peer === this.#options.overlay.relay);
  }

  /** Says the one thing there is to say: what this node holds, what the peer lacks, which links are up and which are not [F4]. */
  say(
    peer: Progress,
    now: number,
    reason: SendReason,
    { poll = false, push = false, window }: Purpose = {},
  ): void {
    const { log, list, overlay, recent, on } = this.#options;
    const full = peer.room === 0;
    const isNeighbour = overlay.isNeighbour(peer);
    const batch = !full && (push || isNeighbour) ? peer.take(log, () => recent.fresh(now)) : NOTHING;
    const links = this.#links(peer);
    const members = composeMembers(
      list,
      on.has("member-news") ? peer.flights.confirmed.members : list.revision,
    );
    const isTold = links.revision === overlay.linkState.revision && members.revision === list.revision;
    const hasMembers = members.members.length > 0;
    // An answer does not ask to be confirmed, or two nodes that have news would never come to an end: it is said again later [I9].
    const asksLater = reason === "answer" && (hasMembers || !isTold);
    const viewUpdateDue = isNeighbour && (!isTold || asksLater);
    const asksNow = hasMembers || viewUpdateDue;
    const asks = batch.more || poll || peer.pacing.asks(batch.bytes) || (full && !peer.awaited) ||
      (asksNow && !asksLater);
    const told = { links: links.links, members: members.members };
    const { logRevision, retiredRevision } = this.#exchange(peer, now, batch, told, asks, window);
    const answerBy = this.#book(peer, now, batch, asks, {
      logRevision,
      retiredRevision,
      linksRevision: links.revision,
      membersRevision: members.revision,
      gaps: batch.gaps,
      viewUpdateDue,
      truncated: batch.more || full,
    });
    const { trace } = this.#options;
    if (trace !== undefined) tell(trace, peer, reason, batch, answerBy - now);
  }

  /** Sends it. Returns the revisions of which it tells. */
  #exchange(
    peer: Progress,
    now: number,
    { runs, gaps }: Batch,
    { links, members }: Required<Pick<Exchange, "links" | "members">>,
    poll: boolean,
    window?: number,
  ): { readonly logRevision: number; readonly retiredRevision: number } {
    const { log, rebirth, on } = this.#options;
    const since = on.has("delta-digest") ? peer.flights.confirmed.log : 0;
    const { digest, revision: logRevision } = composeDigest(log, since);
    const { retired, revision: retiredRevision } = composeRetired(
      log.retired,
      peer.flights.confirmed.retired,
    );
    const body: Exchange = {
      type: runs.length + gaps.length > 0 ? "delta" : poll ? "probe" : "ack",
      incarnation: rebirth.incarnation,
      seq: peer.flights.nextSeq,
      digest,
    };
    const ack = peer.heard.ack(now);
    if (ack !== undefined) body.ack = ack;
    if (runs.length + gaps.length > 0) body.runs = new Runs(runs, gaps);
    if (retired.length > 0) body.retired = retired;
    if (links.length > 0) body.links = links;
    if (members.length > 0) body.members = members;
    if (poll) body.poll = poll;
    if (window !== undefined) body.window = window;
    this.send(peer.id, body);
    return { logRevision, retiredRevision };
  }

  /** Counts it as on its way, and plans what follows [I5]. Returns when it should be answered. */
  #book(peer: Progress, now: number, batch: Batch, poll: boolean, said: Departure): number {
    const { overlay, timing } = this.#options;
    const { runs, more } = batch;
    assert(runs.length === 0 || peer.room > 0, "entries leave only where they may");
    if (runs.length > 0) peer.pacing.left(peer.flights.nextSeq, batch, poll, peer.rtt?.mean, now);
    const answerBy = this.#answerBy(peer, now, poll, runs.length > 0);
    peer.left(said, answerBy, now);
    if (more && overlay.isNeighbour(peer) && peer.room > 0) peer.timers.set("send", now);
    else if (said.viewUpdateDue) peer.timers.set("send", now + timing.replyTimeoutMs(peer));
    else if (!more) peer.timers.clear("send");
    return answerBy;
  }

  /** The advertisements that changed, as far as the peer needs to know them [K2] [K13]. */
  #links(peer: Progress): LinksPart {
    const { overlay, members } = this.#options;
    const { linkState } = overlay;
    const isStub = overlay.isStub(peer);
    peer.spareLinks(isStub);
    return composeLinks(linkState, members, isStub ? linkState.revision : peer.flights.confirmed.links);
  }

  /** When the peer should have answered what leaves now; Infinity where nothing follows from silence [T6] [D13]. */
  #answerBy(peer: Progress, now: number, poll: boolean, entries: boolean): number {
    const { overlay, timing, random } = this.#options;
    if (!overlay.hears(peer) && !peer.assumed) return Infinity;
    if (poll) return now + jittered(random, timing.replyTimeoutMs(peer));
    return entries && overlay.isNeighbour(peer) ? now + this.ackTimeoutMs(peer) : Infinity;
  }
}

/** Says what left [N13]. */
function tell(trace: Trace, peer: Progress, reason: SendReason, { runs }: Batch, answerMs: number): void {
  trace({
    kind: "send",
    reason,
    peer: peer.id,
    runs: runs.map(({ origin, seq, texts }) => [origin, seq, seq + texts.length - 1]),
    ...answerMs < Infinity && { answerMs },
  });
  if (peer.truncated) trace({ kind: "wait", reason: "room", peer: peer.id });
}
