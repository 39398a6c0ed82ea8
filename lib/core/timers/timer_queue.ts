/** Items by the moment at which each is due, in order, so that asking for the next costs the same among few and many. */
import { at as itemAt } from "../assert.ts";

export interface Due {
  /** The moment at which it is due; Infinity while it is not. */
  readonly dueAt: number;
}

interface Slot<T> {
  readonly item: T;
  /** How many were entered before it. */
  readonly turn: number;
  /** Its moment, as the queue knows it. */
  at: number;
  /** Whether its moment may be another than the queue knows. */
  moved: boolean;
}

export class TimerQueue<T extends Due> {
  /** Those that are due something, by moment, and then by turn. */
  readonly #queue: Slot<T>[] = [];
  #moved: Slot<T>[] = [];
  #entered = 0;

  /** Takes it in behind all others. Returns what must be called whenever its moment has changed. */
  enter(item: T): () => void {
    const slot: Slot<T> = { item, turn: this.#entered++, at: Infinity, moved: false };
    const moved = () => {
      if (!slot.moved) this.#moved.push(slot);
      slot.moved = true;
    };
    moved();
    return moved;
  }

  /** The earliest moment of all; Infinity where none is due anything. */
  get nextAt(): number {
    this.#settle();
    return this.#queue[0]?.at ?? Infinity;
  }

  /** The one that is due first, and of several the one that was entered first; undefined where none is due anything. */
  get first(): T | undefined {
    this.#settle();
    return this.#queue[0]?.item;
  }

  /** Those due by now, in order of entry. One that becomes due meanwhile is among them unless its turn is over; one due no more is not. */
  *due(now: number): Iterable<T> {
    for (let next = this.#dueFrom(0, now); next !== undefined; next = this.#dueFrom(next.turn + 1, now)) {
      yield next.item;
    }
  }

  /** Of those due by now that have this turn or a later one, the first. */
  #dueFrom(turn: number, now: number): Slot<T> | undefined {
    this.#settle();
    let first: Slot<T> | undefined;
    for (const slot of this.#queue) {
      if (slot.at > now) break;
      if (slot.turn >= turn && (first === undefined || slot.turn < first.turn)) first = slot;
    }
    return first;
  }

  #settle(): void {
    if (this.#moved.length === 0) return;
    for (const slot of this.#moved) {
      slot.moved = false;
      const { dueAt } = slot.item;
      if (slot.at === dueAt) continue;
      if (slot.at < Infinity) this.#queue.splice(this.#placeOf(slot), 1);
      slot.at = dueAt;
      if (dueAt < Infinity) this.#queue.splice(this.#placeOf(slot), 0, slot);
    }
    this.#moved = [];
  }

  /** Its index in the queue, or where it belongs. */
  #placeOf({ at, turn }: Slot<T>): number {
    let low = 0;
    let high = this.#queue.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = itemAt(this.#queue, middle);
      if (other.at < at || (other.at === at && other.turn < turn)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
