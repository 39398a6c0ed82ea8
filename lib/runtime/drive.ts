/** One node, one transport, one clock, one timer: performs what the node decides. */
import { atEndOfTurn } from "../../transports/end_of_turn.ts";
import type { Run } from "../core/log/runs.ts";
import { type Envelope, isExchange } from "../core/message.ts";
import { TOGETHER_MAX } from "../core/keys/entering.ts";
import type { Effect, Event, Node } from "../core/node.ts";
import { monotonicClock, runtimeTimer, type Timer } from "../../transports/clock.ts";
import type { Transport } from "../../transports/transport.ts";
import type { MemberRecord } from "../core/membership/record.ts";
import type { Trace } from "../core/trace.ts";
import type { Journal } from "./journal.ts";
import { Uncommitted } from "./uncommitted.ts";

/** A timer takes 31 bits of milliseconds; a later deadline is approached in steps, as waking early is harmless. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

/** What a node must step: its verb and its timer. */
export type Steps = Pick<Node, "step" | "deadline">;

/** So many entries are committed before the turn is over: what is held until then is bounded [S3]. */
export const COMMIT_ENTRIES_MAX = 10_000;
/** What others brought, and is safe with them, is committed after this, ms [S2]. */
export const COMMIT_LATER_MS = 20;
/** Once it has waited for so long, ms, it goes along with an own entry: else a commit of its own would follow soon [S2]. */
export const COMMIT_ALONG_MS = 10;

export interface DriveOptions {
  readonly node: Steps;
  /** Where it acknowledges many requests in one go, the node is handed the broadcasts of a turn together [S12]. */
  readonly transport: Transport;
  /** Milliseconds, never decreasing; by default the machine's. */
  readonly clock?: () => number;
  /** Runs once after that many milliseconds; returns a cancel. By default the runtime's timer. */
  readonly timer?: Timer;
  /** Without one, entries live in memory only. */
  readonly journal?: Journal;
  /** Runs when everything that has come in by now was handed over; by default the runtime's next turn. */
  readonly endOfTurn?: (run: () => void) => void;
  /**
   * Entries could not be made safe. Nothing of what followed from them has left; the node that is returned takes the
   * old one's place, knows only what is safe, and gets the same events again [S4].
   */
  readonly onUnsafe?: (error: unknown) => Steps;
  /** `now`: when they came, on the clock. */
  readonly onDeliver?: (runs: readonly Run[], now: number) => void;
  /** All that the node holds is safe now and may be shown; once for all that came in one turn. */
  readonly onSettled?: () => void;
  /** `isOfNode`: the node itself had no use for it. */
  readonly onDropped?: (reason: string, isOfNode: boolean) => void;
  /** Takes a sentence that people should read. */
  readonly onNotice?: (text: string) => void;
  /** The list of members changed: all of it, and what is new in it. */
  readonly onMembers?: (members: readonly MemberRecord[], news: readonly MemberRecord[]) => void;
  /** The node is no member any longer, for this reason: its owner is to stop it. */
  readonly onGone?: (reason: string) => void;
  /** Takes what the node says of its decisions, if it was asked to. */
  readonly onTrace?: Trace;
  /** The carrier has come to its end: nothing more will be received. */
  readonly onEnd?: () => void;
}

export interface Driver {
  /** Hands the node an event of its owner's. */
  step(event: Event): void;
  /** Whether all that the node holds is safe. */
  readonly settled: boolean;
  /** No step and no wake after this; the transport stays open, to be drained and closed by its owner. */
  stop(): void;
}

/** Opens the transport and runs the node on it until stopped. */
export function drive(options: DriveOptions): Driver {
  const driver = new TurnDriver(options);
  driver.open();
  return driver;
}

/**
 * All that comes in one turn is taken in before the node is woken for what is due, so it leaves together [S9], and a node that
 * comes late to its timer misses nothing that has come meanwhile. What follows from entries that are not safe yet is held
 * until the end of the turn, so all of them are committed at once [S1].
 */
