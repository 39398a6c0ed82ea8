/** All responses that go on: what is held for all of their readers together is bounded [U5]. */
import { HTTP_HELD_BYTES_MAX } from "./limits.ts";
import type { Outflow, OutflowEvents } from "./outflow.ts";

export class Outflows implements OutflowEvents {
  readonly #open = new Set<Outflow>();
  readonly #say: (text: string) => void;
  #heldBytes = 0;

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
    if (bytes > 0 && this.#heldBytes > HTTP_HELD_BYTES_MAX) this.#closeLargest();
  }

  /** Time passes, ms. */
  tick(ms: number): void {
    for (const outflow of [...this.#open]) outflow.tick(ms);
  }

  endAll(): void {
    for (const outflow of [...this.#open]) outflow.end();
  }

  #closeLargest(): void {
    let largest: Outflow | undefined;
    for (const outflow of this.#open) {
      if (outflow.heldBytes > (largest?.heldBytes ?? 0)) largest = outflow;
    }
    if (largest === undefined) return;
    this.#say(
      `readers over HTTP hold more than ${HTTP_HELD_BYTES_MAX} bytes: the one that holds the most is closed`,
    );
    this.#open.delete(largest);
    largest.destroy();
  }
}
