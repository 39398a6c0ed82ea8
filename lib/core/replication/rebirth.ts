/** What others remember of this node, held against what it knows of itself: a log or a clock may have gone back [B5]. */
import { assert } from "../assert.ts";
import { incarnationAfter, isOriginOf, originOf } from "../incarnation.ts";
import type { Log } from "../log/log.ts";
import type { Switches } from "../mechanisms.ts";
import type { Exchange } from "../message.ts";
import type { Progress } from "./progress.ts";
import type { Random } from "../random.ts";

export interface RebirthOptions {
  readonly me: string;
  readonly incarnation: number;
  /** Of the entries that enter here. */
  readonly origin: string;
  /** Whether this node made safe what it was told in earlier incarnations, and so should have it [B7]. */
  readonly restored: boolean;
  readonly log: Log;
  readonly random: Random;
  readonly on: Switches;
  /** Values enter under this origin now. `twin`: under the one before others may have, in an incarnation of the same number [B6]. */
  readonly beginOrigin: (origin: string, twin: boolean) => void;
  /** Takes a sentence for people. */
  readonly notice: (text: string) => void;
}

export class Rebirth {
  readonly #options: RebirthOptions;
  #incarnation: number;
  #origin: string;
  #lackTold = false;

  constructor(options: RebirthOptions) {
    this.#options = options;
    this.#incarnation = options.incarnation;
    this.#origin = options.origin;
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  get origin(): string {
    return this.#origin;
  }

  /** A peer was heard. Returns whether this node began a later incarnation, as the peer remembers one that this cannot be. */
  check(peer: Progress, body: Exchange): boolean {
    this.#checkLog(peer);
    const { me, log, random, on, beginOrigin, notice } = this.#options;
    const entered = log.held(this.#origin)?.last ?? 0;
    const other = this.#otherIncarnation(peer, body, entered);
    if (other === undefined || !on.has("rebirth")) return false;
    const incarnation = incarnationAfter(other, random);
    if (incarnation === undefined) return false;
    const twin = other === this.#incarnation;
    const what = twin ? "another life of this node with the same number" : "a later life of this node";
    notice(
      `${peer.id} remembers ${what}, as after its clock was set back: this is life ${incarnation} from now on`,
    );
    assert(incarnation > this.#incarnation, "a later incarnation is larger");
    this.#incarnation = incarnation;
    this.#origin = originOf(me, incarnation);
    beginOrigin(this.#origin, twin);
    return true;
  }

  /** The peer spoke in an incarnation that ended. Returns whether it is to be told: its clock may be behind [B2]. */
  isToBeTold(peer: Progress, { incarnation, poll }: Exchange): boolean {
    // What was on its way for long asks for no answer mostly, or it does no harm.
    if (poll !== true || !this.#options.on.has("rebirth")) return false;
    if (peer.heard.spokeStale(incarnation)) {
      const known = peer.heard.incarnation;
      this.#options.notice(
        `${peer.id} speaks in life ${incarnation}, and ${known} is known: it is told, and not heard`,
      );
    }
    return true;
  }

  /**
   * The incarnation of this node that the peer remembers, where that cannot be this one: it is later, or has the same number
   * and yet said more, or more values entered in it than the `entered` ones [B5].
   */
  #otherIncarnation(peer: Progress, { ack }: Exchange, entered: number): number | undefined {
    const [incarnation, seq] = ack ?? [0, 0];
    const isLater = incarnation > this.#incarnation;
    if (isLater || (incarnation === this.#incarnation && seq >= peer.flights.nextSeq)) return incarnation;
    return peer.holdings.lastOf(this.#origin) > entered ? this.#incarnation : undefined;
  }

  /** Whatever entered in earlier incarnations was safe here before anybody heard of it [B7]. */
  #checkLog(peer: Progress): void {
    const { me, restored, log, notice } = this.#options;
    if (!restored || this.#lackTold) return;
    const count = peer.holdings.aheadOf(log, (origin) => origin !== this.#origin && isOriginOf(me, origin));
    if (count === 0) return;
    this.#lackTold = true;
    const entries = count === 1 ? "an entry" : `${count} entries`;
    notice(
      `the log of this node went back in time: ${peer.id} holds ${entries} that this node was told and lacks; ` +
        "it fetches what others hold, what nobody else has is lost",
    );
  }
}
