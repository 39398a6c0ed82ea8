/** What others remember of this node, held against what it knows of itself: a log or a clock may have gone back. */
import { isOriginOf, lifeAfter, originOf } from "../incarnation.ts";
import type { Log } from "../log/log.ts";
import type { GossipBody } from "../message.ts";
import type { Peer } from "./progress.ts";
import type { Random } from "../random.ts";

export interface PastOptions {
  readonly me: string;
  readonly life: number;
  /** Of the entries that enter here. */
  readonly origin: string;
  /** Whether this node made safe what it was told in earlier lives, and so should have it. */
  readonly restored: boolean;
  readonly log: Log;
  readonly random: Random;
  /** Whether it is to find out that others remember a later life. */
  readonly rebirth: boolean;
  /**
   * From now on values enter under this origin. `twin`: under the one before it others may have entered, in a life with the
   * same number.
   */
  readonly beginOrigin: (origin: string, twin: boolean) => void;
  /** Takes a sentence for people. */
  readonly notice: (text: string) => void;
}

export class Past {
  readonly #options: PastOptions;
  #life: number;
  #origin: string;
  #lackTold = false;

  constructor(options: PastOptions) {
    this.#options = options;
    this.#life = options.life;
    this.#origin = options.origin;
  }

  get life(): number {
    return this.#life;
  }

  get origin(): string {
    return this.#origin;
  }

  /** A peer was heard. Returns whether this node has begun a later life, as the peer remembers one that this cannot be. */
  check(peer: Peer, body: GossipBody): boolean {
    this.#checkLog(peer);
    const { me, log, random, rebirth, beginOrigin, notice } = this.#options;
    const entered = log.held(this.#origin)?.last ?? 0;
    const other = peer.otherLife(body, this.#life, this.#origin, entered);
    const life = other === undefined || !rebirth ? undefined : lifeAfter(other, random);
    if (life === undefined) return false;
    const twin = other === this.#life;
    const what = twin ? "another life of this node with the same number" : "a later life of this node";
    notice(`${peer.id} remembers ${what}, as after its clock was set back: this is life ${life} from now on`);
    this.#life = life;
    this.#origin = originOf(me, life);
    beginOrigin(this.#origin, twin);
    return true;
  }

  /** The peer spoke in a life that ended. Returns whether it is to be told: it may not know, its clock being behind. */
  isToBeTold(peer: Peer, { life, want }: GossipBody): boolean {
    // What was on its way for long asks for no answer mostly, or it does no harm.
    if (want !== true || !this.#options.rebirth) return false;
    if (peer.ghost !== life) {
      this.#options.notice(
        `${peer.id} speaks in life ${life}, and ${peer.life} is known: it is told, and not heard`,
      );
    }
    peer.ghost = life;
    return true;
  }

  /** Whatever entered in earlier lives was safe here before anybody heard of it. */
  #checkLog(peer: Peer): void {
    const { me, restored, log, notice } = this.#options;
    if (!restored || this.#lackTold) return;
    const count = peer.aheadOf(log, (origin) => origin !== this.#origin && isOriginOf(me, origin));
    if (count === 0) return;
    this.#lackTold = true;
    const entries = count === 1 ? "an entry" : `${count} entries`;
    notice(
      `the log of this node went back in time: ${peer.id} holds ${entries} that this node was told and lacks; ` +
        "it fetches what others hold, what nobody else has is lost",
    );
  }
}
