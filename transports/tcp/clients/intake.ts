/** The lines that come in from a client: each is taken at once, or waits, and meanwhile its connection is not read. */
import type { Connection } from "../connection.ts";
import { atNextTurn } from "../../next_turn.ts";
import { CLIENT_TURN_LINES_MAX } from "../limits.ts";
import { LineQueue } from "./line_queue.ts";
import type { Parts } from "./parts.ts";
import type { Share } from "./shares.ts";

export interface IntakeOptions {
  readonly connection: Pick<Connection, "pause" | "resume">;
  /** Each line is taken of these. */
  readonly parts: Parts;
  /** More answers wait for the client than may. */
  readonly isStalled: () => boolean;
  /** All clients together have been answered enough for this turn of the event loop. */
  readonly isTurnOver: () => boolean;
  readonly take: (line: string) => void;
  /** A share of the client's is spent: what it asks waits. */
  readonly onSpent: (share: Share) => void;
  /** The client waits for the next turn. */
  readonly onWaiting: () => void;
}

export class Intake {
  readonly #options: IntakeOptions;
  /** Lines that came while an earlier one was in the way. */
  readonly #waiting = new LineQueue();
  /** Lines handed over in this turn of the event loop. */
  #turnLines = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  get waitingBytes(): number {
    return this.#waiting.bytes;
  }

  /** No line waits. */
  get isEmpty(): boolean {
    return this.#waiting.isEmpty;
  }

  /** Nothing is in the way of the next line. */
  get isFree(): boolean {
    const { parts, isStalled, isTurnOver } = this.#options;
    return !isStalled() && this.#turnLines < CLIENT_TURN_LINES_MAX && !isTurnOver() &&
      parts.spent === undefined;
  }

  add(line: string): void {
    if (this.isFree && this.#waiting.isEmpty) this.#take(line);
    else this.#waiting.add(line);
  }

  /** Stops reading until the answers have left, the turn is over, or time has passed. */
  hold(): void {
    const { connection, parts: { spent }, isTurnOver, onSpent, onWaiting } = this.#options;
    if (spent !== undefined) onSpent(spent);
    connection.pause();
    if (isTurnOver()) onWaiting();
  }

  /** What was in the way may be gone: takes the lines that wait, and reads on after the last of them. */
  goOn(): void {
    while (this.isFree) {
      const line = this.#waiting.take();
      if (line === undefined) return this.#options.connection.resume();
      this.#take(line);
    }
    this.hold();
  }

  clear(): void {
    this.#waiting.clear();
  }

  #take(line: string): void {
    this.#turnLines += 1;
    this.#options.parts.spend(1, 0);
    if (this.#turnLines === CLIENT_TURN_LINES_MAX) atNextTurn(() => this.#onOwnTurn());
    this.#options.take(line);
  }

  #onOwnTurn(): void {
    this.#turnLines = 0;
    this.goOn();
  }
}
