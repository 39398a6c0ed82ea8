/** Items by the moment at which each is due: a heap, so that asking for the next costs the same among few and many. */
import { assert, at } from "./assert.ts";

export interface Due {
  /** The moment at which it is due; Infinity while it is not. */
  readonly dueAt: number;
}

/** Where one of them stands. */
interface Slot<T> {
  readonly item: T;
  /** How many were entered before it. */
  readonly turn: number;
  /** Its moment, as the heap knows it. */
  at: number;
  /** Its index in the heap; undefined while it is due nothing. */
  place: number | undefined;
  /** Whether its moment may be another than the heap knows. */
  moved: boolean;
}

export class TimerQueue<T extends Due> {
  readonly #heap: Slot<T>[] = [];
  #moved: Slot<T>[] = [];
  #entered = 0;

  /** Takes it in behind all others. Returns what must be called whenever its moment has changed. */
  enter(item: T): () => void {
    const slot: Slot<T> = { item, turn: this.#entered++, at: Infinity, place: undefined, moved: false };
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
    return this.#heap[0]?.at ?? Infinity;
  }

  /**
   * Those due by now, in the order in which they were entered. An item that becomes due while they are gone through is
   * among them, unless its turn is over; one that is due no more is not.
   */
  *due(now: number): Iterable<T> {
    this.#settle();
    const queue = this.#until(now).sort(lastFirst);
    for (let slot = queue.pop(); slot !== undefined; slot = queue.pop()) {
      if (slot.item.dueAt > now) continue;
      yield slot.item;
      this.#join(queue, slot.turn, now);
    }
  }

  /** Puts items into the queue that have become due since, and come later in the order. */
  #join(queue: Slot<T>[], turn: number, now: number): void {
    const late = this.#moved.filter((each) =>
      each.turn > turn && each.item.dueAt <= now && !queue.includes(each)
    );
    this.#settle();
    if (late.length === 0) return;
    queue.push(...late);
    queue.sort(lastFirst);
  }

  /** All in the heap that are due by then: none of them is below one that is due later. */
  #until(now: number): Slot<T>[] {
    const found: Slot<T>[] = [];
    const places = [0];
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      const slot = this.#heap[place];
      if (slot === undefined || slot.at > now) continue;
      found.push(slot);
      places.push(2 * place + 1, 2 * place + 2);
    }
    return found;
  }

  /** Puts the items whose moment has changed where they belong. */
  #settle(): void {
    if (this.#moved.length === 0) return;
    for (const slot of this.#moved) {
      slot.moved = false;
      if (slot.at !== slot.item.dueAt) this.#move(slot, slot.item.dueAt);
    }
    this.#moved = [];
  }

  #move(slot: Slot<T>, at: number): void {
    slot.at = at;
    if (at === Infinity) return this.#remove(slot);
    this.#sink(slot, this.#rise(slot, slot.place ?? this.#heap.length));
  }

  #remove(slot: Slot<T>): void {
    const last = this.#heap.pop();
    const { place } = slot;
    slot.place = undefined;
    // The last one fills the gap.
    if (last !== undefined && last !== slot && place !== undefined) this.#sink(last, this.#rise(last, place));
  }

  /** Puts it at a place, or as far before that as it is due earlier. Returns where. */
  #rise(slot: Slot<T>, from: number): number {
    let place = from;
    while (place > 0) {
      const above = at(this.#heap, (place - 1) >> 1);
      if (above.at <= slot.at) break;
      this.#put(above, place);
      place = (place - 1) >> 1;
    }
    this.#put(slot, place);
    return place;
  }

  /** Puts it at a place, or as far behind that as others are due earlier. */
  #sink(slot: Slot<T>, from: number): void {
    let place = from;
    for (let next = this.#earlier(place); next !== undefined && next.at < slot.at;) {
      const below = next.place;
      assert(below !== undefined, "what is in the heap has a place");
      this.#put(next, place);
      place = below;
      next = this.#earlier(place);
    }
    this.#put(slot, place);
  }

  /** Of the two behind a place, the one that is due first. */
  #earlier(place: number): Slot<T> | undefined {
    const left = this.#heap[2 * place + 1];
    const right = this.#heap[2 * place + 2];
    return right !== undefined && left !== undefined && right.at < left.at ? right : left;
  }

  #put(slot: Slot<T>, place: number): void {
    this.#heap[place] = slot;
    slot.place = place;
  }
}

function lastFirst(a: Slot<unknown>, b: Slot<unknown>): number {
  return b.turn - a.turn;
}