class TurnDriver implements Driver {
  readonly #options: DriveOptions;
  readonly #clock: () => number;
  #node: Steps;
  #stopped = false;
  #armedAt = Infinity;
  #cancel = () => {};
  /** The events since the first own entry that is not safe, and what follows from them; both empty while all are. */
  #events: Event[] = [];
  #held: Effect[] = [];
  readonly #uncommitted = new Uncommitted();
  #cancelCommit = () => {};
  #endPlanned = false;
  /** When the first of what came in this turn did: to look at the clock for each would take long. */
  #turnAt: number | undefined;
  /** Something was delivered in this turn. */
  #delivered = false;
  /** Broadcasts of this turn that the node was not given yet. */
  #broadcasts: Envelope[] = [];

  constructor(options: DriveOptions) {
    this.#options = options;
    this.#clock = options.clock ?? monotonicClock();
    this.#node = options.node;
  }

  get settled(): boolean {
    return this.#events.length === 0;
  }

  open(): void {
    const { transport, onDropped, onEnd } = this.#options;
    transport.open({
      onEnvelope: (envelope) => this.step({ kind: "receive", envelope }),
      onDropped: (reason) => onDropped?.(reason, false),
      onEnd: () => onEnd?.(),
    });
    this.#arm();
  }

  step(event: Event): void {
    if (this.#stopped) return;
    if (event.kind === "receive" && this.#gathers(event.envelope)) return;
    // What members say follows no request: it may as well have come first.
    if (event.kind !== "receive" || !isExchange(event.envelope.body)) this.#handOver();
    this.#step(event);
  }

  #step(event: Event): void {
    const isWake = event.kind === "wake";
    const now = this.#now(!isWake);
    const effects = this.#node.step(event, now);
    const { journal } = this.#options;
    const entered = journal !== undefined && this.#count(effects, now, journal);
    if (journal === undefined || (this.settled && !entered)) this.#perform(effects, now);
    else {
      this.#events.push(event);
      this.#held.push(...effects);
    }
    if (journal !== undefined && this.#uncommitted.entries >= COMMIT_ENTRIES_MAX) this.#commit(journal);
    if (isWake && this.settled) this.#arm();
    else this.#planEnd();
  }

  stop(): void {
    if (this.#stopped) return;
    const { journal } = this.#options;
    // What came in this turn is passed on.
    if (this.#endPlanned) this.#endTurn(true);
    if (journal !== undefined) this.#commit(journal);
    this.#stopped = true;
    this.#cancel();
  }

  /** Keeps a broadcast for later. Returns whether it is one, and many are taken in together. */
  #gathers(envelope: Envelope): boolean {
    if (envelope.body.type !== "broadcast" || this.#options.transport.acknowledge === undefined) return false;
    this.#broadcasts.push(envelope);
    if (this.#broadcasts.length === TOGETHER_MAX) this.#handOver();
    this.#planEnd();
    return true;
  }

  /** The node is given the broadcasts that came before what comes now. */
  #handOver(): void {
    if (this.#broadcasts.length === 0) return;
    const envelopes = this.#broadcasts;
    this.#broadcasts = [];
    this.#step({ kind: "broadcasts", envelopes });
  }

  /** It never decreases: a wake between two events of one turn may be later than the first. */
  #now(inTurn: boolean): number {
    if (!inTurn) this.#turnAt = undefined;
    const now = this.#turnAt ?? this.#clock();
    if (inTurn) this.#turnAt = now;
    return now;
  }

  #perform(effects: readonly Effect[], now: number): void {
    const { transport, onDeliver, onDropped, onNotice, onMembers, onGone, onTrace } = this.#options;
    for (const effect of effects) {
      if (effect.kind === "send") transport.send(effect.envelope);
      else if (effect.kind === "acknowledge") transport.acknowledge?.(effect.acknowledgements);
      else if (effect.kind === "drop") onDropped?.(effect.reason, true);
      else if (effect.kind === "notice") onNotice?.(effect.text);
      else if (effect.kind === "members") onMembers?.(effect.members, effect.news);
      else if (effect.kind === "gone") onGone?.(effect.reason);
      else if (effect.kind === "trace") onTrace?.(effect.event);
      else if (effect.kind === "deliver") {
        onDeliver?.(effect.runs, now);
        this.#delivered = true;
      }
    }
  }

  /** Counts what is to be committed. Returns whether there are own entries among them. */
  #count(effects: readonly Effect[], now: number, journal: Journal): boolean {
    const nothingWaited = this.#uncommitted.broughtAt === Infinity;
    const entered = this.#uncommitted.add(effects, now);
    if (nothingWaited && this.#uncommitted.broughtAt < Infinity) {
      const { timer = runtimeTimer } = this.#options;
      this.#cancelCommit = timer(COMMIT_LATER_MS, () => this.#commit(journal));
    }
    return entered;
  }

  #planEnd(hasPassedOn = false): void {
    if (this.#endPlanned) return;
    this.#endPlanned = true;
    (this.#options.endOfTurn ?? atEndOfTurn)(() => this.#endTurn(hasPassedOn));
  }

  #endTurn(hasPassedOn: boolean): void {
    if (this.#stopped) return;
    const { journal } = this.#options;
    // A commit takes long, and what members brought has no need of it: that leaves before it begins [S2].
    const waits = journal !== undefined && this.settled && this.#broadcasts.length > 0;
    if (waits && !hasPassedOn && (this.#delivered || this.#isDue)) {
      this.#passOn();
      this.#endPlanned = false;
      return this.#planEnd(true);
    }
    this.#handOver();
    this.#endPlanned = false;
    this.#turnAt = undefined;
    if (journal !== undefined && !this.settled) {
      this.#commit(journal, this.#clock() - this.#uncommitted.broughtAt >= COMMIT_ALONG_MS);
    }
    this.#passOn();
  }

  /** Shows what was delivered, and lets leave what is due. */
  #passOn(): void {
    if (this.#delivered) this.#options.onSettled?.();
    this.#delivered = false;
    if (this.#isDue) this.#step({ kind: "wake" });
    else this.#arm();
  }

  get #isDue(): boolean {
    return this.#node.deadline <= this.#clock();
  }

  /** `isAll`: what others brought, too. */
  #commit(journal: Journal, isAll = true): void {
    const [events, held] = [this.#events, this.#held];
    if (this.#uncommitted.entries === 0) return;
    this.#events = [];
    this.#held = [];
    const origins = this.#uncommitted.takeEntered();
    if (isAll) this.#waitNoMore();
    try {
      journal.commit(isAll ? undefined : origins);
    } catch (error) {
      return this.#startOver(events, error);
    }
    this.#perform(held, this.#clock());
  }

  #waitNoMore(): void {
    this.#cancelCommit();
    this.#uncommitted.clear();
  }

  #startOver(events: readonly Event[], error: unknown): void {
    this.#waitNoMore();
    if (this.#options.onUnsafe === undefined) throw error;
    this.#node = this.#options.onUnsafe(error);
    for (const event of events) this.step(event);
    this.#arm();
  }

  // A timer that is due too early is left alone: it costs one look at the deadline, and most deadlines move back
  // and forth many times before one is met.
  #arm(): void {
    if (this.#stopped || this.#node.deadline >= this.#armedAt) return;
    this.#cancel();
    const { timer = runtimeTimer } = this.#options;
    this.#armedAt = this.#node.deadline;
    const ms = Math.min(TIMER_MS_MAX, Math.max(0, this.#armedAt - this.#clock()));
    this.#cancel = timer(ms, () => this.#onTimer());
  }

  #onTimer(): void {
    this.#armedAt = Infinity;
    if (this.#isDue) this.step({ kind: "wake" });
    else this.#arm();
  }
}
