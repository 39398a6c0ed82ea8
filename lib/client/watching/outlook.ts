/** Looks out for a node that reaches more of the cluster than the one that is watched, which may be cut off with few [S13]. */
import { jittered } from "../../core/backoff.ts";
import { pick, type Random } from "../../core/random.ts";
import { type Reach, reachOf } from "../answers.ts";
import type { Nodes } from "../nodes.ts";
import { type Address, addressText } from "../../../transports/address.ts";

/** How often the node that is watched is asked, ms. */
export const REACH_EVERY_MS = 2_000;
/** While it does not reach all, others are asked so often at most, and ever less often as long as none of them reaches more, ms. */
export const LOOK_MS_MIN = 500;
export const LOOK_MS_MAX = 10_000;
/** So many others are asked at once, and each has so long to answer, ms. */
export const LOOK_NODES_MAX = 8;
export const LOOK_TIMEOUT_MS = 1_000;
/** Others must reach more for so long: links that come and go move nobody, ms. */
export const MINORITY_MS = 1_500;

export interface OutlookOptions {
  readonly nodes: Nodes;
  readonly random: Random;
  /** Asks the node that is watched how many members it reaches; what it says is told to `heard`. */
  readonly ask: () => void;
  /** The node at this address reaches more; why the other one is left follows that one's address. */
  readonly leave: (to: Address, why: string) => void;
}

export class Outlook {
  readonly #options: OutlookOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;
  #isLooking = false;
  /** What the node that is watched reached when it last said so. */
  #reached = Infinity;
  /** Since when another node reaches more. */
  #moreSince: number | undefined;
  #lookAt = 0;
  #lookedAt = -Infinity;
  #looksInVain = 0;

  constructor(options: OutlookOptions) {
    this.#options = options;
    this.#wait(REACH_EVERY_MS);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** The node that is watched reaches so many. */
  heard(own: Reach): void {
    const now = performance.now();
    if (own.reached < this.#reached) this.#lookAt = this.#looksInVain = 0;
    this.#reached = own.reached;
    if (own.reached >= own.members) this.#moreSince = undefined;
    else if (this.#mayLook(now)) this.#look(own);
  }

  /** A node may say another number without end, and others are not to be asked as often. */
  #mayLook(now: number): boolean {
    if (this.#isLooking || this.#isStopped) return false;
    return now >= Math.max(this.#lookAt, this.#lookedAt + LOOK_MS_MIN);
  }

  async #look(own: Reach): Promise<void> {
    this.#isLooking = true;
    this.#lookedAt = performance.now();
    const found = await Promise.all(this.#some().map((address) => this.#reachAt(address)));
    this.#isLooking = false;
    if (this.#isStopped) return;
    const best = found.filter((other) => other.reached > own.reached)
      .toSorted((one, other) => other.reached - one.reached)[0];
    if (best === undefined) return this.#seenNone();
    const now = performance.now();
    this.#moreSince ??= now;
    if (now - this.#moreSince < MINORITY_MS) return this.#wait(LOOK_MS_MIN);
    this.stop();
    const why = `reaches ${own.reached} of ${own.members} members, and ${
      addressText(best.address)
    } reaches ${best.reached}`;
    this.#options.leave(best.address, why);
  }

  #seenNone(): void {
    this.#moreSince = undefined;
    const ms = Math.min(LOOK_MS_MAX, LOOK_MS_MIN * 2 ** ++this.#looksInVain);
    this.#lookAt = performance.now() + jittered(this.#options.random, ms);
  }

  /** Others than the one that is watched, by chance where they are many. */
  #some(): readonly Address[] {
    const { nodes, random } = this.#options;
    const others = [...nodes.others];
    const some: Address[] = [];
    while (some.length < LOOK_NODES_MAX) {
      const other = pick(random, others);
      if (other === undefined) break;
      others.splice(others.indexOf(other), 1);
      some.push(other);
    }
    return some;
  }

  /** One that does not answer reaches nobody, as far as a client is concerned. */
  async #reachAt(address: Address): Promise<Reach & { readonly address: Address }> {
    const said = await this.#options.nodes.ask(address, { type: "reach" }, LOOK_TIMEOUT_MS);
    const { reached, members } = (said.ok ? reachOf(said.body) : undefined) ?? { reached: 0, members: 0 };
    return { address, reached, members };
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#options.ask();
      this.#wait(this.#moreSince === undefined ? REACH_EVERY_MS : LOOK_MS_MIN);
    }, jittered(this.#options.random, ms));
  }
}
