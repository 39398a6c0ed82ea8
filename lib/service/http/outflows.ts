/** All responses that go on: what is held for all of their readers together is bounded [U5]. */
import { HTTP_HELD_BYTES_MAX } from "./limits.ts";
import type { Outflow, OutflowEvents } from "./outflow.ts";

export class Outflows implements OutflowEvents {
  readonly #open = new Set<Outflow>();
  readonly #say: (text: string) => void;
  #heldBytes = 0;
  /** More was held than may be, and since then not less than half of that. */
  #isFull = false;

  /** `say` takes what operators should know. */
  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** What was written to all of them and has not left. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  onOpen(outflow: Outflow): void {
    this.#open.add(outflow);
  }

  onClosed(outflow: Outflow): void {
    this.#open.delete(outflow);
  }

  onHeld(bytes: number): void {
    this.#heldBytes += bytes;
    if (this.#heldBytes > HTTP_HELD_BYTES_MAX) this.#isFull = true;
    if (this.#isFull && this.#heldBytes <= HTTP_HELD_BYTES_MAX / 2) this.#goOn();
  }

  /** What counts as held for one of them: while too much is held for all together, nobody is given more. */
  heldFor(outflow: Outflow): number {
    return this.#isFull ? Infinity : outflow.heldBytes;
  }

  /** Time passes, ms. */
  tick(ms: number): void {
    for (const outflow of [...this.#open]) outflow.tick(ms);
    while (this.#isFull && this.#closeLargest());
  }

  endAll(): void {
    for (const outflow of [...this.#open]) outflow.end();
  }

  /** Those that waited for the others. */
  #goOn(): void {
    this.#isFull = false;
    for (const outflow of [...this.#open]) outflow.onDrained();
  }

  /** Of those that read nothing; returns whether there was one. */
  #closeLargest(): boolean {
    let largest: Outflow | undefined;
    for (const outflow of this.#open) {
      if (outflow.isStalled && outflow.heldBytes > (largest?.heldBytes ?? 0)) largest = outflow;
    }
    if (largest === undefined) return false;
    this.#say(
      `readers over HTTP hold more than ${HTTP_HELD_BYTES_MAX} bytes: those that read nothing are closed`,
    );
    this.#open.delete(largest);
    largest.destroy();
    return true;
  }
}
