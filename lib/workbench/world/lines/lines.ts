/** The lines between nodes: how long each is busy with what is sent over it, and where messages take longer. */
import type { Envelope } from "../../../core/message.ts";
import { weigh } from "../loads.ts";
import type { Scheduler } from "../world.ts";

/** A receiver hears this often that a long message is coming in, ms: it sees parts of it, as on a TCP connection. */
const ARRIVING_EVERY_MS = 50;

export interface LinesOptions {
  readonly scheduler: Scheduler;
  /** How much each line carries each way, bits a second; by default any amount at once. */
  readonly bandwidthBps?: number | undefined;
}

export class Lines {
  readonly #options: LinesOptions;
  /** By source and destination: when the line will have carried all that was sent so far. */
  readonly #freeAt = new Map<string, number>();
  /** By node, or by link: how much longer messages take, ms. */
  readonly #slowMs = new Map<string, number>();

  constructor(options: LinesOptions) {
    this.#options = options;
  }

  /** Messages between the node and others, or on the link "n0-n1", take so much longer from now on, ms. */
  setSlow(where: string, ms: number): void {
    if (ms > 0) this.#slowMs.set(where, ms);
    else this.#slowMs.delete(where);
  }

  /** Takes a message. Returns when it will have left the line; until then `onPart` is called for the parts that come in. */
  take(envelope: Envelope, onPart: () => void): number {
    return this.#transmit(envelope, onPart) + this.#slownessOf(envelope);
  }

  /** The line takes one message after the other. Returns when it will have taken this one. */
  #transmit(envelope: Envelope, onPart: () => void): number {
    const { bandwidthBps, scheduler } = this.#options;
    const now = scheduler.now();
    if (bandwidthBps === undefined) return now;
    const line = `${envelope.src} ${envelope.dest}`;
    const startsAt = Math.max(now, this.#freeAt.get(line) ?? now);
    const leftAt = startsAt + 8_000 * weigh(envelope) / bandwidthBps;
    this.#freeAt.set(line, leftAt);
    this.#announce(startsAt + ARRIVING_EVERY_MS, leftAt, onPart);
    return leftAt;
  }

  /** While a long message is on the line, its receiver sees parts of it. */
  #announce(at: number, leftAt: number, onPart: () => void): void {
    if (at >= leftAt) return;
    this.#options.scheduler.at(at, () => {
      onPart();
      this.#announce(at + ARRIVING_EVERY_MS, leftAt, onPart);
    });
  }

  #slownessOf({ src, dest }: Envelope): number {
    if (this.#slowMs.size === 0) return 0;
    const places = [src, dest, `${src}-${dest}`, `${dest}-${src}`];
    return places.reduce((ms, place) => ms + (this.#slowMs.get(place) ?? 0), 0);
  }
}
