/** Which entries came of late, and which have been here for a while, and so probably are everywhere [F7] [N9]. */
import { assert } from "../assert.ts";
import { Digest } from "../log/digest.ts";
import type { Log } from "../log/log.ts";
import type { RetiredLives } from "../retention/retired_lives.ts";
import type { Range } from "../log/runs.ts";

/** Entries that came this long ago at most are pushed to a peer of which nothing is known. */
export const RECENT_MS = 2_000;
/** They are remembered in so many parts. */
const PARTS = 16;

export class RecentEntries {
  readonly #settled = new Digest();
  /** Those that came at about one time together, the oldest first. */
  readonly #parts: { readonly at: number; readonly known: Digest }[] = [];

  readonly #remembers: boolean;

  /** Of what is held at the start, all has been here for a while; unless it `remembers`, of what comes later, too. */
  constructor(log: Log, remembers = true) {
    this.#remembers = remembers;
    for (const { name, held } of log.grownSince(0)) this.#settled.of(name).addAll(held);
  }

  add(entries: readonly Range[], now: number): void {
    if (!this.#remembers) {
      for (const entry of entries) this.#settled.add(entry);
      return;
    }
    let latest = this.#parts.at(-1);
    if (latest === undefined || now - latest.at >= RECENT_MS / PARTS) {
      this.settled(now);
      latest = { at: now, known: new Digest() };
      this.#parts.push(latest);
    }
    assert(latest.at <= now && this.#parts.length <= 2 * PARTS, "parts are few, and none is of the future");
    for (const entry of entries) latest.known.add(entry);
  }

  /** Nothing of these lives is left. */
  forgetRetired(lives: RetiredLives): void {
    for (const digest of [this.#settled, ...this.#parts.map(({ known }) => known)]) {
      digest.retire(lives, false);
    }
  }

  /** What came of late, the oldest first. */
  *fresh(now: number): Iterable<Digest> {
    this.settled(now);
    for (const { known } of this.#parts) yield known;
  }

  /** What has been here for a while: not to be sent on a guess. */
  settled(now: number): Digest {
    const oldMs = (1 + 1 / PARTS) * RECENT_MS;
    for (let [first] = this.#parts; first !== undefined && first.at <= now - oldMs; [first] = this.#parts) {
      this.#settled.addAll(first.known);
      this.#parts.shift();
    }
    return this.#settled;
  }
}
