/** Where a watcher stands after each thing that a batch brings, worked out only where somebody asks. */
import { Digest } from "../../core/log/digest.ts";
import { positionText } from "../position.ts";
import type { Batch } from "./stream.ts";

export class Steps {
  readonly #before: Digest;
  readonly #batch: Batch;
  /** Covers the first #done of the items and gaps. */
  #at = new Digest();
  #done = Infinity;

  /** `before`: what was taken before the batch. */
  constructor(before: Digest, batch: Batch) {
    this.#before = before.clone();
    this.#batch = batch;
  }

  /** The position once the first `count` of the items, and then gaps, were taken. */
  after(count: number): string {
    if (count < this.#done) this.#startOver();
    while (this.#done < count) this.#step();
    return positionText(this.#at);
  }

  #startOver(): void {
    this.#at = this.#before.clone();
    this.#done = 0;
    this.#addRepeats();
  }

  #step(): void {
    const { items, gaps, passedOver } = this.#batch;
    const item = items[this.#done];
    const gap = gaps[this.#done - items.length];
    if (item !== undefined) this.#at.of(item.origin).add(item.seq);
    else if (gap !== undefined) this.#at.add(gap);
    this.#done++;
    this.#addRepeats();
    // What is passed over may be one with an item of this batch, and so it counts only after all of them.
    if (this.#done === items.length + gaps.length) this.#at.addAll(passedOver);
  }

  /** A repeat must not come again, and counts only after what it repeats. */
  #addRepeats(): void {
    for (const { item, after } of this.#batch.repeats) {
      if (after === this.#done) this.#at.of(item.origin).add(item.seq);
    }
  }
}
